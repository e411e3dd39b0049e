import AuthorLog
import Community
import Identity
import Noise
import Sync
import Testing

/// A founder and a newcomer with fixed keys and clocks, and every byte between them until nothing is left to say.
struct RecordedSession {
    struct Frame {
        var isByInitiator: Bool
        /// A handshake message, or an encrypted transport frame, without the length before it.
        var bytes: [UInt8]
        /// What a transport frame carries; nil in the handshake.
        var message: [UInt8]?
    }

    static let start: UInt64 = 1_790_000_000_000

    private(set) var frames: [Frame] = []
    private(set) var handshakeHash: [UInt8] = []
    private(set) var frontier = Hash256(raw: .zero)
    let ticket: Ticket
    let charter: Charter
    let initiator: SigningKey
    let responder: SigningKey
    let networkKey = SecretBytes(copying: bytes32("session network key"))
    let personKey = SecretBytes(copying: bytes32("session person key"))
    private let order: SignedRootOrder
    private let bundles: [Bundle]

    static func bytes32(_ name: String) -> [UInt8] {
        BLAKE2b.hash256(Array(name.utf8), personal: .init("gv/test")).bytes
    }

    static func agreement(_ name: String) throws -> AgreementKey {
        try AgreementKey(secret: SecretBytes(copying: bytes32(name)))
    }

    static func signing(_ name: String) throws -> SigningKey {
        try SigningKey(seed: SecretBytes(copying: bytes32(name)))
    }

    init() throws {
        let root = try Self.signing("session root")
        responder = try Self.signing("session founder")
        initiator = try Self.signing("session newcomer")
        charter = try Charter(
            title: "A recorded session", currency: "USD", createdMilliseconds: Self.start,
            rootKey: root.publicKey(as: RootKey.self), successorKeyHash: Hash256(raw: .zero),
            personKeyHash: Charter.hash(ofPersonKey: personKey))
        let grant = try Grant(subject: responder.publicKey(as: MemberKey.self), role: .steward)
        let time = try #require(HybridTime(milliseconds: Self.start))
        order = try RootOrder(granting: grant, serial: 1, time: time).signed(by: root, community: charter.id)
        let log = LogID(
            member: responder.publicKey(as: MemberKey.self), incarnation: Incarnation(number: 1, random: 7))
        var author = try Author(
            state: LogState(log: log, community: charter.id), clock: HybridClock(last: .zero), charter: charter,
            key: responder)
        let wall = Self.start + 60_000
        let first = try author.present(try Presentation(order: order), wallMilliseconds: wall)
        let inviteKey = try Self.signing("session invite")
        let invite = try Invite(inviteKey: inviteKey.publicKey(as: InviteKey.self), role: .ambassador)
        let second = try author.write([Operation(invite)], wallMilliseconds: wall)
        var record = Record()
        record.person = Pseudonyms(personKey: personKey).person(source: "import", externalID: "ana")
        record.source = "import"
        record.joined = Record.Joined(at: Int64(Self.start))
        let currency = try #require(Currency("USD"))
        let third = try author.write(
            [Operation(publicPart: record.encoded(currency: currency))], wallMilliseconds: wall)
        bundles = [first, second, third].map(\.bundle)
        ticket = try Ticket(
            charter: charter, networkKey: networkKey, personKey: personKey, addresses: ["127.0.0.1:7433"],
            inviteKey: inviteKey, order: order, excerpts: [try Excerpt(of: second.bundle, index: 0)])
        try run()
    }

    private mutating func run() throws {
        let prologue = Array("grapevine".utf8) + [1] + charter.id.bytes
        let statics = (
            initiator: try Self.agreement("session i static"), responder: try Self.agreement("session r static")
        )
        var left = try HandshakeState(
            pattern: .xxpsk0, role: .initiator, prologue: prologue, psks: [networkKey], s: statics.initiator,
            e: try Self.agreement("session i ephemeral"))
        var right = try HandshakeState(
            pattern: .xxpsk0, role: .responder, prologue: prologue, psks: [networkKey], s: statics.responder,
            e: try Self.agreement("session r ephemeral"))
        for isByInitiator in [true, false, true] {
            let bytes = isByInitiator ? try left.writeMessage() : try right.writeMessage()
            _ = isByInitiator ? try right.readMessage(bytes) : try left.readMessage(bytes)
            frames.append(Frame(isByInitiator: isByInitiator, bytes: bytes, message: nil))
        }
        handshakeHash = left.handshakeHash
        var newcomer = try left.split()
        var founder = try right.split()
        let connection = ConnectionID(rawValue: 1)
        var peers = [
            try Peer(
                key: initiator, noiseKey: statics.initiator,
                presentation: Presentation(ticket: ticket, member: initiator.publicKey(as: MemberKey.self)),
                charter: charter, order: order, bundles: [], seed: 1),
            try Peer(
                key: responder, noiseKey: statics.responder, presentation: Presentation(order: order), charter: charter,
                order: order, bundles: bundles, seed: 2),
        ]
        var queue: [(to: Int, message: [UInt8])] = []
        func take(_ sent: [[UInt8]], from index: Int) { queue += sent.map { (1 - index, $0) } }
        for (index, remote) in [(0, statics.responder), (1, statics.initiator)] {
            take(
                try peers[index].handle(
                    .established(
                        connection, initiator: index == 0, remoteKey: remote.publicKey, address: "127.0.0.1:7433")),
                from: index)
        }
        for second in 0..<4 {
            while !queue.isEmpty {
                let (to, message) = queue.removeFirst()
                let isByInitiator = to == 1
                let plain = [1] + message
                let bytes =
                    isByInitiator
                    ? try newcomer.sending.encrypt(plain) : try founder.sending.encrypt(plain)
                let read =
                    isByInitiator
                    ? try founder.receiving.decrypt(bytes) : try newcomer.receiving.decrypt(bytes)
                #expect(read == plain)
                frames.append(Frame(isByInitiator: isByInitiator, bytes: bytes, message: message))
                take(try peers[to].handle(.received(message, from: connection)), from: to)
            }
            for index in peers.indices { take(try peers[index].wake(second: UInt64(second)), from: index) }
        }
        #expect(peers[0].core.frontierHash == peers[1].core.frontierHash)
        frontier = peers[0].core.frontierHash
    }
}

/// A core with the little shell around it that a session needs.
private struct Peer {
    var core: SyncCore
    private var verifiers: [LogID: RunVerifier] = [:]
    private let bundles: [Bundle]
    private let charter: Charter
    private var now: UInt64 = 1_000

    init(
        key: SigningKey, noiseKey: AgreementKey, presentation: Presentation, charter: Charter, order: SignedRootOrder,
        bundles: [Bundle], seed: UInt64
    ) throws {
        self.bundles = bundles
        self.charter = charter
        let binding = SyncCore.Configuration.bindingMessage(noiseKey: noiseKey.publicKey, community: charter.id)
        var rows: [FrontierRow] = []
        if let last = bundles.last {
            rows.append(try FrontierRow(log: last.header.log, length: last.header.end, head: last.id))
        }
        core = SyncCore(
            configuration: SyncCore.Configuration(
                member: key.publicKey(as: MemberKey.self), noiseKey: noiseKey.publicKey, binding: key.sign(binding),
                charter: charter, presentation: presentation, seed: seed),
            frontier: FrontierTree(rows), orders: [order], at: Instant(milliseconds: 0),
            wallMilliseconds: RecordedSession.start + 120_000)
        core.storedBytes = UInt64(bundles.count) << 16
    }

    /// - Returns: What is sent.
    mutating func handle(_ event: SyncCore.Event) throws -> [[UInt8]] {
        var sent: [[UInt8]] = []
        let effects = core.handle(
            event, at: Instant(milliseconds: now), wallMilliseconds: RecordedSession.start + 120_000)
        for effect in effects {
            switch effect {
            case .send(let message, _): sent.append(message)
            case .read(_, _, _, _, _, let pull, let connection):
                let last = try #require(bundles.last)
                sent += try handle(
                    .read(connection, pull: pull, .part(Run.encode(bundles), end: last.header.end, head: last.id)))
            case .ingest(let part, let log, let pull, let connection):
                var verifier =
                    verifiers[log] ?? RunVerifier(state: LogState(log: log, community: charter.id), charter: charter)
                let verified = try verifier.receive(part)
                verifiers[log] = verifier
                #expect(!verified.isEmpty)
                let row = try FrontierRow(log: log, length: verifier.state.length, head: verifier.state.head)
                sent += try handle(.grown([SyncCore.Growth(row: row, run: part, origin: connection)]))
                sent += try handle(
                    .ingested(connection, pull: pull, log: log, byteCount: part.count, .appended))
            default: break
            }
        }
        return sent
    }

    mutating func wake(second: UInt64) throws -> [[UInt8]] {
        now += 1_000
        return try handle(.wokeUp)
    }
}
