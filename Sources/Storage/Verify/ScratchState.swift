import AuthorLog
import Community
import FoundationEssentials
import GRDB

/// A second state, folded from nothing into a file of its own that is gone afterwards.
final class ScratchState: Sendable {
    private let path: String
    private let queue: DatabaseQueue

    /// - Parameter path: Of the record; the file lies beside it.
    init(besideRecordAt path: String) throws {
        self.path = path + ".verify"
        // A leftover of a verification that was killed.
        try Self.removeDatabase(at: self.path)
        queue = try DatabaseQueue(path: self.path)
    }

    deinit {
        try? queue.close()
        try? Self.removeDatabase(at: path)  // a leftover is removed by the next one
    }

    /// Works out what stands, and folds all of it.
    ///
    /// - Parameters:
    ///   - logs: With the states that their bundles give.
    ///   - ahead: Another connection that sees the same record.
    /// - Returns: Where what stands is noted otherwise.
    func fold(
        _ logs: [Writer.Log], of record: DatabaseSnapshot, ahead: DatabaseSnapshot, charter: Charter, rules: FoldRules,
        _ progress: ProgressReport
    ) async throws -> Verification {
        try await record.read { [queue] record in
            var verification = Verification()
            let writer = try Writer(charter: charter, rules: rules)
            for log in logs { writer.adopt(log) }
            try writer.judgeAnew(from: record, &verification)
            try queue.writeWithoutTransaction { database in
                // Never durable, and cached like the record itself.
                try database.execute(
                    sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384")
                try database.inTransaction {
                    try Schema.create(in: database)
                    try Parties.copy(from: record, to: database)
                    try writer.foldAll(from: .ahead(ahead), into: database, isIndexed: false) {
                        progress.folded($0)
                    }
                    progress.foldedAll()
                    return .commit
                }
            }
            return verification
        }
    }

    /// - Parameter storedSums: Of the state in `record`.
    /// - Returns: Where the record's state differs from this one.
    func compare(with record: DatabaseSnapshot, storedSums: StateSums) async throws -> Verification {
        let sums = try await queue.read { try StateSums($0) }
        return try await record.read { [queue] stored in
            try queue.read { expected in
                var verification = Verification()
                try StateComparison(stored: stored, expected: expected).run(
                    storedSums: storedSums, expectedSums: sums, &verification)
                return verification
            }
        }
    }

    private static func removeDatabase(at path: String) throws {
        for suffix in ["", "-journal", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
