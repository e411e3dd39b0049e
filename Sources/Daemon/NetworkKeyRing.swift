import AuthorLog
import Identity
import Sync

/// The network keys that a node holds, and which of them it uses.
struct NetworkKeyRing: Sendable {
    /// The one that the home was made with: the founder's, or a ticket's.
    let initial: SecretBytes
    /// Told or made since, by number.
    private(set) var later: [UInt64: SecretBytes]
    /// Told before the root's order that names it was held; few.
    private var told: [NetworkKey] = []

    init(initial: SecretBytes, later: [(number: UInt64, key: SecretBytes)]) {
        self.initial = initial
        self.later = Dictionary(later.map { ($0.number, $0.key) }) { _, last in last }
    }

    /// What a handshake begins with, then what else is let in: the key in force, and the two before it.
    ///
    /// - Parameter names: Of the root: the one in force first. Number 0, the founder's, has none.
    func keys(_ names: [NetworkKeyName]) -> [SecretBytes] {
        var keys = names.compactMap { key(named: $0) }
        if names.count < AuthorLog.Limits.networkKeysKept, !keys.contains(initial) { keys.append(initial) }
        // Somebody who missed more rotations than that has nothing better, until he gets a new ticket.
        return keys.isEmpty ? [initial] : keys
    }

    func key(named name: NetworkKeyName) -> SecretBytes? {
        [later[name.number], initial].compactMap { $0 }.first { NetworkKeyName(number: name.number, key: $0) == name }
    }

    mutating func hold(_ key: SecretBytes, number: UInt64) {
        later[number] = key
    }

    /// A peer says so; it waits for the root's word.
    mutating func hear(_ key: NetworkKey) {
        told.removeAll { $0.number == key.number }
        told.append(key)
        if told.count > AuthorLog.Limits.networkKeysKept { told.removeFirst() }
    }

    /// Takes those that the root names, and are not held yet, out of what peers said.
    mutating func believe(_ names: [NetworkKeyName]) -> [NetworkKey] {
        let believed = told.filter { key in
            let name = NetworkKeyName(number: key.number, key: key.secret)
            return names.contains(name) && self.key(named: name) == nil
        }
        for key in believed { later[key.number] = key.secret }
        told.removeAll { believed.contains($0) }
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
