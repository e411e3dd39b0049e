import Identity
import NIOCore
import Synchronization
import Transport

struct TimedOut: Error {
    let waitingFor: String
    let events: [TransportEvent]
}

/// What the members of these tests have in common.
enum Village {
    static let networkKey = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    static let otherNetworkKey = SecretBytes(copying: [UInt8](repeating: 8, count: 32))
    static let prologue = PeerTransport.prologue(
        of: CommunityID(raw: Bytes32([UInt8](repeating: 1, count: 32)) ?? .zero))
    static let otherPrologue = PeerTransport.prologue(of: CommunityID(raw: .zero))
}

/// A transport, and a shell that accepts everybody and writes down what happens.
final class Party: Sendable {
    let transport: PeerTransport
    let key: AgreementKey
    private let keepsMessages: Bool
    private let heard = Mutex<[TransportEvent]>([])

    init(
        networkKeys: [SecretBytes] = [Village.networkKey], prologue: [UInt8] = Village.prologue,
        key: AgreementKey = .generate(), limits: TransportLimits = TransportLimits(),
        keepsMessages: Bool = true, group: (any EventLoopGroup)? = nil
    ) {
        self.key = key
        self.keepsMessages = keepsMessages
        transport = PeerTransport(
            configuration: .init(networkKeys: networkKeys, prologue: prologue, staticKey: key, limits: limits),
            group: group)
    }

    var events: [TransportEvent] { heard.withLock { $0 } }
    var counters: TransportCounters { transport.counters }

    func listen() async throws -> Address {
        try await transport.listen(on: Address(parsing: "127.0.0.1:0"))
    }

    /// Takes events until there are none any more.
    func hear(acceptsAll: Bool = true, onMessage: (@Sendable (LinkID, [UInt8]) -> Void)? = nil) async {
        for await event in transport.events {
            switch event {
            case .message where !keepsMessages: break
            default: heard.withLock { $0.append(event) }
            }
            switch event {
            case .established(let id, _) where acceptsAll: transport.accepted(id)
            case .message(let id, let message): onMessage?(id, message)
            default: break
            }
        }
    }

    /// The first answer other than nil, looking at all events so far again and again.
    func first<Answer>(
        _ what: String, seconds: Double = 5, _ find: (TransportEvent) -> Answer?
    ) async throws -> Answer {
        try await eventually(what, seconds: seconds) { events.lazy.compactMap(find).first }
    }

    func eventually<Answer>(_ what: String, seconds: Double = 5, _ find: () -> Answer?) async throws -> Answer {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            if let answer = find() { return answer }
            guard ContinuousClock.now < end else { throw TimedOut(waitingFor: what, events: events) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func established(after count: Int = 0, seconds: Double = 5) async throws -> LinkID {
        try await eventually("established", seconds: seconds) {
            events.lazy.compactMap { if case .established(let id, _) = $0 { id } else { nil } }.dropFirst(count).first
        }
    }

    func closed(_ link: LinkID, seconds: Double = 5) async throws -> CloseReason {
        try await first("closed", seconds: seconds) {
            if case .closed(link, let reason) = $0 { reason } else { nil }
        }
    }

    func dialFailed(_ link: LinkID, seconds: Double = 5) async throws -> CloseReason {
        try await first("dialFailed", seconds: seconds) {
            if case .dialFailed(link, _, let reason) = $0 { reason } else { nil }
        }
    }

    /// Waits until so many links have ended for this reason.
    func ended(_ reason: CloseReason, count: Int = 1, seconds: Double = 5) async throws {
        try await eventually("\(count) × \(reason), have \(counters.ends)", seconds: seconds) {
            counters.ended(reason) >= count ? () : nil
        }
    }

    func drainedCount(of link: LinkID) -> Int {
        events.count { $0 == .drained(link) }
    }

    /// Sends 64 KiB again and again until not only we are faster than our event loop, but the kernel takes no more.
    ///
    /// - Returns: How many messages; a thousand at most.
    func stuff(_ link: LinkID) async throws -> Int {
        let message = bytes(65_536)
        var count = 0
        var drained = 0
        while count < 1_000 {
            count += 1
            if transport.send(message, to: link) == .queued { continue }
            try await Task.sleep(for: .milliseconds(100))
            let drainedNow = drainedCount(of: link)
            if drainedNow == drained { break }
            drained = drainedNow
        }
        return count
    }

    func messages(on link: LinkID) -> [[UInt8]] {
        events.compactMap { if case .message(link, let message) = $0 { message } else { nil } }
    }
}

/// Parties that hear while the body runs, and are shut down after it, however it ends.
func withParties<Result: Sendable>(
    _ parties: Party..., acceptsAll: Bool = true, onMessage: (@Sendable (Party, LinkID, [UInt8]) -> Void)? = nil,
    _ body: () async throws -> Result
) async throws -> Result {
    try await withThrowingDiscardingTaskGroup { group in
        for party in parties {
            group.addTask { await party.hear(acceptsAll: acceptsAll) { onMessage?(party, $0, $1) } }
        }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        for party in parties { await party.transport.shutdown() }
        return try result.get()
    }
}

/// A listening and a dialling party, connected.
func withPair<Result: Sendable>(
    limits: TransportLimits = TransportLimits(), keepsMessages: Bool = true,
    _ body: (_ server: Party, LinkID, _ client: Party, LinkID) async throws -> Result
) async throws -> Result {
    let server = Party(limits: limits, keepsMessages: keepsMessages)
    let client = Party(limits: limits, keepsMessages: keepsMessages)
    return try await withParties(server, client) {
        client.transport.dial(try await server.listen())
        return try await body(server, try await server.established(), client, try await client.established())
    }
}

/// Not random, not regular; the first 997 bytes again and again, from different starts for different seeds.
func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    let period = irregular.count
    let start = Int(seed % UInt64(period))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + period)
    bytes += irregular[start...]
    while bytes.count < count { bytes += irregular }
    bytes.removeLast(bytes.count - count)
    return bytes
}

private let irregular: [UInt8] = {
    var state: UInt64 = 1
    return (0..<997).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}()
