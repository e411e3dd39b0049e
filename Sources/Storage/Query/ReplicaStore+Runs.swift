package import AuthorLog
import FoundationEssentials
import GRDB
package import Identity

/// A stretch of a log to be sent, or why there is none.
package enum ServedRun: Equatable, Sendable {
    /// A part of a run of whole entries; where it ends, and the bundle id there.
    case part([UInt8], end: UInt64, head: Hash256)
    case notHeld
    /// The position given is on no branch of ours; ours has this length.
    case otherBranch(length: UInt64)
}

extension ReplicaStore {
    /// Reads a part of a run for a peer that holds a log up to `position`.
    ///
    /// - Parameters:
    ///   - head: Bundle id before `position`; zero bytes at position 0.
    ///   - end: Where to stop: at the first signature held at or past it, which vouches for what was sent.
    ///   - byteLimit: Of the part, unless a single entry is larger.
    package func run(
        of log: LogID, from position: UInt64, head: Hash256, to end: UInt64, byteLimit: Int
    ) async throws -> ServedRun {
        try await pool.read { [charter] database in
            guard
                let row = try Row.fetchOne(
                    database.cachedStatement(
                        sql: "SELECT number, length, first_previous FROM logs WHERE member = ? AND incarnation = ?"),
                    arguments: [log.member.data, Data(log.incarnation.bytes)])
            else { return .notHeld }
            let length = UInt64(bitPattern: row[1])
            guard position < length else { return position == length ? .notHeld : .otherBranch(length: length) }
            var previous: Hash256 = try row.fixed(2)
            if position > 0 {
                let id = try Data.fetchOne(
                    database.cachedStatement(
                        sql: "SELECT id FROM bundles WHERE log = ? AND position < ? ORDER BY position DESC LIMIT 1"),
                    arguments: [row[0] as Int64, Int64(clamping: position)])
                guard let id, let held = Hash256(id), held == head else { return .otherBranch(length: length) }
                previous = held
            }
            var writer = RunWriter(
                RunHead(community: charter.id, log: log, firstPosition: position, previous: previous))
            var next = position
            var isContinuing = true
            var isSigned = false
            try LogReader(database: database, charter: charter).forEachBundle(of: row[0], from: position) { bundle in
                guard bundle.position == next else { isContinuing = false; return false }
                let byteCount = RunWriter.byteCount(
                    ofEntryWithBody: bundle.body.count, signed: bundle.signature != nil)
                guard next < end || !isSigned, writer.isEmpty || writer.byteCount + byteCount <= byteLimit else {
                    return false
                }
                writer.append(
                    time: bundle.time, operationCount: bundle.operationCount, body: bundle.body[...],
                    signature: bundle.signature)
                next += UInt64(bundle.operationCount)
                previous = bundle.id
                isSigned = bundle.signature != nil
                return true
            }
            // A part that begins inside a bundle of ours is on another branch.
            guard isContinuing, !writer.isEmpty else { return .otherBranch(length: length) }
            return .part(writer.bytes, end: next, head: previous)
        }
    }

    /// Every log's row, for building the frontier.
    package func frontierRows() async throws -> [FrontierRow] {
        try await pool.read { database in
            try Row.fetchAll(database, sql: "SELECT member, incarnation, length, head FROM logs WHERE length > 0").map {
                guard let incarnation = Incarnation($0[1] as Data) else {
                    throw StorageError.logIsDamaged("an incarnation does not read")
                }
                return try FrontierRow(
                    log: LogID(member: try $0.fixed(0), incarnation: incarnation),
                    length: UInt64(bitPattern: $0[2]), head: try $0.fixed(3))
            }
        }
    }

    /// The state of a log; nil where nothing of it is held.
    package func logState(of log: LogID) async throws -> LogState? {
        try await pool.writeWithoutTransaction { [writer] _ in writer.logs[log]?.state }
    }

    /// A member's logs with their states, by incarnation.
    package func logStates(of member: MemberKey) async throws -> [LogState] {
        try await pool.writeWithoutTransaction { [writer] _ in
            writer.logs.values.map(\.state).filter { $0.log.member == member }.sorted { $0.log < $1.log }
        }
    }

    /// The latest header's time in the record, held ones apart: what the own clock must not fall behind.
    package func latestTime(notAfter wallMilliseconds: UInt64) async throws -> HybridTime {
        try await pool.writeWithoutTransaction { [writer] _ in
            let bound = wallMilliseconds &+ AuthorLog.Limits.clockLeadMilliseconds
            return writer.logs.values.lazy.map(\.state.time).filter { $0.milliseconds <= bound }.max() ?? .zero
        }
    }
}
