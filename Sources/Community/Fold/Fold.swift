/// The CRDT fold: from standing operations to changes of state.
///
/// State is a pure function of the set of operations: any order and any grouping into batches gives the same rows (numbers
/// apart). That no operation comes twice is the store's care. Reads headers and public parts only.
///
/// A batch is merged first; then what follows is worked out in the order in which it depends on each other: owners of codes,
/// who of them is suspended, winning claims, paid sums, credit, the tree. Source: Protocol/3-community.md; design §6.
package struct Fold: Sendable {
    /// Goes into the state digest; raised whenever the same operations would give other rows.
    package static let version: UInt16 = 2

    package let rules: FoldRules
    package var order = LogOrder()
    package internal(set) var forest = Forest()

    package init(rules: FoldRules) { self.rules = rules }

    /// Takes up the tree of a stored state. Call once, before the first batch, with every owner of a code.
    package mutating func load(_ ambassadors: [AmbassadorRow], from store: any FoldStore) throws {
        let batch = FoldBatch(store: store)
        for row in ambassadors {
            let person = try batch.person(number: row.person)
            forest.insert(
                row.person, parent: person.row.winner, edge: try edge(of: person, in: batch), brought: row.brought)
        }
        _ = forest.settle(order: order)
    }

    /// Merges a batch and works out all that follows from it.
    ///
    /// - Parameters:
    ///   - bundles: Standing bundles in any order, none applied before.
    ///   - store: The state without them.
    /// - Returns: Rows to write; nothing is written here.
    /// - Throws: What the store throws; then this fold must be loaded anew.
    package mutating func apply(_ bundles: [FoldBundle], to store: any FoldStore) throws -> FoldChanges {
        let batch = FoldBatch(store: store)
        for bundle in bundles { try merge(bundle, into: batch) }
        return try settle(batch)
    }

    /// Merges a bundle and works nothing out yet: ``settle(_:)`` does, once for all.
    package func merge(_ bundle: FoldBundle, into batch: FoldBatch) throws {
        for (position, operation) in bundle.operations {
            let stamp = Stamp(time: bundle.time, log: bundle.log, position: position)
            try merge(operation, stamp: stamp, right: bundle.right, into: batch)
        }
    }

    /// Works out all that follows from what was merged into a batch, which ends with it.
    package mutating func settle(_ batch: FoldBatch) throws -> FoldChanges {
        var changes = FoldChanges()
        try settleCodes(in: batch)
        try settleSuspensions(in: batch)
        try settleEvidence(in: batch)
        try settlePeople(in: batch)
        try settleMoney(in: batch)
        try settlePledges(in: batch, changes: &changes)
        try settleAmbassadors(in: batch, changes: &changes)
        collect(batch, into: &changes)
        return changes
    }
}
