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
}
