import CPlatform
import Community
import GRDB

extension Writer {
    /// Folds what a plan names, a batch at a time.
    ///
    /// - Parameters:
    ///   - database: Where the state is written.
    ///   - wasFolded: Called with counts of operations.
    func fold(
        _ plan: FoldPlan, from record: FoldSource, into database: Database,
        wasFolded: @escaping (Int) -> Void = { _ in }
    ) throws {
        guard plan.operationCount > 0 else { return }
        // Where the tables were empty, hardly anything is asked that who folds does not know. Otherwise he would wait for each row.
        if case .ahead(let reader) = record, let load = firstLoad {
            let ahead = FoldAhead(plan, from: reader, fold: fold, numbers: numbers, ids: load.ids)
            fold = try ahead.forEach(try foldStore(database)) { changes, numbers, count in
                try write(changes, numbers: numbers, to: database)
                wasFolded(count)
            }
        } else {
            let store = try foldStore(database)
            var folding = Folding(fold: fold, store: store, batchOperations: plan.batchOperations) {
                [self] changes, count in
                try write(changes, numbers: store.numbersInUse, to: database)
                wasFolded(count)
            }
            try FoldReader(database: record.database ?? database, plan: plan, rules: rules).run(
                fold: { try folding.fold($0) }, endLane: { try folding.end() })
            fold = folding.fold
        }
    }

    /// Of every log all that counts.
    var wholePlan: FoldPlan {
        logs.values.reduce(into: FoldPlan(batchOperations: foldBatchOperations)) { $0.add($1) }
    }

    /// Folds all that counts into empty tables.
    ///
    /// - Parameter isIndexed: False where nobody will look for a single row in them afterwards.
    func foldAll(
        from record: FoldSource, into database: Database, isIndexed: Bool = true,
        wasFolded: @escaping (Int) -> Void = { _ in }
    ) throws {
        restartFold()
        let load = try FirstLoad(database)
        firstLoad = load
        defer { firstLoad = nil }
        do {
            try fold(wholePlan, from: record, into: database, wasFolded: wasFolded)
        } catch {
            // What was dropped comes back with the transaction; how much the connection keeps in memory does not.
            try load.end(isIndexed: false)
            throw error
        }
        try load.end(isIndexed: isIndexed)
        platform_release_memory()
    }
}

/// Where the log is read that is to be folded.
enum FoldSource {
    /// On a thread of its own, over another connection than the one that folds and which sees the same log.
    case ahead(any DatabaseReader)
    case here(Database)

    /// Nil where it is another one's.
    fileprivate var database: Database? { if case .here(let database) = self { database } else { nil } }
}
