import AuthorLog
import Community
import FoundationEssentials
import GRDB

extension ReplicaStore {
    /// Folds all state anew from the log, in one transaction: readers see the old state, then the new one.
    package func rebuild() async throws {
        try await pool.writeWithoutTransaction { [writer, pool] database in
            try writer.transaction(database, doing: "rebuilding the state") { database in
                try writer.refold(from: .ahead(pool), in: database)
                try NodeValue.foldVersion.write([UInt8(Fold.version)], to: database)
            }
        }
    }
}

extension Writer {
    /// Brings the state to what stands, in one transaction.
    ///
    /// - Parameters:
    ///   - isFolded: False where its tables are empty.
    func openState(isFolded: Bool, from record: FoldSource, in database: Database) throws {
        try transaction(database, doing: "working out what stands") { database in
            try settle(wallMilliseconds: nil, isFolded: isFolded, from: record, database)
            try NodeValue.foldVersion.write([UInt8(Fold.version)], to: database)
            try NodeValue.stateVersion.write([UInt8(Schema.stateVersion)], to: database)
        }
    }

    /// Folds what a plan names, a batch at a time.
    ///
    /// - Parameters:
    ///   - database: Where the state is written.
    ///   - wasFolded: Called with counts of operations.
    func fold(
        _ plan: FoldPlan, from record: FoldSource, into database: Database, wasFolded: (Int) -> Void = { _ in }
    ) throws {
        guard plan.operationCount > 0 else { return }
        var batch = FoldingBatch(self, database)
        func fold(_ bundles: [FoldBundle]) throws {
            wasFolded(try batch.fold(bundles))
        }
        switch record {
        case .ahead(let reader):
            try FoldAhead(plan, from: reader, rules: rules).forEach(fold: fold, endLane: { try batch.end() })
        case .here(let record):
            try FoldReader(database: record, plan: plan, rules: rules).run(
                fold: { try fold([$0]) }, endLane: { try batch.end() })
        }
        try batch.end()
    }

    /// Of every log all that counts.
    var wholePlan: FoldPlan {
        logs.values.reduce(into: FoldPlan()) { $0.add($1) }
    }

    /// Folds all that counts into empty tables.
    func foldAll(
        from record: FoldSource, into database: Database, wasFolded: (Int) -> Void = { _ in }
    ) throws {
        restartFold()
        let load = try FirstLoad(database)
        firstLoad = load
        try fold(wholePlan, from: record, into: database, wasFolded: wasFolded)
        try load.end()
        firstLoad = nil
    }
}

/// Where the log is read that is to be folded.
enum FoldSource {
    /// On a thread of its own, over another connection than the one that folds and which sees the same log.
    case ahead(any DatabaseReader)
    case here(Database)
}

/// Bundles that are merged in memory until they are worth writing.
private struct FoldingBatch {
    private let writer: Writer
    private let database: Database
    private var open: (batch: FoldBatch, store: SQLFoldStore)?
    private var operationCount = 0

    init(_ writer: Writer, _ database: Database) {
        self.writer = writer
        self.database = database
    }

    /// - Returns: How many operations.
    mutating func fold(_ bundles: [FoldBundle]) throws -> Int {
        let (batch, _) = try open ?? begin()
        try writer.fold.merge(bundles, into: batch)
        let count = bundles.reduce(0) { $0 + $1.operations.count }
        operationCount += count
        // Somebody may have made up ids that all lie in one lane.
        if operationCount >= 2 * StorageLimits.foldBatchOperations { try end() }
        return count
    }

    private mutating func begin() throws -> (batch: FoldBatch, store: SQLFoldStore) {
        let store = try writer.foldStore(database)
        let begun = (batch: FoldBatch(store: store), store: store)
        open = begun
        return begun
    }

    mutating func end() throws {
        guard let (batch, store) = open else { return }
        (open, operationCount) = (nil, 0)
        try writer.write(try writer.fold.settle(batch), numbers: store.numbersInUse, to: database)
    }
}
