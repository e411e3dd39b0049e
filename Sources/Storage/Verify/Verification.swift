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

extension ReplicaStore {
    /// Checks every hash, signature and grant of the log, and the state against a fold from nothing.
    ///
    /// Reads the file over a connection of its own, not what the writer keeps in memory.
    package func verify() async throws -> Verification {
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
            try Self.checkFile(record, &verification)
            let logs = try LogCheck(database: record, charter: charter).run(&verification)
            guard verification.isClean else {
                verification.note("the state was not compared, because the log is damaged")
                return verification
            }
            try state.writeWithoutTransaction { database in
                // A scratch file: never durable, and cached like the record itself.
                try database.execute(
                    sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384")
                let writer = try Writer(charter: charter, rules: rules)
                for log in logs { writer.adopt(log) }
                try database.inTransaction {
                    try Schema.create(in: database)
                    try writer.foldAll(from: record, into: database)
                    return .commit
                }
                try StateComparison(stored: record, expected: database).run(&verification)
            }
            try Self.checkDigest(record, &verification)
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

/// Runs every stored bundle through the same verifier as a peer's, one bundle a part, so that a fault is named where it lies.
struct LogCheck {
    let database: Database
    let charter: Charter

    /// - Returns: The logs with the states that their bundles give.
    func run(_ verification: inout Verification) throws -> [Writer.Log] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT number, member, incarnation, length, head, first_previous FROM logs ORDER BY number")
        var logs: [Writer.Log] = []
        for row in rows {
            guard let incarnation = Incarnation(row[2] as Data), let member = MemberKey(row[1] as Data),
                let head = Hash256(row[4] as Data), let previous = Hash256(row[5] as Data)
            else {
                verification.note("log \(row[0] as Int64): its key or head does not read")
                continue
            }
            let log = LogID(member: member, incarnation: incarnation)
            let state = try check(
                log, number: row[0], heldLength: UInt64(bitPattern: row[3]), firstPrevious: previous, &verification)
            guard let state else { continue }
            if state.head != head { verification.note("log \(log): its head is not the id of its last bundle") }
            logs.append(Writer.Log(number: row[0], state: state, headBundle: nil))
        }
        let orphans =
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM bundles WHERE log NOT IN (SELECT number FROM logs)") ?? 0
        if orphans > 0 { verification.note("\(orphans) bundles belong to no log") }
        return logs
    }

    /// - Returns: nil where the log's bundles do not verify; the fault is noted.
    private func check(
        _ log: LogID, number: LogNumber, heldLength: UInt64, firstPrevious: Hash256, _ verification: inout Verification
    ) throws -> LogState? {
        var verifier = RunVerifier(state: LogState(log: log, community: charter.id), charter: charter)
        var previous = firstPrevious
        var position: UInt64 = 0
        var found: String?
        do {
            try LogReader(database: database, charter: charter).forEachBundle(of: number) { bundle in
                guard bundle.position == position else {
                    found = "log \(log): bundles are gone between positions \(position) and \(bundle.position)"
                    return false
                }
                do {
                    _ = try verifier.receive(bundle.run(community: charter.id, previous: previous))
                } catch RunError.doesNotContinue(let length, _) {
                    found =
                        "log \(log): a byte before position \(length) changed: the bundle that ends there has another id"
                    return false
                } catch {
                    found = "log \(log), bundle at position \(bundle.position): \(error)"
                    return false
                }
                verification.bundles += 1
                verification.operations += Int(bundle.operationCount)
                if bundle.signature != nil { verification.signatures += 1 }
                previous = bundle.id
                position += UInt64(bundle.operationCount)
                return true
            }
        } catch let error as StorageError {
            found = "\(error)"
        }
        if found == nil, position != heldLength {
            found = "log \(log): the last bundles are gone: \(heldLength) operations were held, \(position) are"
        }
        if found == nil, verifier.state.length != position {
            found = "log \(log): no signature vouches for positions \(verifier.state.length) to \(position)"
        }
        if found == nil, position > 0, verifier.state.head != previous {
            found = "log \(log): the last bundle, before position \(position), has another id than stored"
        }
        if let found {
            verification.note(found)
            return nil
        }
        return verifier.state
    }
}
