import AuthorLog
import Community
import Identity

/// A node that folds acts into memory; it numbers logs in the order in which it was told of them.
struct TestNode {
    let rules: FoldRules
    let store: MemoryStore
    private(set) var fold: Fold
    private var numbers: [LogID: LogNumber] = [:]

    init(rules: FoldRules, logs: [LogID], tracksBuckets: Bool = true) {
        self.rules = rules
        store = MemoryStore(tracksBuckets: tracksBuckets)
        fold = Fold(rules: rules)
        for log in logs where numbers[log] == nil {
            numbers[log] = LogNumber(numbers.count + 1)
            fold.order.set(log, number: LogNumber(numbers.count))
        }
    }

    /// One batch.
    mutating func apply(_ acts: [Act]) throws {
        let changes = try fold.apply(bundles(acts), to: store)
        store.write(changes, order: fold.order)
    }

    /// What one batch would read; nothing is written.
    mutating func probe(_ acts: [Act], reading counting: CountingStore) throws {
        _ = try fold.apply(bundles(acts), to: counting)
    }

    private func bundles(_ acts: [Act]) -> [FoldBundle] {
        acts.map { act in
            FoldBundle(
                log: numbers[act.log] ?? 0, time: act.time, position: act.position, right: act.right,
                operations: [FoldOperation(act.operation(currency: rules.currency), rules: rules)])
        }
    }

    /// What a restart does: the fold is made anew from the stored state.
    mutating func restart() throws {
        var loaded = Fold(rules: rules)
        loaded.order = fold.order
        try loaded.load(store.ambassadors.keys.sorted().compactMap { store.ambassadors[$0] }, from: store)
        fold = loaded
    }

    var natural: NaturalState { NaturalState(store, order: fold.order) }
}
