import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// The held branches of every log, read where they are asked for. Hardly any log has more than one.
///
/// A failure of the disk cannot be thrown through the engine: the answer is then nothing, and ``failure`` says why.
final class HeldLogs: HeldBranches {
    private let database: Database
    private let logs: [LogID: Writer.Log]
    private let branches: [LogID: BranchIndex]
    private let ends: BundleEnds
    private(set) var failure: (any Error)?

    init(database: Database, logs: [LogID: Writer.Log], branches: [LogID: BranchIndex], ends: BundleEnds) {
        self.database = database
        self.logs = logs
        self.branches = branches
        self.ends = ends
    }

    func tips(of log: LogID) -> [BranchPoint] {
        guard let held = logs[log], held.state.length > 0 else { return [] }
        let followed = BranchPoint(length: held.state.length, head: held.state.head)
        guard let aside = branches[log] else { return [followed] }
        return (aside.following(followed.head).isEmpty ? [followed] : []) + aside.tips
    }

    func forks(of log: LogID) -> [Fork] {
        guard let held = logs[log], let aside = branches[log] else { return [] }
        return aside.forks(of: log, followed: BranchPoint(length: held.state.length, head: held.state.head))
    }

    func end(of bundle: Hash256, in log: LogID) -> UInt64? {
        branches[log]?.points[bundle]?.end ?? followedEnd(of: bundle, in: log)
    }

    func point(atOrBefore length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? {
        if let path = branches[log]?.path(to: bundle) {
            if let point = path.points.last(where: { $0.end <= length }) {
                return BranchPoint(length: point.end, head: point.id)
            }
            return followedPoint(atOrBefore: min(length, path.junction.length), in: log)
        }
        return followedEnd(of: bundle, in: log).flatMap { followedPoint(atOrBefore: min(length, $0), in: log) }
    }

    func point(after length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? {
        if let path = branches[log]?.path(to: bundle) {
            if length < path.junction.length { return followedPoint(after: length, in: log) }
            return path.points.first { $0.end > length }.map { BranchPoint(length: $0.end, head: $0.id) }
        }
        guard let end = followedEnd(of: bundle, in: log), end > length else { return nil }
        return followedPoint(after: length, in: log)
    }

    /// Whether a bundle that is held ends there.
    func isHeld(_ point: BranchPoint, in log: LogID) -> Bool {
        if point.length == 0 { return true }
        if let aside = branches[log]?.points[point.head] { return aside.end == point.length }
        return followedPoint(atOrBefore: point.length, in: log) == point
    }

    // MARK: The branch that is followed

    private func followedEnd(of bundle: Hash256, in log: LogID) -> UInt64? {
        guard let held = logs[log] else { return nil }
        if bundle == held.state.head { return held.state.length }
        return reading { try ends.end(of: bundle, in: held, database) }
    }

    private func followedPoint(atOrBefore length: UInt64, in log: LogID) -> BranchPoint? {
        guard let held = logs[log], length > 0 else { return nil }
        if length >= held.state.length { return BranchPoint(length: held.state.length, head: held.state.head) }
        let sql =
            "SELECT position + count, id FROM bundles WHERE log = ? AND position < ? ORDER BY position DESC LIMIT 2"
        return reading { try points(sql, [held.number, Int64(clamping: length)]).first { $0.length <= length } }
    }

    private func followedPoint(after length: UInt64, in log: LogID) -> BranchPoint? {
        guard let held = logs[log] else { return nil }
        let first = length - min(length, UInt64(AuthorLog.Limits.bundleOperationLimit))
        let sql = """
            SELECT position + count, id FROM bundles WHERE log = ? AND position >= ? AND position + count > ?
            ORDER BY position LIMIT 1
            """
        return reading {
            try points(sql, [held.number, Int64(clamping: first), Int64(clamping: length)]).first
        }
    }

    private func points(_ sql: String, _ arguments: StatementArguments) throws -> [BranchPoint] {
        try database.rows(sql, arguments) { row in
            BranchPoint(length: UInt64(bitPattern: row[0] as Int64), head: try row.fixed(1))
        }
    }

    private func reading<Value>(_ body: () throws -> Value?) -> Value? {
        do {
            return try body()
        } catch {
            failure = failure ?? error
            return nil
        }
    }
}

/// Where bundles end that are named by their ids, which no index finds: each is looked for once.
final class BundleEnds {
    private struct Name: Hashable {
        let log: LogNumber
        let bundle: Hash256
    }

    private var known: [Name: UInt64] = [:]
    /// Not there, in a log as long as that then.
    private var missing: [Name: UInt64] = [:]

    func end(of bundle: Hash256, in log: Writer.Log, _ database: Database) throws -> UInt64? {
        let name = Name(log: log.number, bundle: bundle)
        if let end = known[name] { return end }
        let searched = missing[name] ?? 0
        guard searched < log.state.length else { return nil }
        let end = try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT position + count FROM bundles WHERE log = ? AND position >= ? AND id = ?"),
            arguments: [log.number, Int64(clamping: searched), bundle.data])
        guard let end else {
            missing[name] = log.state.length
            return nil
        }
        known[name] = UInt64(bitPattern: end)
        return UInt64(bitPattern: end)
    }

    /// Another branch is followed now.
    func forget() {
        known = [:]
        missing = [:]
    }
}
