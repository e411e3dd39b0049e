import AuthorLog
import Community
import FoundationEssentials
import GRDB

extension ReplicaStore {
    /// Folds all state anew from the log, in one transaction: readers see the old state, then the new one.
    package func rebuild() async throws {
        try await pool.writeWithoutTransaction { [writer] database in
            try writer.transaction(database, doing: "rebuilding the state") { database in
                try writer.refold(in: database)
                try NodeValue.foldVersion.write([UInt8(Fold.version)], to: database)
            }
        }
    }
}

extension Writer {
    /// Brings the state to what stands, in one transaction.
    ///
    /// - Parameter isFolded: False where its tables are empty.
    func openState(isFolded: Bool, in database: Database) throws {
        try transaction(database, doing: "working out what stands") { database in
            try settle(wallMilliseconds: nil, isFolded: isFolded, database)
            try NodeValue.foldVersion.write([UInt8(Fold.version)], to: database)
            try NodeValue.stateVersion.write([UInt8(Schema.stateVersion)], to: database)
        }
    }

    /// Folds every bundle that counts and is not held, in batches.
    ///
    /// - Parameters:
    ///   - record: Where the log is read.
    ///   - database: Where the state is written: the same, or a scratch copy to compare with.
    ///   - wasRead: Called for every bundle.
    func foldAll(from record: Database, into database: Database, wasRead: (StoredBundle) -> Void = { _ in }) throws {
        restartFold()
        var batch: [FoldBundle] = []
        var operations = 0
        try LogReader(database: record, charter: charter).forEachFoldedBundle { stored in
            wasRead(stored)
            guard let bundle = try folded(stored) else { return }
            batch.append(bundle)
            operations += bundle.operations.count
            guard operations >= StorageLimits.rebuildBatchOperations else { return }
            try merge(batch, into: database)
            batch = []
            operations = 0
        }
        try merge(batch, into: database)
    }
}
