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

    mutating func add(_ other: Verification) {
        bundles += other.bundles
        operations += other.operations
        signatures += other.signatures
        for problem in other.problems { note(problem) }
    }

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
        // The scratch file is nearly as long as the record, and a `-wal` may hold as much again. What it cannot do is named below.
        try? await checkpoint()
        let snapshots = try await snapshots(count: 3)
        defer { for snapshot in snapshots { try? snapshot.close() } }  // read-only: nothing can be lost
        let (record, ahead, beside) = (snapshots[0], snapshots[1], snapshots[2])
        let progress = ProgressReport(report)
        progress.begin(total: try await record.read { try Self.operationCount($0) })

        async let file = beside.read { try Self.checkFile($0) }
        var ofLogs = Verification()
        let check = LogCheck(charter: charter, progress: progress)
        let logs = try await check.run(on: [record, ahead], &ofLogs)
        var verification = try await file
        verification.add(ofLogs)
        let isLogWhole = verification.isClean

        // Two things that do not depend on each other, each on a core.
        async let besideFold = beside.read { [charter] database in
            try StoredCheck(database, logs, charter: charter, against: facts, readsState: isLogWhole)
        }
        guard isLogWhole else {
            verification.add(try await besideFold.remembered)
            verification.note("the state was not compared, because the log is damaged")
            return verification
        }
        let scratch = try ScratchState(besideRecordAt: path)
        let standing = try await scratch.fold(
            logs, of: record, ahead: ahead, charter: charter, rules: rules, progress)
        let stored = try await besideFold
        verification.add(stored.remembered)
        verification.add(standing)
        if let sums = stored.sums {
            verification.add(try await scratch.compare(with: record, storedSums: sums))
        }
        verification.add(stored.digest)
        return verification
    }

    /// Connections of their own that all see the record as it is now, and what stands worked out.
    private func snapshots(count: Int) async throws -> [DatabaseSnapshot] {
        try await pool.writeWithoutTransaction { [writer, pool] database in
            if writer.isStandingStale {
                _ = try writer.changing(database, doing: "working out what stands") { database in
                    try writer.settle(wallMilliseconds: nil, database)
                    return []
                }
            }
            // Nobody writes in between.
            return try (0..<count).map { _ in try pool.makeSnapshot() }
        }
    }

    /// For the progress alone: lengths are checked elsewhere, and may be anything.
    private static func operationCount(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT CAST(total(length) AS INTEGER) FROM logs") ?? 0
    }

    private static func checkFile(_ database: Database) throws -> Verification {
        var verification = Verification()
        let answers = try String.fetchAll(database, sql: "PRAGMA quick_check(10)")
        for answer in answers where answer != "ok" { verification.note("the database file: \(answer)") }
        return verification
    }
}
