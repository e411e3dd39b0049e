import Identity
import NIOCore
import Synchronization

/// All links of a transport: which there are, what place each has, what is counted. Touched by every event loop and by the shell.
final class LinkTable: Sendable {
    private struct State {
        var policy: AcceptPolicy
        var networkKeys: [SecretBytes]
        var dialledKeyCount = 1
        /// How often each address was dialled with one of several keys.
        var turns: [Address: Int] = [:]
        var lastID: UInt64 = 0
        var links: [LinkID: Link] = [:]
        var dials: [LinkID: Dial] = [:]
        var counters = TransportCounters()
        var isStopping = false

        mutating func newID() -> LinkID {
            lastID += 1
            return LinkID(rawValue: lastID)
        }
    }

    let events = EventQueue()
    let limits: TransportLimits
    private let prologue: [UInt8]
    private let staticKey: AgreementKey
    private let state: Mutex<State>

    init(configuration: PeerTransport.Configuration) {
        limits = configuration.limits
        prologue = configuration.prologue
        staticKey = configuration.staticKey
        state = Mutex(
            State(
                policy: AcceptPolicy(limits: configuration.limits, now: .now()), networkKeys: configuration.networkKeys)
        )
    }

    /// Where an address is dialled with one of several keys, each has its turn there.
    func credentials(for origin: Link.Origin) -> Credentials {
        let (keys, dialled) = state.withLock { state in
            guard case .dialled(let dial) = origin, state.dialledKeyCount > 1 else { return (state.networkKeys, 0) }
            if state.turns.count >= TransportLimits.rememberedTurns { state.turns = [:] }
            let turn = state.turns[dial.address, default: 0]
            state.turns[dial.address] = turn + 1
            return (state.networkKeys, turn % state.dialledKeyCount)
        }
        return Credentials(networkKeys: keys, dialledKey: dialled, prologue: prologue, staticKey: staticKey)
    }

    var counters: TransportCounters {
        state.withLock { state in
            var counters = state.counters
            counters.strangers = state.policy.strangerCount
            counters.dialling = state.policy.dialCount
            counters.peers = state.policy.peerCount
            return counters
        }
    }

    subscript(id: LinkID) -> Link? { state.withLock { $0.links[id] } }

    func use(networkKeys: [SecretBytes], dialled: Int) {
        state.withLock { state in
            (state.networkKeys, state.dialledKeyCount) = (networkKeys, dialled)
            if dialled == 1 { state.turns = [:] }
        }
    }

    func know(_ addresses: [Address]) {
        state.withLock { $0.policy.know(addresses.lazy.compactMap(\.ip)) }
    }
}

// A link's life.
extension LinkTable {
    /// For a socket that was accepted.
    ///
    /// - Returns: Nil when it is refused.
    func admit(from ip: IPAddress, at now: NIODeadline) -> LinkID? {
        state.withLock { state in
            state.counters.connectsSeen += 1
            let id = state.newID()
            let refusal = state.isStopping ? .stopping : state.policy.admit(id, from: ip, at: now)
            guard let refusal else { return id }
            state.counters.ends[refusal, default: 0] += 1
            return nil
        }
    }

    /// - Returns: With the reason why it must not be tried, if there is one.
    func begin(dialling address: Address) -> (Dial, CloseReason?) {
        state.withLock { state in
            state.counters.dials += 1
            let dial = Dial(id: state.newID(), address: address)
            if state.isStopping { return (dial, .stopping) }
            guard address.isDialable else { return (dial, .forbiddenAddress) }
            if let refusal = state.policy.admitDial(dial.id) { return (dial, refusal) }
            state.dials[dial.id] = dial
            return (dial, nil)
        }
    }

    func dialFailed(_ dial: Dial, _ reason: CloseReason) {
        state.withLock { state in
            state.dials[dial.id] = nil
            state.counters.ends[reason, default: 0] += 1
        }
        put(.dialFailed(dial.id, dial.address, reason), endOf: dial.id)
        dial.ended.open()
    }

    func cancel(_ dial: Dial, _ reason: CloseReason) {
        if dial.cancel(reason) { dialFailed(dial, reason) }
    }

    /// A channel is up.
    ///
    /// - Returns: Why it must go down at once.
    func opened(_ link: Link) -> CloseReason? {
        if link.origin.isInitiator {
            let remote = link.channel.remoteAddress.flatMap { IPAddress($0) }
            guard remote?.isDialable == true else { return .forbiddenAddress }
        }
        return state.withLock { state in
            guard !state.isStopping else { return .stopping }
            state.dials[link.id] = nil
            state.links[link.id] = link
            return nil
        }
    }

    func established(_ link: Link, _ session: Session) {
        state.withLock { $0.counters.established += 1 }
        events.put(.established(link.id, session))
    }

    func received(_ message: [UInt8], on link: Link) {
        state.withLock { state in
            state.counters.messagesReceived += 1
            state.counters.bytesReceived += message.count
        }
        events.put(.message(link.id, message), link: link)
    }

    func grewOld(_ link: Link) {
        events.put(.grewOld(link.id))
    }

    func drained(_ link: Link) {
        events.put(.drained(link.id))
    }

    func sent(byteCount: Int) {
        state.withLock { state in
            state.counters.messagesSent += 1
            state.counters.bytesSent += byteCount
        }
    }

    /// - Returns: Why the link must go: there is no place.
    func accept(_ id: LinkID) -> CloseReason? {
        state.withLock { $0.policy.accept(id) }
    }

    func ended(_ link: Link, _ reason: CloseReason, wasEstablished: Bool) {
        state.withLock { state in
            state.links[link.id] = nil
            state.dials[link.id] = nil
            state.counters.ends[reason, default: 0] += 1
        }
        switch link.origin {
        case _ where wasEstablished: put(.closed(link.id, reason), endOf: link.id)
        case .dialled(let dial): put(.dialFailed(dial.id, dial.address, reason), endOf: dial.id)
        case .accepted: leave(link.id)
        }
    }

    /// An accepted channel was gone before it had its handlers.
    func abandoned(_ link: Link) {
        if !link.origin.isInitiator { leave(link.id) }
    }

    /// The shell has taken an event.
    func taken(_ entry: EventQueue.Entry) {
        switch entry.event {
        case .message(_, let message): entry.link?.taken(Outbox.cost(message))
        case .closed(let id, _), .dialFailed(let id, _, _): leave(id)
        case .established, .drained, .grewOld: break
        }
    }

    /// From now on nothing begins.
    func stop() -> (links: [Link], dials: [Dial]) {
        state.withLock { state in
            state.isStopping = true
            return (Array(state.links.values), Array(state.dials.values))
        }
    }

    private func put(_ event: TransportEvent, endOf id: LinkID) {
        if !events.put(event) { leave(id) }
    }

    private func leave(_ id: LinkID) {
        state.withLock { $0.policy.leave(id) }
    }
}
