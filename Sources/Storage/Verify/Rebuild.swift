import AuthorLog
import Community
import FoundationEssentials
import GRDB

extension ReplicaStore {
    /// Folds all state anew from the log, in one transaction: readers see the old state, then the new one.
    package func rebuild() async throws {
        try await pool.writeWithoutTransaction { [writer] database in
            try writer.transaction(database, doing: "rebuilding the state") { database in
                for table in Schema.stateTables { try database.execute(sql: "DELETE FROM \(table)") }
                try Schema.insertTotals(in: database)
                try writer.foldAll(from: database, into: database)
                try NodeValue.foldVersion.write([UInt8(Fold.version)], to: database)
            }
        }
    }
}

extension Writer {
    /// Folds a state whose tables are empty, in one transaction.
    func foldState(in database: Database) throws {
        try transaction(database, doing: "folding the state anew") { database in
            try foldAll(from: database, into: database)
            try NodeValue.foldVersion.write([UInt8(Fold.version)], to: database)
            try NodeValue.stateVersion.write([UInt8(Schema.stateVersion)], to: database)
        }
    }

    /// Folds every bundle that is not held, in batches.
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
