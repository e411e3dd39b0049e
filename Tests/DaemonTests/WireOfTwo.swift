import AuthorLog
import Community
import Foundation
import Identity
import Storage
import Sync
import Testing

/// A node that holds a log, and one that is pushed it: real cores and records, and a false clock.
final class WireOfTwo {
    struct Outcome {
        var seconds: Double
        var state: Hash256
        var frontier: Hash256
        /// Of runs that were asked for.
        var pulledBytes: Int
    }

    private struct Side {
        var core: SyncCore
        let store: ReplicaStore
        let noiseKey: NoiseKey
        var arrived: [(part: [UInt8], log: LogID, pull: UInt32)] = []
        var wake: Instant?
    }

    private struct Member {
        let key: SigningKey
        let noiseKey: AgreementKey
        let presentation: Presentation
    }

    private static let start: UInt64 = 1_790_000_000_000
    private static let wall = start + 86_400_000
    private static let connection = ConnectionID(rawValue: 1)

    /// Each of one bundle of one update.
    private(set) var pushes: [[UInt8]] = []
    private let first: [UInt8]
    private let folder = FileManager.default.temporaryDirectory.appending(path: "grapevine-\(UUID().uuidString)")
    private let charter: Charter
    private let orders: [SignedRootOrder]
    private let personKey = SecretBytes(copying: [UInt8](repeating: 9, count: 32))
    private let members: [Member]

    private var sides: [Side] = []
    private var messages: [(to: Int, bytes: [UInt8])] = []
    private var now: UInt64 = 0
    private var pulledBytes = 0

    init(updates: Int) throws {
        let root = SigningKey.generate()
        let charter = try Charter(
            title: "In reverse", currency: "USD", createdMilliseconds: Self.start,
            rootKey: root.publicKey(as: RootKey.self), successorKeyHash: Hash256(raw: .zero),
            personKeyHash: Charter.hash(ofPersonKey: personKey))
        self.charter = charter
        let keys = [SigningKey.generate(), SigningKey.generate()]
        let time = try #require(HybridTime(milliseconds: Self.start))
        orders = try keys.enumerated().map { index, key in
            let grant = try Grant(subject: key.publicKey(as: MemberKey.self), role: .steward)
            return try RootOrder(granting: grant, serial: UInt64(index) + 1, time: time)
                .signed(by: root, community: charter.id)
        }
        members = try zip(keys, orders).map { key, order in
            Member(key: key, noiseKey: .generate(), presentation: try Presentation(order: order))
        }
        let log = LogID(member: keys[0].publicKey(as: MemberKey.self), incarnation: Incarnation(number: 1, random: 7))
        var author = try Author(
            state: LogState(log: log, community: charter.id), clock: HybridClock(last: .zero), charter: charter,
            key: keys[0])
        first = Run.encode([
            try author.present(members[0].presentation, wallMilliseconds: Self.start + 60_000).bundle
        ])
        let pseudonyms = Pseudonyms(personKey: personKey)
        let currency = try #require(Currency("USD"))
        for number in 0..<updates {
            var record = Record()
            record.person = pseudonyms.person(source: "import", externalID: "b\(number)")
            record.source = "import"
            record.joined = Record.Joined(at: Int64(Self.start))
            let bundle = try author.write(
                [Operation(publicPart: record.encoded(currency: currency))],
                wallMilliseconds: Self.start + 61_000 + UInt64(number))
            pushes.append(Run.encode([bundle.bundle]))
        }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }  // a leftover does no harm

    /// Pushes runs to an empty record, over a connection to a node that serves all of them when asked.
    func deliver(_ pushes: [[UInt8]], atOnce: Int, as name: String) async throws -> Outcome {
        (messages, now, pulledBytes) = ([], 1_000, 0)
        // The holder's core has not heard of what its record holds, so that only pushes tell of it.
        sides = [try await side(0, name + "-holder"), try await side(1, name)]
        _ = try await sides[0].store.ingest(
            self.pushes.map { Arrival(source: 9, part: $0) }, wallMilliseconds: Self.wall)
        _ = try await sides[0].store.settle(wallMilliseconds: Self.wall)
        for index in [1, 0] {
            try await handle(
                .established(
                    Self.connection, initiator: index == 0, remoteKey: sides[1 - index].noiseKey,
                    address: "127.0.0.1:7433"), at: index)
        }
        try await run()
        let start = ContinuousClock.now
        var left = pushes[...]
        while !left.isEmpty {
            for push in left.prefix(atOnce) { messages.append((1, Message.push(push, hop: 0).encoded)) }
            left = left.dropFirst(atOnce)
            try await run()
        }
        let goal = UInt64(pushes.count) + 1
        while sides[1].core.updates < goal, now < 600_000 { try await run() }
        let took = start.duration(to: .now)
        #expect(sides[1].core.updates == goal, "\(name)")
        return Outcome(
            seconds: took / .seconds(1), state: try await sides[1].store.stateDigest().state,
            frontier: sides[1].core.frontierHash, pulledBytes: pulledBytes)
    }

    /// Both hold the log's first bundle.
    private func side(_ index: Int, _ name: String) async throws -> Side {
        let store = try ReplicaStore(path: folder.appending(path: name).path, charter: charter, personKey: personKey)
        _ = try await store.keep(orders, wallMilliseconds: Self.wall)
        _ = try await store.ingest([Arrival(source: 9, part: first)], wallMilliseconds: Self.wall)
        _ = try await store.settle(wallMilliseconds: Self.wall)
        let member = members[index]
        let binding = SyncCore.Configuration.bindingMessage(
            noiseKey: member.noiseKey.publicKey, community: charter.id)
        let core = SyncCore(
            configuration: SyncCore.Configuration(
                member: member.key.publicKey(as: MemberKey.self), noiseKey: member.noiseKey.publicKey,
                binding: member.key.sign(binding), charter: charter, presentation: member.presentation,
                seed: UInt64(index)),
            frontier: FrontierTree(try await store.frontierRows()), orders: try await store.orders(),
            at: Instant(milliseconds: 0), wallMilliseconds: Self.wall)
        return Side(core: core, store: store, noiseKey: member.noiseKey.publicKey)
    }

    /// Until nothing is on its way; then some time passes.
    private func run() async throws {
        while true {
            if !messages.isEmpty {
                let (to, bytes) = messages.removeFirst()
                try await handle(.received(bytes, from: Self.connection), at: to)
            } else if let index = sides.firstIndex(where: { !$0.arrived.isEmpty }) {
                try await ingest(at: index)
            } else {
                break
            }
        }
        now += 20
        for index in sides.indices where sides[index].wake.map({ $0.milliseconds <= now }) ?? false {
            try await handle(.wokeUp, at: index)
        }
    }

    private func handle(_ event: SyncCore.Event, at index: Int) async throws {
        let effects = sides[index].core.handle(
            event, at: Instant(milliseconds: now), wallMilliseconds: Self.wall)
        for effect in effects {
            switch effect {
            case .send(let bytes, _): messages.append((1 - index, bytes))
            case .ingest(let part, let log, let pull, _):
                sides[index].arrived.append((part, log, pull))
                if pull > 0 { pulledBytes += part.count }
            case .read(let log, let position, let head, let end, let byteLimit, let pull, let id):
                let served = try await sides[index].store.run(
                    of: log, from: position, head: head, to: end, byteLimit: byteLimit)
                guard case .part(let bytes, let end, let head) = served else {
                    try await handle(.read(id, pull: pull, .notHeld), at: index)
                    continue
                }
                try await handle(.read(id, pull: pull, .part(bytes, end: end, head: head)), at: index)
            case .wakeUp(let time): sides[index].wake = time
            case .disconnect(_, let goodbye): Issue.record("\(index) says goodbye: \(goodbye)")
            default: break
            }
        }
    }

    /// All that has arrived, as a node does.
    private func ingest(at index: Int) async throws {
        let arrived = sides[index].arrived
        sides[index].arrived = []
        let store = sides[index].store
        let (outcomes, changes) = try await store.ingest(
            arrived.map { Arrival(source: Self.connection.rawValue, part: $0.part) }, wallMilliseconds: Self.wall)
        try await tell(changes, at: index)
        for (arrival, outcome) in zip(arrived, outcomes) {
            let told: Sync.IngestOutcome =
                switch outcome {
                case .appended(0): .queued
                case .appended: changes.growths.allSatisfy { $0.row != nil } ? .appended : .unsettled
                case .alreadyHeld: .alreadyHeld
                case .doesNotContinue: .gap(first: try RunHead(startOf: arrival.part).firstPosition)
                case .tooFarAhead: .refused
                case .offence(let reason): .offence(reason)
                }
            try await handle(
                .ingested(
                    Self.connection, pull: arrival.pull, log: arrival.log, byteCount: arrival.part.count, told),
                at: index)
        }
        if changes.settlesIn != nil {
            try await tell(try await store.settle(wallMilliseconds: Self.wall), at: index)
        }
    }

    private func tell(_ changes: Changes, at index: Int) async throws {
        var rows = changes.growths.compactMap(\.row)
        rows += changes.moved.compactMap(\.row)
        let growths = rows.map { SyncCore.Growth(row: $0, run: nil, origin: Self.connection) }
        if !growths.isEmpty { try await handle(.grown(growths), at: index) }
    }
}
