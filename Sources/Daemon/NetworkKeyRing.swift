import AuthorLog
import Identity
import Sync

/// The network keys that a node holds, and which of them it uses.
struct NetworkKeyRing: Sendable {
    /// The one that the home was made with: the founder's, or a ticket's.
    let initial: SecretBytes
    /// A later ticket's, while its number is not known.
    private(set) var ticket: SecretBytes?
    /// Told or made since, by number.
    private(set) var later: [UInt64: SecretBytes]
    /// What each peer told last, before the root's order that names it was held: nobody can push out another's.
    private var told: [MemberKey: NetworkKey] = [:]

    init(initial: SecretBytes, ticket: SecretBytes? = nil, later: [(number: UInt64, key: SecretBytes)]) {
        self.initial = initial
        self.ticket = ticket
        self.later = Dictionary(later.map { ($0.number, $0.key) }) { _, last in last }
    }

    /// What a handshake begins with, then what else is let in: the key in force, and the two before it. A later ticket's comes first.
    ///
    /// - Parameter names: Of the root: the one in force first. Number 0, the founder's, has none.
    func keys(_ names: [NetworkKeyName]) -> [SecretBytes] {
        var keys = names.compactMap { key(named: $0) }
        if names.count < AuthorLog.Limits.networkKeysKept, !keys.contains(initial) { keys.append(initial) }
        // Somebody who missed more rotations than that has nothing better, until he gets a new ticket.
        if keys.isEmpty { keys = [initial] }
        if let ticket, !keys.contains(ticket) { keys.insert(ticket, at: 0) }
        return Array(keys.prefix(AuthorLog.Limits.networkKeysKept))
    }

    /// With how many of ``keys(_:)`` handshakes begin, by turns: a ticket may be as old as what was held before.
    func dialledCount(_ names: [NetworkKeyName]) -> Int {
        let keys = keys(names)
        return ticket != nil && keys.first == ticket && names.first.flatMap { key(named: $0) } != ticket
            ? min(2, keys.count) : 1
    }

    func key(named name: NetworkKeyName) -> SecretBytes? {
        [later[name.number], ticket, initial].compactMap { $0 }.first {
            NetworkKeyName(number: name.number, key: $0) == name
        }
    }

    mutating func hold(_ key: SecretBytes, number: UInt64) {
        later[number] = key
    }

    /// A peer says so; it waits for the root's word, while the peer is there.
    ///
    /// - Parameter connected: Few, by the transport's limits.
    mutating func hear(_ key: NetworkKey, from peer: MemberKey, connected: Set<MemberKey>) {
        told[peer] = key
        told = told.filter { connected.contains($0.key) }
    }

    /// Takes those that the root names, and are not held yet, out of what peers said, and out of the ticket. With any of them the
    /// ticket has done what it was for.
    mutating func believe(_ names: [NetworkKeyName]) -> [NetworkKey] {
        var believed: [NetworkKey] = []
        for (peer, key) in told {
            let name = NetworkKeyName(number: key.number, key: key.secret)
            guard names.contains(name) else { continue }
            told[peer] = nil
            if self.key(named: name) == nil, !believed.contains(key) { believed.append(key) }
        }
        if let ticket, let name = names.first(where: { NetworkKeyName(number: $0.number, key: ticket) == $0 }) {
            believed.append(NetworkKey(number: name.number, secret: ticket))
        }
        if !believed.isEmpty { ticket = nil }
        for key in believed { later[key.number] = key.secret }
        return believed
    }

    /// Forgets those before the ones that the root names; what was made for the next rotation stays.
    mutating func dropBefore(_ names: [NetworkKeyName]) -> [UInt64] {
        guard let oldest = names.map(\.number).min() else { return [] }
        let dropped = later.keys.filter { $0 < oldest }.sorted()
        for number in dropped { later[number] = nil }
        return dropped
    }
}
