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
    /// Reads a part of a run for a peer that holds a log up to `position`: what stands of it, and where no signature is kept at
    /// its end, the bare headers up to the next one.
    ///
    /// - Parameters:
    ///   - head: Bundle id before `position`; zero bytes at position 0.
    ///   - end: Where to stop: at the first signature held at or past it, which vouches for what was sent.
    ///   - byteLimit: Of the part, unless a single entry is larger.
    package func run(
        of log: LogID, from position: UInt64, head: Hash256, to end: UInt64, byteLimit: Int
    ) async throws -> ServedRun {
        try await pool.read { [charter] database in
            let service = try RunService(of: log, charter: charter, database)
            return try service?.run(from: position, head: head, to: end, byteLimit: byteLimit) ?? .notHeld
        }
    }

    /// The end of the bundle that is followed nearest to `position` among those above `lower` and below `upper`.
    package func end(
        of log: LogID, near position: UInt64, above lower: UInt64, below upper: UInt64
    ) async throws -> BranchPoint? {
        try await pool.read { [charter] database in
            try RunService(of: log, charter: charter, database)?.end(near: position, above: lower, below: upper)
        }
    }

    /// The row of every log that stands, for building the frontier.
    package func frontierRows() async throws -> [FrontierRow] {
        try await pool.writeWithoutTransaction { [writer] _ in
            try writer.logs.values.compactMap { try $0.applied.row(of: $0.state.log) }
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
