import Community

/// Bundles that are merged in memory until they are worth writing.
struct Folding {
    private(set) var fold: Fold
    private let store: any FoldStore
    private let limit: Int
    private let write: (FoldChanges, Int) throws -> Void
    private var batch: FoldBatch?
    private var operationCount = 0
    /// By the last batch: one lane is about as large as the next.
    private var met = (people: 0, pledges: 0)

    /// - Parameters:
    ///   - batchOperations: About so many at once.
    ///   - write: Takes what a batch changed, and how many operations did; afterwards the store answers with it.
    init(fold: Fold, store: any FoldStore, batchOperations: Int, write: @escaping (FoldChanges, Int) throws -> Void) {
        (self.fold, self.store, self.write) = (fold, store, write)
        // Somebody may have made up ids that all lie in one lane.
        limit = 2 * batchOperations
    }

    mutating func fold(_ bundle: FoldBundle) throws {
        let open = batch ?? FoldBatch(store: store, expected: met)
        batch = open
        try fold.merge(bundle, into: open)
        operationCount += bundle.operations.count
        if operationCount >= limit { try end() }
    }

    /// Works out what follows from what was merged, and has it written.
    mutating func end() throws {
        guard let open = batch else { return }
        let count = operationCount
        (batch, operationCount) = (nil, 0)
        let changes = try fold.settle(open)
        met = open.met
        try write(changes, count)
    }
}
