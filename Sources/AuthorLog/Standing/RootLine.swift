package import Identity

/// Who speaks as root: the charter's key, and the successors that took over, each with the order that retired the one before.
///
/// Source: 2-log.md, *Root orders*.
package struct RootLine: Sendable {
    /// From the charter's on; the last one is in office.
    package private(set) var keys: [RootKey]
    /// By which `keys[1...]` took over.
    package private(set) var successions: [RootOrder] = []
    private var nextKeyHash: Hash256
    /// Of earlier roots' orders those that still count.
    private var stays: Set<Hash256> = []

    /// - Parameter orders: In any order, each signed by the key that it names; those of keys that nobody announced change nothing.
    package init(charter: Charter, orders: [RootOrder]) {
        keys = [charter.rootKey]
        nextKeyHash = charter.successorKeyHash
        var successions: [Hash256: [(order: RootOrder, hash: Hash256, succession: Succession)]] = [:]
        for order in orders {
            guard case .succession(let succession) = order.content, let key = order.rootKey else { continue }
            successions[Charter.hash(ofSuccessor: key), default: []].append((order, order.hash, succession))
        }
        // A key that comes back would lead round in a circle.
        while let retired = keys.last,
            let next = successions[nextKeyHash]?.filter({ $0.succession.retired == retired }).min(by: {
                ($1.order.serial, $0.hash) < ($0.order.serial, $1.hash)
            }), let key = next.order.rootKey, !keys.contains(key)
        {
            keys.append(key)
            self.successions.append(next.order)
            nextKeyHash = next.succession.nextKeyHash
            stays = Set(next.succession.stays)
        }
    }

    /// 0: the charter's root. Nil where the order's key is neither in the line nor the next one announced.
    package func generation(of order: RootOrder) -> Int? {
        guard let key = order.rootKey else { return 0 }
        if let index = keys.firstIndex(of: key) { return index }
        return Charter.hash(ofSuccessor: key) == nextKeyHash ? keys.count : nil
    }

    /// Whether its key is the next one announced: until that one takes over, nothing else that it signs may be let in, or it would
    /// begin to count on that day.
    package func isAhead(_ order: RootOrder) -> Bool {
        generation(of: order) == keys.count
    }

    /// Whether it counts: it is by the root in office, or named by the order with which that one came in.
    package func counts(_ order: RootOrder, hash: Hash256) -> Bool {
        guard let generation = generation(of: order), generation < keys.count else { return false }
        return generation == keys.count - 1 || stays.contains(hash)
    }
}

/// The root orders that count, by what they are about.
struct StandingOrders {
    struct Numbered<Content> {
        let generation: Int
        let serial: UInt64
        let hash: Hash256
        let time: HybridTime
        let content: Content

        /// The later root, then the higher serial, then the lower hash.
        func beats(_ other: Self) -> Bool {
            (generation, serial, other.hash) > (other.generation, other.serial, hash)
        }
    }

    /// By order hash. Each adds a right and replaces none: what was done under an earlier one stays done.
    private(set) var grants: [Hash256: Numbered<Grant>] = [:]
    private(set) var revocations: [Bytes32: Numbered<Revocation>] = [:]
    private(set) var choices: [Hash256: Numbered<Choice>] = [:]
    private(set) var sealer: Numbered<Sealer>?
    /// The one in force first, then those before it, each number once.
    private(set) var networkKeys: [NetworkKeyName] = []

    init(_ orders: [RootOrder], line: RootLine) {
        var networkKeys: [Numbered<NetworkKeyName>] = []
        for order in orders {
            let hash = order.hash
            guard line.counts(order, hash: hash), let generation = line.generation(of: order) else { continue }
            func numbered<Content>(_ content: Content) -> Numbered<Content> {
                Numbered(generation: generation, serial: order.serial, hash: hash, time: order.time, content: content)
            }
            switch order.content {
            case .grant(let grant): grants[hash] = numbered(grant)
            case .revoke(let revocation): revocations.keep(numbered(revocation), for: revocation.key)
            case .choose(let choice): choices.keep(numbered(choice), for: choice.fork)
            case .sealer(let next): if sealer.map(numbered(next).beats) ?? true { sealer = numbered(next) }
            case .networkKey(let name): networkKeys.append(numbered(name))
            case .succession, .other: break
            }
        }
        for name in networkKeys.sorted(by: { $0.beats($1) }).map(\.content)
        where self.networkKeys.count < Limits.networkKeysKept
            && !self.networkKeys.contains(where: { $0.number == name.number })
        {
            self.networkKeys.append(name)
        }
    }
}

extension Dictionary {
    fileprivate mutating func keep<Content>(
        _ next: StandingOrders.Numbered<Content>, for key: Key
    ) where Value == StandingOrders.Numbered<Content> {
        if let held = self[key], !next.beats(held) { return }
        self[key] = next
    }
}
