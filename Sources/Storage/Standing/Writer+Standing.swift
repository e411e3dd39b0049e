import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// A bundle that was just appended, read for the fold.
struct FreshBundle {
    let position: UInt64
    let end: UInt64
    let time: HybridTime
    let operations: [FoldOperation]
}

/// From evidence to what stands, and from there to the state.
extension Writer {
    func loadEvidence(from database: Database) throws {
        evidence = try HeldEvidence(reading: database, charter: charter)
        branches = try BranchIndex.all(in: database)
        branchStates = [:]
        ends.forget()
        standing = nil
        awaited = []
        isStandingStale = true
    }

    /// Works out what stands; changes nothing.
    func judge(_ database: Database) throws -> Standing {
        let held = HeldLogs(database: database, logs: logs, branches: branches, ends: ends)
        let standing = Standing(of: evidence.evidence(charter: charter), held: held)
        if let failure = held.failure { throw failure }
        return standing
    }

    /// Works out what stands, and brings every log and the state to it: what was added is folded; where something was withdrawn, or
    /// counts otherwise, all is folded anew. In the caller's transaction: a reader sees the state before or after.
    ///
    /// - Parameters:
    ///   - wallMilliseconds: Nil at a start, when nobody has told the time: then no other branch is followed yet.
    ///   - fresh: Read already, by log.
    ///   - isFolded: False where the state's tables are empty.
    func settle(
        wallMilliseconds: UInt64?, fresh: [LogNumber: [FreshBundle]] = [:], isFolded: Bool = true, _ database: Database
    ) throws {
        let start = ContinuousClock.now
        let standing = try judge(database)
        isStandingStale = false
        var fresh = fresh
        var grown: [(log: Log, from: UInt64)] = []
        var isWithdrawn = !isFolded
        for verdict in standing.logs {
            guard var log = logs[verdict.log] else { continue }
            if let tip = verdict.tip, branches[verdict.log]?.points[tip.head] != nil {
                guard let wallMilliseconds else {
                    isStandingStale = true
                    continue
                }
                log = try follow(tip, of: log, wallMilliseconds: wallMilliseconds, database)
                fresh[log.number] = nil
            }
            let (before, after) = (log.applied, AppliedStanding(verdict))
            guard before != after else { continue }
            try changes(log)
            let goesOn = try after.foldsLike(before) && self.goesOn(after, from: before, in: log, database)
            if goesOn { grown.append((log, before.length)) } else { isWithdrawn = true }
            logs[verdict.log]?.applied = after
            try write(after, of: log.number, to: database)
        }
        if isWithdrawn {
            try refold(in: database)
            pace.took(since: start)
        } else {
            // What is added is folded once, whenever that is.
            pace.took(since: start)
            var merged: [FoldBundle] = []
            for (log, from) in grown {
                try forEachBundle(of: log.state.log, from: from, fresh: fresh[log.number] ?? [], database) { bundle in
                    merged.append(bundle)
                    guard merged.count >= StorageLimits.settledBundles else { return }
                    try merge(merged, into: database)
                    merged = []
                }
            }
            try merge(merged, into: database)
        }
        self.standing = standing
        isNewlySettled = true
        awaited = evidence.awaitedLogs { logs[$0]?.state.length ?? 0 }
    }

    /// Whether what counted before is the beginning of what counts now.
    private func goesOn(
        _ after: AppliedStanding, from before: AppliedStanding, in log: Log, _ database: Database
    ) throws -> Bool {
        guard after.length >= before.length else { return false }
        guard before.length > 0, before.head != after.head, branches[log.state.log] != nil else { return true }
        let held = HeldLogs(database: database, logs: logs, branches: branches, ends: ends)
        let point = held.point(atOrBefore: before.length, upTo: after.head, in: log.state.log)
        if let failure = held.failure { throw failure }
        return point == BranchPoint(length: before.length, head: before.head)
    }

    /// What counts of a log and is not folded yet.
    private func forEachBundle(
        of log: LogID, from position: UInt64, fresh: [FreshBundle], _ database: Database,
        _ body: (FoldBundle) throws -> Void
    ) throws {
        guard let log = logs[log] else { return }
        let read = fresh.first?.position ?? .max
        if position < read {
            try LogReader(database: database, charter: charter).forEachBundle(of: log.number, from: position) {
                stored in
                guard stored.position < read, stored.end <= log.applied.length else { return false }
                if try !isHeld(stored.number, database), let bundle = try folded(stored) { try body(bundle) }
                return true
            }
        }
        for bundle in fresh where bundle.position >= position && bundle.end <= log.applied.length {
            if let folded = log.folded(bundle) { try body(folded) }
        }
    }

    /// What is appended to a log that may grow counts at once; nothing else has to be looked at. A forked log may have come to
    /// another fork.
    ///
    /// - Returns: Nil where standing has to be worked out first.
    func extend(_ log: LogID, by fresh: [FreshBundle], from length: UInt64, _ database: Database) throws
        -> [FoldBundle]?
    {
        guard var log = logs[log], log.applied.limit == nil, log.applied.forkedAt == nil, log.applied.length == length,
            length > 0
        else { return nil }
        try changes(log)
        log.applied.length = log.state.length
        log.applied.head = log.state.head
        logs[log.state.log] = log
        try run(
            "UPDATE logs SET standing = ?, standing_head = ? WHERE number = ?",
            [Int64(clamping: log.applied.length), log.applied.head.data, log.number], database)
        return fresh.compactMap { log.folded($0) }
    }

    private func write(_ applied: AppliedStanding, of log: LogNumber, to database: Database) throws {
        try run(
            """
            UPDATE logs SET standing = ?, standing_head = ?, forked_at = ?, ends_at = ?, rights = ? WHERE number = ?
            """,
            [
                Int64(clamping: applied.length), applied.head.data, applied.forkedAt.map { Int64(clamping: $0) },
                applied.limit.map { Int64(clamping: $0) }, Data(applied.rightBytes), log,
            ], database)
    }

    private func isHeld(_ bundle: Int64, _ database: Database) throws -> Bool {
        try database.firstRow("SELECT 1 FROM held WHERE bundle = ?", [bundle]) { _ in true } ?? false
    }

    /// Empties the state's tables and folds everything that counts.
    func refold(in database: Database) throws {
        for table in Schema.stateTables { try database.execute(sql: "DELETE FROM \(table)") }
        try Schema.insertTotals(in: database)
        try foldAll(from: database, into: database)
    }
}

extension Writer.Log {
    /// Nil where nothing of it counts.
    func folded(_ bundle: FreshBundle) -> FoldBundle? {
        guard bundle.end <= applied.length else { return nil }
        let isPresent = if case .present = bundle.operations.first { true } else { false }
        let right =
            isPresent
            ? applied.rights.first { $0.fromPosition == bundle.end }?.right
            : applied.rights.strongest(at: bundle.time, position: bundle.position)
        return right.map {
            FoldBundle(
                log: number, time: bundle.time, position: bundle.position, right: $0, operations: bundle.operations)
        }
    }
}
