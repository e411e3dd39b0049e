import AuthorLog
import Identity

/// The order of the first messages of a connection (4-sync.md, *Hello*). What they say is judged by ``Members``.
///
/// The responder shows himself only to an initiator whom he has accepted, and takes himself for accepted when the initiator
/// says something that is no question about his chain.
struct Greeting: Sendable {
    private enum State: Sendable {
        case awaitingHello
        case awaitingChain(Hello)
        /// Responder: our hello is sent, the initiator's judgement is out.
        case awaitingFirstWord(Hello)
        case accepted(Hello)
        case over
    }

    enum OnHello: Equatable, Sendable {
        case askChain
        /// Responder: send our hello.
        case introduceOurselves
        case accepted(Hello)
        case refuse(Goodbye)
    }

    enum OnChain: Equatable, Sendable {
        case introduceOurselves(keeping: MemberKey, Presentation)
        case accepted(Hello, keeping: MemberKey, Presentation)
        case refuse(Goodbye)
    }

    enum OnChainRequest: Equatable, Sendable {
        case sendChain
        case refuse(Goodbye)
    }

    enum OnOther: Equatable, Sendable {
        case read
        /// The responder's turn: both hellos are accepted now. Then read.
        case accepted(Hello)
        case refuse(Goodbye)
    }

    let isInitiator: Bool
    let noiseKey: NoiseKey
    private var state = State.awaitingHello
    private var hasSentChain = false

    init(isInitiator: Bool, noiseKey: NoiseKey) {
        self.isInitiator = isInitiator
        self.noiseKey = noiseKey
    }

    /// Whom the other side says, and has proved, to be; nil before.
    var hello: Hello? {
        switch state {
        case .awaitingHello, .awaitingChain, .over: nil
        case .awaitingFirstWord(let hello), .accepted(let hello): hello
        }
    }

    var isAccepted: Bool {
        if case .accepted = state { true } else { false }
    }

    mutating func received(
        _ hello: Hello, members: Members, at now: Instant, wallMilliseconds: UInt64
    ) -> OnHello {
        guard case .awaitingHello = state else { return .refuse(outOfTurn("a second hello")) }
        switch members.judge(hello, noiseKey: noiseKey, at: now, wallMilliseconds: wallMilliseconds) {
        case .askChain:
            state = .awaitingChain(hello)
            return .askChain
        case .accept:
            return greeted(hello) ? .accepted(hello) : .introduceOurselves
        case .refuse(let goodbye):
            state = .over
            return .refuse(goodbye)
        }
    }

    mutating func received(
        chain: [UInt8], members: inout Members, knowsNobody: Bool, wallMilliseconds: UInt64
    ) -> OnChain {
        guard case .awaitingChain(let hello) = state else { return .refuse(outOfTurn("a chain nobody asked for")) }
        switch members.judge(chain: chain, of: hello, knowsNobody: knowsNobody, wallMilliseconds: wallMilliseconds) {
        case .accept(let presentation):
            return greeted(hello)
                ? .accepted(hello, keeping: hello.member, presentation)
                : .introduceOurselves(keeping: hello.member, presentation)
        case .refuse(let goodbye):
            state = .over
            return .refuse(goodbye)
        }
    }

    mutating func receivedChainRequest() -> OnChainRequest {
        let isOurTurn: Bool =
            switch state {
            case .awaitingHello: isInitiator
            case .awaitingFirstWord: true
            case .awaitingChain, .accepted, .over: false
            }
        guard isOurTurn, !hasSentChain else { return .refuse(outOfTurn("a chain request")) }
        hasSentChain = true
        return .sendChain
    }

    /// Any message but hello, chain and chain request.
    mutating func receivedOther() -> OnOther {
        switch state {
        case .accepted:
            return .read
        case .awaitingFirstWord(let hello):
            state = .accepted(hello)
            return .accepted(hello)
        case .awaitingHello, .awaitingChain, .over:
            return .refuse(outOfTurn("a message before the greeting was done"))
        }
    }

    /// True where that is all: the initiator has both hellos now.
    private mutating func greeted(_ hello: Hello) -> Bool {
        state = isInitiator ? .accepted(hello) : .awaitingFirstWord(hello)
        return isInitiator
    }

    /// The state stays, so that who said it is still known: the caller ends the connection.
    private func outOfTurn(_ what: String) -> Goodbye {
        Goodbye(.malformed, what)
    }
}
