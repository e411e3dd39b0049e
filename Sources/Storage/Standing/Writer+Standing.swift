import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

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
    ///   - isFolded: False where the state's tables are empty.
    ///   - record: Nil where the log was changed in this transaction, so that only `database` sees it.
    func settle(
        wallMilliseconds: UInt64?, isFolded: Bool = true, from record: FoldSource? = nil, _ database: Database
    ) throws {
        let start = ContinuousClock.now
        let standing = try judge(database)
        isStandingStale = false
        backlog = Backlog()
        var record = record ?? .here(database)
        var grown = FoldPlan(batchOperations: foldBatchOperations)
        var isWithdrawn = !isFolded
        for verdict in standing.logs {
            guard var log = logs[verdict.log] else { continue }
            if let tip = verdict.tip, branches[verdict.log]?.points[tip.head] != nil {
                guard let wallMilliseconds else {
                    isStandingStale = true
                    continue
                }
                log = try follow(tip, of: log, wallMilliseconds: wallMilliseconds, database)
                record = .here(database)
            }
            let (before, after) = (log.applied, AppliedStanding(verdict))
            guard before != after else { continue }
            try changes(log)
            let goesOn = try after.foldsLike(before) && self.goesOn(after, from: before, in: log, database)
            log.applied = after
            logs[verdict.log] = log
            if goesOn { grown.add(log, from: before.length) } else { isWithdrawn = true }
            try write(after, of: log.number, to: database)
        }
        let folded = wholePlan.operationCount - grown.operationCount
        // What is added is folded once, whenever that is; where it is most of all, from empty tables.
        pace.took(since: start)
        if isWithdrawn {
            try refold(from: record, in: database)
            pace.took(since: start)
        } else if grown.operationCount > max(folded, UInt64(foldBatchOperations)) {
            try refold(from: record, in: database)
        } else {
            try fold(grown, from: record, into: database)
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

    /// What is appended to a log that may grow counts at once; nothing else has to be looked at. A forked log may have come to
    /// another fork.
    ///
    /// - Returns: Nil where standing has to be worked out first.
    func extend(
        _ run: VerifiedRun, by counting: [Int], from length: UInt64, _ database: Database
    ) throws -> [FoldBundle]? {
        guard var log = logs[run.state.log], log.applied.limit == nil, log.applied.forkedAt == nil,
            log.applied.length == length, length > 0
        else { return nil }
        try changes(log)
        log.applied.length = log.state.length
        log.applied.head = log.state.head
        logs[log.state.log] = log
        try self.run(
            "UPDATE logs SET standing = ?, standing_head = ? WHERE number = ?",
            [Int64(clamping: log.applied.length), log.applied.head.data, log.number], database)
        return try counting.compactMap { index in
            let bundle = run.bundles[index].bundle
            let operations = try run.operations?[index] ?? bundle.foldOperations(rules)
            let header = bundle.header
            return log.folded(position: header.position, end: header.end, time: header.time, operations)
        }
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

    /// Empties the state's tables and folds everything that counts.
    func refold(from record: FoldSource, in database: Database) throws {
        for table in Schema.stateTables { try database.execute(sql: "DELETE FROM \(table)") }
        try Schema.insertTotals(in: database)
        try foldAll(from: record, into: database)
    }
}

extension Writer.Log {
    /// A bundle as it is folded; nil where nothing of it counts.
    func folded(
        position: UInt64, end: UInt64, time: HybridTime, _ operations: [FoldOperation]
    ) -> FoldBundle? {
        let isPresent = if case .present = operations.first { true } else { false }
        return applied.right(ofBundleAt: position, end: end, time: time, isPresent: isPresent).map {
            FoldBundle(log: number, time: time, position: position, right: $0, operations: operations)
        }
    }
}
