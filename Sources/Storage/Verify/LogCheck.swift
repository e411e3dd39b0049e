import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity
import Synchronization

/// Runs every stored bundle through the same verifier as a peer's.
///
/// First in stretches that end with a signature, as peers send them; where that fails, bundle by bundle (``LogFault``), so that a
/// fault is named where it lies. Logs do not depend on each other: each connection takes one after the other.
struct LogCheck: Sendable {
    let charter: Charter
    let progress: ProgressReport

    /// A log as its row says.
    struct Entry: Sendable {
        let number: LogNumber
        let log: LogID
        let length: UInt64
        let head: Hash256
        let firstPrevious: Hash256
    }

    /// What the bundles of one log came to.
    struct Finding: Sendable {
        var bundles = 0
        var operations = 0
        var signatures = 0
        /// After all bundles; nil where they do not verify.
        var state: LogState?
        /// What is wrong, and where.
        var problem: String?
    }

    /// - Parameter snapshots: Of one and the same record; at least one.
    /// - Returns: The logs with the states that their bundles give.
    func run(on snapshots: [DatabaseSnapshot], _ verification: inout Verification) async throws -> [Writer.Log] {
        let rows = try await snapshots[0].read { try Self.entries($0) }
        let entries = rows.compactMap { try? $0.get() }  // those that do not read are named below
        let findings = try await findings(of: entries, on: snapshots)
        var logs: [Writer.Log] = []
        for row in rows {
            switch row {
            case .failure(let unread): verification.note(unread.problem)
            case .success(let entry):
                guard let finding = findings[entry.number] else { continue }
                verification.add(finding)
                guard let state = finding.state else { continue }
                if state.head != entry.head {
                    verification.note("log \(entry.log): its head is not the id of its last bundle")
                }
                logs.append(Writer.Log(number: entry.number, state: state))
            }
        }
        let orphans = try await snapshots[0].read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM bundles WHERE log NOT IN (SELECT number FROM logs)")
        }
        if let orphans, orphans > 0 { verification.note("\(orphans) bundles belong to no log") }
        return logs
    }

    private struct Unread: Error {
        let problem: String
    }

    private static func entries(_ database: Database) throws -> [Result<Entry, Unread>] {
        let sql = "SELECT number, member, incarnation, length, head, first_previous FROM logs ORDER BY number"
        return try database.rows(sql) { row in
            let number: LogNumber = row[0]
            // Not by type: what is read may be damaged.
            guard let member = Data.fromDatabaseValue(row[1]).flatMap({ MemberKey($0) }),
                let incarnation = Data.fromDatabaseValue(row[2]).flatMap({ Incarnation($0) }),
                let length = Int64.fromDatabaseValue(row[3]),
                let head = Data.fromDatabaseValue(row[4]).flatMap({ Hash256($0) }),
                let previous = Data.fromDatabaseValue(row[5]).flatMap({ Hash256($0) })
            else { return .failure(Unread(problem: "log \(number): its key, length or head does not read")) }
            return .success(
                Entry(
                    number: number, log: LogID(member: member, incarnation: incarnation),
                    length: UInt64(bitPattern: length), head: head, firstPrevious: previous))
        }
    }

    /// The longest first, so that in the end no connection has much more to do than another.
    private func findings(
        of entries: [Entry], on snapshots: [DatabaseSnapshot]
    ) async throws -> [LogNumber: Finding] {
        let queue = Queue(entries.sorted { $0.length > $1.length })
        return try await withThrowingTaskGroup(of: [(LogNumber, Finding)].self) { group in
            for snapshot in snapshots {
                group.addTask { [self] in
                    try await snapshot.read { database in
                        var findings: [(LogNumber, Finding)] = []
                        while let entry = queue.next() {
                            findings.append((entry.number, try finding(of: entry, database)))
                        }
                        return findings
                    }
                }
            }
            var all: [LogNumber: Finding] = [:]
            for try await findings in group { all.merge(findings) { a, _ in a } }
            return all
        }
    }

    /// What nobody has begun to check yet.
    private final class Queue: Sendable {
        private let entries: [Entry]
        private let taken = Atomic(0)

        init(_ entries: [Entry]) { self.entries = entries }

        func next() -> Entry? {
            let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < entries.count ? entries[index] : nil
        }
    }

    private func finding(of entry: Entry, _ database: Database) throws -> Finding {
        var stretches = LogStretches(entry: entry, charter: charter, progress: progress)
        if let found = try stretches.check(database) { return found }
        return try LogFault(entry: entry, charter: charter, progress: progress, toldBefore: stretches.told).find(
            database)
    }
}

extension Verification {
    fileprivate mutating func add(_ finding: LogCheck.Finding) {
        bundles += finding.bundles
        operations += finding.operations
        signatures += finding.signatures
        if let problem = finding.problem { note(problem) }
    }
}
