import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// What `verify` found.
package struct Verification: Equatable, Sendable {
    package var bundles = 0
    package var operations = 0
    package var signatures = 0
    /// Each names what is wrong and where; at most ``StorageLimits/listedProblems``.
    package var problems: [String] = []
    package var isClean: Bool { problems.isEmpty }

    mutating func note(_ problem: String) {
        if problems.count < StorageLimits.listedProblems { problems.append(problem) }
    }
}

/// How far `verify` is.
package struct VerificationProgress: Equatable, Sendable {
    /// Operations whose hashes, signatures and grants were checked.
    package var verified = 0
    /// Folded anew after that, to compare the state with.
    package var folded = 0
    /// Operations in the record.
    package var total = 0

    package init(total: Int = 0) { self.total = total }
}

extension ReplicaStore {
    /// Checks every hash, signature and grant of the log, what is remembered beside it, and the state against a fold from
    /// nothing.
    ///
    /// Reads the file over a connection of its own, not what the writer keeps in memory.
    ///
    /// - Parameters:
    ///   - facts: What the file must agree with.
    ///   - report: Called now and then, in between on any thread.
    /// - Throws: ``StorageError/diskIsFull`` where there is no room for a second state beside the stored one.
    package func verify(
        against facts: HomeFacts = HomeFacts(), report: @escaping @Sendable (VerificationProgress) -> Void = { _ in }
    ) async throws -> Verification {
        do {
            return try await compare(against: facts, report: report)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw StorageError(error, doing: "verifying")
        }
    }

    private func compare(
        against facts: HomeFacts, report: @escaping @Sendable (VerificationProgress) -> Void
    ) async throws -> Verification {
        try await pool.writeWithoutTransaction { [writer] database in
            guard writer.isStandingStale else { return }
            _ = try writer.changing(database, doing: "working out what stands") { database in
                try writer.settle(wallMilliseconds: nil, database)
                return []
            }
        }
        // The scratch file is nearly as long as the record, and a `-wal` may hold as much again. What it cannot do is named below.
        try? await checkpoint()
        let scratch = path + ".verify"
        try Self.removeDatabase(at: scratch)
        defer { try? Self.removeDatabase(at: scratch) }  // a leftover is removed by the next call
        var configuration = Configuration()
        configuration.readonly = true
        let file = try DatabaseQueue(path: path, configuration: configuration)
        let state = try DatabaseQueue(path: scratch)
        defer { try? file.close() }  // read-only: nothing can be lost
        return try await file.read { [charter, rules] record in
            var verification = Verification()
            var progress = ProgressReport(report)
            try Self.checkFile(record, &verification)
            progress.total = try Int.fetchOne(record, sql: "SELECT sum(count) FROM bundles") ?? 0
            let logs = try LogCheck(database: record, charter: charter).run(&verification, &progress)
            let isLogWhole = verification.isClean
            try RememberedCheck(database: record, charter: charter, facts: facts).run(logs, &verification)
            guard isLogWhole else {
                verification.note("the state was not compared, because the log is damaged")
                return verification
            }
            try state.writeWithoutTransaction { database in
                // A scratch file: never durable, and cached like the record itself.
                try database.execute(
                    sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384")
                let writer = try Writer(charter: charter, rules: rules)
                for log in logs { writer.adopt(log) }
                try writer.judgeAnew(from: record, &verification)
                try database.inTransaction {
                    try Schema.create(in: database)
                    try writer.foldAll(from: .here(record), into: database) { progress.folded($0) }
                    progress.foldedAll()
                    return .commit
                }
                try StateComparison(stored: record, expected: database).run(&verification)
            }
            do {
                try Self.checkDigest(record, &verification)
            } catch StorageError.stateIsDamaged(let what) {
                verification.note("state digest: cannot be made: \(what)")
            }
            return verification
        }
    }

    /// The hashes that the next digest would take from the last one.
    private static func checkDigest(_ database: Database, _ verification: inout Verification) throws {
        for bucket in try StateDigest.compute(database, reusesHashes: false).computed {
            let noted = try Data.fetchOne(
                database.cachedStatement(
                    sql: "SELECT hash FROM state_buckets WHERE bucket = ? AND hashed_version = version"),
                arguments: [Int64(bucket.bucket)])
            if let noted, Hash256(noted) != bucket.hash {
                verification.note("state digest: bucket \(bucket.bucket) is noted with another hash than its rows have")
            }
        }
    }

    private static func checkFile(_ database: Database, _ verification: inout Verification) throws {
        let answers = try String.fetchAll(database, sql: "PRAGMA quick_check(10)")
        for answer in answers where answer != "ok" { verification.note("the database file: \(answer)") }
    }

    private static func removeDatabase(at path: String) throws {
        for suffix in ["", "-journal", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
