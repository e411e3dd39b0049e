import AuthorLog
import Identity
import Sync

/// What happens to the network as a whole.
extension Network {
    /// Nodes come every few milliseconds, each with the address of one who is there; then all settle.
    package mutating func grow(to count: Int, settling: UInt64 = 120_000) {
        for _ in nodes.count..<count {
            let node = add()
            if node > 0 {
                queue.add(.joins(node), at: now)
            }
            run(for: 5)
        }
        run(for: settling)
    }

    private mutating func add() -> Int {
        let number = nodes.count
        var bytes: [UInt8] = []
        for word in 0..<4 { bytes.appendBigEndian(UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(word)) }
        let member = MemberKey(raw: BLAKE2b.hash256(bytes, personal: .init("simulation")).raw)
        members.append(member)
        numbers[member] = number
        let at = Instant(milliseconds: now)
        nodes.append(
            Node(
                membership: HyParView(own: member, isDialable: true, at: at, dice: &dice),
                broadcast: Plumtree(at: at)))
        arm(number)
        return number
    }

    /// One more entry of its own log.
    package mutating func write(_ node: Int) {
        let length = nodes[node].length(node) + 1
        nodes[node].set(node, length, hop: 0)
        let at = Instant(milliseconds: now)
        perform(
            nodes[node].broadcast.grown(message(node, length: length), hop: nil, from: nil, at: at), at: node)
    }

    /// Its connections end without a word.
    package mutating func kill(_ node: Int) {
        nodes[node].isAlive = false
        for member in nodes[node].membership.active {
            guard let other = numbers[member] else { continue }
            queue.add(.lost(node, by: other), at: now + delay(node, other))
        }
    }

    package mutating func reset() { counts = Counts() }

    package var alive: [Int] { nodes.indices.filter { nodes[$0].isAlive } }

    /// Who of the living lacks something that one of them holds.
    package func behind() -> [Int] {
        let logs = alive.map { nodes[$0].held.count }.max() ?? 0
        let ends = (0..<logs).map { log in alive.map { nodes[$0].length(log) }.max() ?? 0 }
        return alive.filter { node in ends.indices.contains { nodes[node].length($0) < ends[$0] } }
    }

    /// The living nodes in sets of those that are linked with each other over some, the largest first.
    package func parts() -> [[Int]] {
        var parts: [[Int]] = []
        var seen: Set<Int> = []
        for start in alive where seen.insert(start).inserted {
            var part = [start]
            var next = 0
            while next < part.count {
                let neighbors = nodes[part[next]].membership.active.compactMap { numbers[$0] }
                part += neighbors.filter { nodes[$0].isAlive && seen.insert($0).inserted }
                next += 1
            }
            parts.append(part)
        }
        return parts.sorted { $0.count > $1.count }
    }

    package var isConnected: Bool { parts().count <= 1 }

    package mutating func randomNode() -> Int { Int.random(in: nodes.indices, using: &dice) }
}
