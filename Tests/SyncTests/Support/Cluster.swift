import AuthorLog
import Identity

@testable import Sync

/// Real cores, made-up storage, a false clock. Everything follows from the seed.
final class Cluster {
    struct Endpoint: Hashable {
        var node: Int
        var id: ConnectionID
    }

    struct Node {
        var member: TestMember
        var core: SyncCore
        var store: TestStore
        var orders: [SignedRootOrder]
        var proofs: [ForkProof] = []
        var wake: Instant?
        var effects: [SyncCore.Effect] = []
        /// Own answers are no more given: the disk hangs.
        var isStuck = false
        /// Reads of others are answered so late.
        var readDelay: UInt64 = 0
        /// What is stored stands so late; 0: at once.
        var settlingDelay: UInt64 = 0
    }

    enum Action {
        case event(SyncCore.Event, node: Int)
        case wake(node: Int, at: Instant)
        case perform(SyncCore.Effect, node: Int)
        case settle(LogID, node: Int, from: ConnectionID)
    }

    /// One message that was delivered.
    struct Delivery {
        var from: Int
        var to: Int
        var message: Message
        var byteCount: Int
        var at: UInt64
    }

    let fixture: Fixture
    private(set) var nodes: [Node] = []
    private(set) var now: UInt64 = 1_000
    private(set) var deliveries: [Delivery] = []
    private(set) var handled = 0
    var latency: UInt64 = 20
    var dialsReach = true
    /// Nobody reaches them, and they reach nobody.
    var unreachable: Set<Int> = []
    /// No dial leads from one to the other.
    var separated: [Set<Int>] = []
    /// Changes what a node sends, or drops it.
    var tamper: (Int, Message) -> Message? = { $1 }

    private var queue: [(at: UInt64, order: Int, action: Action)] = []
    private var order = 0
    private var nextID: UInt64 = 1
    private var partners: [Endpoint: Endpoint] = [:]
    let seed: UInt64

    init(seed: UInt64) throws {
        self.seed = seed
        fixture = try Fixture()
    }

    // MARK: Set-up

    /// - Parameters:
    ///   - known: Numbers of nodes whose addresses this one is given.
    ///   - isDialable: False for one behind NAT.
    @discardableResult
    func add(
        known: [Int] = [], orders: [SignedRootOrder]? = nil, store: TestStore? = nil, acquainted: Bool = false,
        isDialable: Bool = true
    ) throws -> Int {
        let number = nodes.count
        let member = try fixture.member(number)
        let store = store ?? TestStore(community: fixture.charter.id)
        var chains: [MemberKey: KnownChain] = [:]
        if acquainted {
            for other in 0..<50 where other != number {
                let other = try fixture.member(other)
                chains[other.memberKey] = KnownChain(hash: other.presentation.hash, expiresMilliseconds: 0)
            }
        }
        var configuration = member.configuration(seed: seed &* 97 &+ UInt64(number))
        if !isDialable { (configuration.listen, configuration.ownRecord) = ("", nil) }
        let core = SyncCore(
            configuration: configuration,
            frontier: FrontierTree(store.rows), orders: orders ?? [],
            knownAddresses: try known.map { try fixture.member($0).address }, knownChains: chains,
            at: Instant(milliseconds: now), wallMilliseconds: Fixture.wall)
        nodes.append(Node(member: member, core: core, store: store, orders: orders ?? []))
        schedule(.event(.wokeUp, node: number), after: 0)
        return number
    }

    func write(_ node: Int, _ payloads: [String], log: LogID? = nil) {
        let log = log ?? nodes[node].member.log()
        let run = nodes[node].store.append(payloads.map { Array($0.utf8) }, to: log)
        let pushed = run.count <= Sync.Limits.pushedRunByteLimit ? run : nil
        guard let row = nodes[node].store.row(log) else { return }
        handle(.grown([SyncCore.Growth(row: row, run: pushed, origin: nil)]), at: node)
    }

    /// Before the clock starts: straight into the store and the frontier.
    func preload(_ node: Int, _ payloads: [[UInt8]], log: LogID) {
        _ = nodes[node].store.append(payloads, to: log)
        guard let row = nodes[node].store.row(log) else { return }
        nodes[node].core.frontier.set(row)
    }

    func clearEffects(_ node: Int) { nodes[node].effects = [] }
    func setRow(_ node: Int, _ row: FrontierRow) { nodes[node].core.frontier.set(row) }
    func markAuthority(_ node: Int, _ log: LogID) { nodes[node].core.authorityLogs.insert(log) }
    func measure(_ node: Int, storedBytes: UInt64) { nodes[node].core.storedBytes = storedBytes }
    func stick(_ node: Int) { nodes[node].isStuck = true }
    func slowSettling(_ node: Int, by milliseconds: UInt64) { nodes[node].settlingDelay = milliseconds }
    func slowReads(_ node: Int, by milliseconds: UInt64) { nodes[node].readDelay = milliseconds }

    /// Both ends notice after the latency.
    func cut(_ left: Int, _ right: Int) {
        for (end, other) in partners where end.node == left && other.node == right {
            partners[end] = nil
            partners[other] = nil
            schedule(.event(.closed(end.id), node: end.node), after: latency)
            schedule(.event(.closed(other.id), node: other.node), after: latency)
        }
    }

    /// Without a word.
    func isolate(_ node: Int) {
        unreachable.insert(node)
        for other in nodes.indices where other != node { cut(node, other) }
    }

    func reunite(_ node: Int) { unreachable.remove(node) }

    func connect(_ from: Int, _ to: Int) {
        let here = Endpoint(node: from, id: ConnectionID(rawValue: nextID))
        let there = Endpoint(node: to, id: ConnectionID(rawValue: nextID + 1))
        nextID += 2
        partners[here] = there
        partners[there] = here
        schedule(
            .event(
                .established(
                    here.id, initiator: true, remoteKey: nodes[to].member.noiseKey, address: nodes[to].member.address),
                node: from), after: latency)
        schedule(
            .event(
                .established(
                    there.id, initiator: false, remoteKey: nodes[from].member.noiseKey, address: "10.9.9.9:50000"),
                node: to), after: latency)
    }

    // MARK: Time

    func run(for milliseconds: UInt64) {
        let end = now + milliseconds
        while let next = queue.first, next.at <= end {
            queue.removeFirst()
            now = max(now, next.at)
            perform(next.action)
        }
        now = end
    }

    /// - Returns: Milliseconds it took, nil if it did not come true.
    func run(until isDone: (Cluster) -> Bool, limit: UInt64 = 120_000) -> UInt64? {
        let start = now
        while !isDone(self) {
            guard let next = queue.first, next.at <= start + limit else { return nil }
            queue.removeFirst()
            now = max(now, next.at)
            perform(next.action)
        }
        return now - start
    }

    var isConverged: Bool {
        let hash = nodes[0].core.frontierHash
        return nodes.allSatisfy { $0.core.frontierHash == hash }
    }

    func connections(of node: Int) -> Int {
        nodes[node].core.peers.count { $0.isConnected }
    }

    // MARK: Inside

    private func schedule(_ action: Action, after delay: UInt64) {
        order += 1
        let entry = (at: now + delay, order: order, action: action)
        var low = 0
        var high = queue.count
        while low < high {
            let middle = (low + high) / 2
            if queue[middle].at <= entry.at { low = middle + 1 } else { high = middle }
        }
        queue.insert(entry, at: low)
    }

    func handle(_ event: SyncCore.Event, at node: Int) {
        handled += 1
        let effects = nodes[node].core.handle(
            event, at: Instant(milliseconds: now), wallMilliseconds: Fixture.wall + now)
        nodes[node].effects += effects.filter { if case .wakeUp = $0 { false } else { true } }
        for effect in effects { begin(effect, node) }
    }

    /// What the core did not decide.
    func send(_ message: Message, from node: Int, over id: ConnectionID) {
        begin(.send(message.encoded, to: id), node)
    }

    private func perform(_ action: Action) {
        switch action {
        case .event(.received(let bytes, let id), let node):
            let here = Endpoint(node: node, id: id)
            guard let there = partners[here] else { return }
            if let message = try? Message(decoding: bytes) {
                deliveries.append(
                    Delivery(from: there.node, to: node, message: message, byteCount: bytes.count, at: now))
            }
            handle(.received(bytes, from: id), at: node)
        case .event(let event, let node): handle(event, at: node)
        case .wake(let node, let at):
            guard nodes[node].wake == at else { return }
            nodes[node].wake = nil
            handle(.wokeUp, at: node)
        case .perform(let effect, let node): finish(effect, node)
        case .settle(let log, let node, let id):
            guard let row = nodes[node].store.row(log) else { return }
            handle(.grown([SyncCore.Growth(row: row, run: nil, origin: id)]), at: node)
        }
    }

    private func begin(_ effect: SyncCore.Effect, _ node: Int) {
        switch effect {
        case .wakeUp(let at):
            nodes[node].wake = at
            schedule(.wake(node: node, at: at), after: at.milliseconds > now ? at.milliseconds - now : 0)
        case .send(let bytes, let id):
            let here = Endpoint(node: node, id: id)
            guard let there = partners[here] else { return }
            guard let message = try? Message(decoding: bytes), let sent = tamper(node, message) else { return }
            let bytes = sent == message ? bytes : sent.encoded
            schedule(.event(.received(bytes, from: there.id), node: there.node), after: latency)
        case .disconnect(let id, _):
            let here = Endpoint(node: node, id: id)
            guard let there = partners[here] else { return }
            // After what was sent.
            schedule(.event(.closed(there.id), node: there.node), after: latency)
            partners[here] = nil
        case .dial(let address):
            guard dialsReach, let to = nodes.firstIndex(where: { $0.member.address == address }),
                unreachable.isDisjoint(with: [node, to]),
                separated.isEmpty || separated.contains(where: { $0.isSuperset(of: [node, to]) })
            else {
                schedule(.event(.dialFailed(address), node: node), after: latency)
                return
            }
            connect(node, to)
        case .ingest: schedule(.perform(effect, node: node), after: 2)
        case .read: schedule(.perform(effect, node: node), after: 1 + nodes[node].readDelay)
        case .keepOrders(let orders):
            nodes[node].orders += orders
            schedule(.event(.ordersHeld(nodes[node].orders), node: node), after: 1)
        case .keepForks(let proofs):
            nodes[node].proofs += proofs
            schedule(.event(.forksHeld(nodes[node].proofs), node: node), after: 1)
        case .findEnd(let log, let position, let lower, let upper, let id):
            let point = nodes[node].store.end(of: log, near: position, above: lower, below: upper)
            schedule(.event(.foundEnd(id, log, point), node: node), after: 1)
        case .ban, .accepted, .keep, .keepChain, .ownHeadSeen, .networkKeyTold, .refused: break
        }
    }

    private func finish(_ effect: SyncCore.Effect, _ node: Int) {
        guard !nodes[node].isStuck else { return }
        switch effect {
        case .ingest(let part, let log, let pull, let id):
            let isNew = nodes[node].store.row(log) == nil
            let (outcome, run) = nodes[node].store.ingest(part)
            if outcome == .appended, isNew, let author = nodes.first(where: { $0.member.memberKey == log.member }) {
                let chain = KnownChain(hash: author.member.presentation.hash, expiresMilliseconds: 0)
                handle(.chainsLearned([(author.member.memberKey, chain)]), at: node)
            }
            if outcome == .appended, let row = nodes[node].store.row(log) {
                let delay = nodes[node].settlingDelay
                guard delay == 0 else {
                    schedule(.settle(log, node: node, from: id), after: delay)
                    return handle(
                        .ingested(id, pull: pull, log: log, byteCount: part.count, .unsettled), at: node)
                }
                let pushed = run.count <= Sync.Limits.pushedRunByteLimit ? run : nil
                handle(.grown([SyncCore.Growth(row: row, run: pushed, origin: id)]), at: node)
            }
            handle(.ingested(id, pull: pull, log: log, byteCount: part.count, outcome), at: node)
        case .read(let log, let from, let head, _, let byteLimit, let pull, let id):
            let outcome = nodes[node].store.read(log, from: from, head: head, byteLimit: byteLimit)
            handle(.read(id, pull: pull, outcome), at: node)
        default: break
        }
    }
}
