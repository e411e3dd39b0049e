package import AuthorLog
package import Identity
package import Sync

/// Nodes that are nothing but ``HyParView`` and ``Plumtree``, and links with delays, on a false clock. Everything follows from
/// the seed; a copy goes on by itself.
///
/// Each node writes one log; log n is node n's. Between two nodes a message takes 10 to 100 ms, always the same, and one that
/// has to dial first four times as long. Verifying takes a millisecond.
package struct Network: Sendable {
    package struct Node: Sendable {
        package internal(set) var membership: HyParView
        package internal(set) var broadcast: Plumtree
        /// Lengths of the logs, by number.
        package internal(set) var held: [UInt32] = []
        /// How many links the last end of each log has gone.
        var hops: [UInt16] = []
        package internal(set) var isAlive = true
        var wakeAt: UInt64?
    }

    enum Packet: Sendable {
        /// After a greeting.
        case records([MemberKey])
        case membership(HyParView.Message)
        /// After `first` up to the end that is told.
        case push(first: UInt32, Plumtree.IHave)
        case iHave([Plumtree.IHave])
        case graft
        case prune
        case pull(log: Int, from: UInt32)
        case part(log: Int, first: UInt32, length: UInt32, hop: UInt16)
        /// The other's frontier, as after a greeting.
        case compare([UInt32])
    }

    enum Event: Sendable {
        case delivered(Packet, from: Int, to: Int)
        case verified(Packet, from: Int, to: Int)
        case wokeUp(Int)
        case lost(Int, by: Int)
        case failed(Int, by: Int)
        /// By the address of somebody who is there.
        case joins(Int)
    }

    /// Counted since ``reset()``.
    package struct Counts: Sendable {
        /// Entries that reached a node, new to it or not; a part of a run counts as often as it has entries.
        package var payloads = 0
        /// Entries that were new to the node they reached.
        package var delivered = 0
        package var announcements = 0
        package var grafts = 0
        package var prunes = 0
        package var lastHop: UInt16 = 0
    }

    package internal(set) var nodes: [Node] = []
    package internal(set) var now: UInt64 = 1_000
    package internal(set) var counts = Counts()
    /// They take part and announce, but push nothing and answer no pull.
    package var liars: Set<Int> = []
    var queue = EventQueue<Event>()
    var dice: SplitMix64
    let seed: UInt64
    var numbers: [MemberKey: Int] = [:]
    var members: [MemberKey] = []

    package init(seed: UInt64) {
        self.seed = seed
        dice = SplitMix64(seed: seed)
    }

    package static func link(_ node: Int) -> ConnectionID { ConnectionID(rawValue: UInt64(node)) }
    package func member(_ node: Int) -> MemberKey { members[node] }
    package func number(_ member: MemberKey) -> Int? { numbers[member] }
    package func log(_ node: Int) -> LogID {
        LogID(member: members[node], incarnation: Incarnation(number: 1, random: UInt64(node)))
    }

    package func message(_ log: Int, length: UInt32) -> Plumtree.MessageID {
        Plumtree.MessageID(log: self.log(log), length: UInt64(length), head: Hash256(raw: members[log].raw))
    }

    /// The same in both directions.
    func delay(_ left: Int, _ right: Int) -> UInt64 {
        var dice = SplitMix64(seed: seed ^ UInt64(min(left, right)) << 32 ^ UInt64(max(left, right)))
        return 10 + dice.next() % 91
    }

    // MARK: Time

    package mutating func run(for milliseconds: UInt64) {
        let end = now + milliseconds
        while true {
            let events = queue.take(at: now)
            for event in events { handle(event) }
            guard events.isEmpty else { continue }
            guard now < end else { return }
            now += 1
        }
    }

    /// - Returns: Whether it came true in that time.
    package mutating func run(until isDone: (Network) -> Bool, limit: UInt64) -> Bool {
        let end = now + limit
        while !isDone(self) {
            guard now < end else { return false }
            run(for: 10)
        }
        return true
    }

    private mutating func handle(_ event: Event) {
        let at = Instant(milliseconds: now)
        switch event {
        case .delivered(let packet, let from, let to):
            guard nodes[to].isAlive else { return queue.add(.lost(to, by: from), at: now + delay(from, to)) }
            deliver(packet, from: from, to: to)
        case .verified(let packet, let from, let to):
            guard nodes[to].isAlive else { return }
            ingest(packet, from: from, to: to)
        case .wokeUp(let node):
            guard nodes[node].isAlive, nodes[node].wakeAt == now else { return }
            nodes[node].wakeAt = nil
            perform(nodes[node].membership.wokeUp(at: at, dice: &dice), at: node)
            perform(nodes[node].broadcast.wokeUp(at: at) { _, _ in false }, at: node)
        case .lost(let other, let node):
            guard nodes[node].isAlive else { return }
            perform(nodes[node].membership.lost(members[other], at: at, dice: &dice), at: node)
        case .failed(let other, let node):
            guard nodes[node].isAlive else { return }
            perform(nodes[node].membership.failed(members[other], at: at, dice: &dice), at: node)
        case .joins(let node):
            let view = nodes[node].membership
            guard nodes[node].isAlive, view.active.isEmpty, view.passive.isEmpty else { return }
            if let contact = alive.filter({ $0 != node }).randomElement(using: &dice) {
                perform(nodes[node].membership.join(members[contact], at: at), at: node)
            }
            // Addresses that were given are never forgotten.
            queue.add(.joins(node), at: now + 10_000)
        }
    }

    /// Asks to be woken at the node's first deadline.
    mutating func arm(_ node: Int) {
        let deadlines = [nodes[node].membership.deadline, nodes[node].broadcast.deadline].compactMap(\.self)
        guard let deadline = deadlines.min() else { return }
        let at = max(deadline.milliseconds, now + 1)
        guard nodes[node].wakeAt.map({ at < $0 }) ?? true else { return }
        nodes[node].wakeAt = at
        queue.add(.wokeUp(node), at: at)
    }

    mutating func send(_ packet: Packet, from: Int, to: Int, dials: Bool = false) {
        queue.add(.delivered(packet, from: from, to: to), at: now + delay(from, to) * (dials ? 4 : 1))
    }
}
