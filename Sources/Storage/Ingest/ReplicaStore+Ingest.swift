package import AuthorLog
package import Community
import FoundationEssentials
import GRDB
package import Identity

/// A part of a run, as a peer sent it.
package struct Arrival: Sendable {
    /// Which connection it came over: unverified remainders are kept apart by it.
    package let source: UInt64
    package let part: [UInt8]

    package init(source: UInt64, part: [UInt8]) {
        self.source = source
        self.part = part
    }
}

/// What came of an ``Arrival``.
package enum IngestOutcome: Equatable, Sendable {
    /// Durable now; or, with nothing appended, waiting for the signature that vouches for it.
    case appended(operations: Int)
    case alreadyHeld(length: UInt64)
    /// The sender is ahead, or on another branch.
    case doesNotContinue(LogID, length: UInt64, head: Hash256)
    /// Too much of this log is dated in the future: asked again later.
    case tooFarAhead(LogID)
    /// No honest peer sends that.
    case offence(String)
}

/// What was appended to a log.
package struct Growth: Equatable, Sendable {
    package let log: LogID
    package let operationCount: UInt64
    /// Of what is held of it now, whether it stands or not.
    package let heldTo: BranchPoint
    /// As the log stands with it; nil where not all of it stands, or nobody has worked out yet whether it does.
    package let row: FrontierRow?
    /// The new bundles as a run, where they stand and are few enough to be pushed.
    package let run: [UInt8]?
    /// The connection they came over; nil for own writes.
    package let source: UInt64?
    /// Of the last header.
    package let time: HybridTime
    package let bearsAuthority: Bool
    /// The last chain that they presented.
    package let presentation: Presentation?
}

extension ReplicaStore {
    /// Verifies parts of runs and appends what a signature vouches for, with all that follows from it, in one transaction.
    ///
    /// - Returns: One outcome for each arrival, in order, and what changed. Both are durable.
    package func ingest(
        _ arrivals: [Arrival], wallMilliseconds: UInt64
    ) async throws -> (outcomes: [IngestOutcome], changes: Changes) {
        let checks = try await checkAhead(arrivals)
        return try await pool.writeWithoutTransaction { [writer] database in
            var verified: [VerifiedRun] = []
            let outcomes = try zip(arrivals, checks).map { arrival, check in
                try writer.verify(
                    arrival, check, into: &verified, wallMilliseconds: wallMilliseconds, database: database)
            }
            let changes = try writer.append(
                verified, wallMilliseconds: wallMilliseconds, isOwn: false, database: database)
            return (outcomes, changes)
        }
    }

    /// Appends own bundles in one durable transaction.
    ///
    /// - Parameters:
    ///   - folded: Of each bundle, its operations as the fold takes them, where somebody has read them already.
    ///   - state: Of the own log after them.
    package func append(
        own bundles: [VerifiedBundle], folded: [[FoldOperation]?], state: LogState, wallMilliseconds: UInt64
    ) async throws -> Changes {
        // Read before it is this write's turn, on every core.
        let operations = try await Array(zip(bundles, folded)).concurrentMap(inTasksOf: 1) { [rules] verified, folded in
            try folded ?? verified.bundle.foldOperations(rules)
        }
        let run = VerifiedRun(bundles: bundles, state: state, source: nil, operations: operations)
        return try await pool.writeWithoutTransaction { [writer] database in
            try writer.append([run], wallMilliseconds: wallMilliseconds, isOwn: true, database: database)
        }
    }

    /// Drops what a connection left unverified.
    package func forget(source: UInt64) async throws {
        try await pool.writeWithoutTransaction { [writer] _ in writer.forget(source: source) }
    }

    /// Folds bundles that were dated too far ahead and whose time has come.
    package func releaseHeld(wallMilliseconds: UInt64) async throws {
        try await pool.writeWithoutTransaction { [writer] database in
            try writer.releaseHeld(wallMilliseconds: wallMilliseconds, database: database)
        }
    }
}

/// Authentic bundles of one log, and its state after them.
struct VerifiedRun {
    let bundles: [VerifiedBundle]
    let state: LogState
    let source: UInt64?
    /// Of each bundle, where somebody has read them already.
    var operations: [[FoldOperation]]?
    /// Of another branch than the one that is followed.
    var isAside = false
    /// What vouches for the last bundle, where the run ended in bare headers.
    var tail: BareTail?

    var operationCount: Int { bundles.reduce(0) { $0 + $1.bundle.operationCount } }
    var bearsAuthority: Bool { bundles.contains { $0.bundle.isAuthority } }
}

extension Writer {
    /// Which remainder of a run a part goes on with.
    struct PendingKey: Hashable {
        let source: UInt64
        let log: LogID
    }

    /// - Parameter ahead: What was worked out of it before, if anything was.
    func verify(
        _ arrival: Arrival, _ ahead: CheckedAhead?, into verified: inout [VerifiedRun], wallMilliseconds: UInt64,
        database: Database
    ) throws -> IngestOutcome {
        let log: LogID
        do {
            let head = try RunHead(startOf: arrival.part)
            guard head.community == charter.id else { return .offence("a run of another community") }
            log = head.log
        } catch {
            return .offence("\(error)")
        }
        let key = PendingKey(source: arrival.source, log: log)
        let state =
            verified.last { $0.state.log == log && !$0.isAside }?.state ?? logs[log]?.state
            ?? LogState(log: log, community: charter.id)
        var verifier = pending.removeValue(forKey: key) ?? RunVerifier(state: state, charter: charter)
        // What came over another connection meanwhile may have overtaken the remainder.
        if verifier.state.length != state.length { verifier = RunVerifier(state: state, charter: charter) }
        do {
            let bundles = try CheckedAhead.receive(arrival, ahead, into: &verifier)
            if verifier.unverifiedByteCount > 0 { pending[key] = verifier }
            guard unverifiedByteCount(of: arrival.source) <= StorageLimits.unverifiedByteLimit else {
                forget(source: arrival.source)
                return .tooFarAhead(log)
            }
            guard let last = bundles.last?.bundle.header else { return .appended(operations: 0) }
            // Beyond a cut or a fork nothing more is kept, but what somebody has named.
            if let limit = logs[log]?.applied.limit, last.end > limit, standing?[log]?.isOver ?? false {
                return .alreadyHeld(length: state.length)
            }
            guard try hasRoom(for: bundles, of: log, wallMilliseconds: wallMilliseconds, database: database) else {
                pending[key] = nil
                return .tooFarAhead(log)
            }
            verified.append(
                VerifiedRun(bundles: bundles, state: verifier.state, source: arrival.source, tail: verifier.tail))
            return .appended(operations: verified.last?.operationCount ?? 0)
        } catch RunError.alreadyHeld(let length) {
            // Or as long as what is held, and something else.
            return try branchOutcome(arrival, of: log, into: &verified, database) ?? .alreadyHeld(length: length)
        } catch RunError.doesNotContinue(let length, let head) {
            return try branchOutcome(arrival, of: log, into: &verified, database)
                ?? .doesNotContinue(log, length: length, head: head)
        } catch let error as RunError {
            return .offence("\(error)")
        }
    }

    /// Received over a connection and not vouched for, of all logs.
    private func unverifiedByteCount(of source: UInt64) -> Int {
        [pending, pendingBranches].joined().reduce(0) { sum, entry in
            entry.key.source == source ? sum + entry.value.unverifiedByteCount : sum
        }
    }

    private func branchOutcome(
        _ arrival: Arrival, of log: LogID, into verified: inout [VerifiedRun], _ database: Database
    ) throws -> IngestOutcome? {
        // What came of the log a moment ago is not stored yet, and would look like a branch of its own.
        guard !verified.contains(where: { $0.state.log == log }) else { return nil }
        do {
            return try verifyBranch(arrival, of: log, into: &verified, database: database)
        } catch let error as RunError {
            return .offence("\(error)")
        }
    }

    /// Bundles dated ahead are kept, but only so much of them (threats row 20).
    private func hasRoom(
        for bundles: [VerifiedBundle], of log: LogID, wallMilliseconds: UInt64, database: Database
    ) throws -> Bool {
        let early = bundles.lazy.map(\.bundle).filter { self.isHeld($0, wallMilliseconds: wallMilliseconds) }
        let byteCount = early.reduce(0) { $0 + $1.body.count }
        guard byteCount > 0 else { return true }
        let held =
            try logs[log].map {
                try Int.fetchOne(
                    database, sql: "SELECT sum(byte_count) FROM held WHERE log = ?", arguments: [$0.number]) ?? 0
            } ?? 0
        return held + byteCount <= StorageLimits.heldByteLimit
    }

    func append(
        _ runs: [VerifiedRun], wallMilliseconds: UInt64, isOwn: Bool, database: Database
    ) throws -> Changes {
        guard !runs.isEmpty else { return Changes() }
        return try changing(database, doing: "appending \(runs.count) runs") { database in
            // What others send in bulk is folded together, when all is there.
            let isBulk = !isOwn && runs.reduce(0) { $0 + $1.operationCount } >= bulkOperations
            var merged: [FoldBundle] = []
            var mustSettle = false
            for run in runs {
                if run.isAside {
                    try setAside(run, in: database)
                    mustSettle = true
                    continue
                }
                let length = logs[run.state.log]?.state.length ?? 0
                let counting = try append(run, wallMilliseconds: wallMilliseconds, to: database)
                try keepChains(of: run, in: database)
                if !isBulk, !run.bearsAuthority, let more = try extend(run, by: counting, from: length, database) {
                    merged += more
                    mustSettle = mustSettle || awaited.contains(run.state.log)
                } else {
                    mustSettle = true
                }
            }
            try merge(merged, into: database)
            if mustSettle {
                isStandingStale = true
                // The rest of what came in bulk is folded with it, however little it is.
                if isBulk || (!isOwn && !backlog.isEmpty) { backlog.grow() }
                if isOwn || (backlog.isEmpty && pace.isDue) { try settle(wallMilliseconds: wallMilliseconds, database) }
            }
            return runs.filter { !$0.isAside }
        }
    }

    /// Root orders that presentations carry are everybody's; the last chain is the member's.
    private func keepChains(of run: VerifiedRun, in database: Database) throws {
        for presentation in run.bundles.lazy.filter({ $0.admission.presented != nil }).compactMap(\.presentation) {
            for order in [presentation.order] + presentation.successions { _ = try keep(order, in: database) }
            try ReplicaStore.keep(presentation, of: run.state.log.member, in: database)
        }
    }

    func releaseHeld(wallMilliseconds: UInt64, database: Database) throws {
        let latest = (wallMilliseconds &+ AuthorLog.Limits.clockLeadMilliseconds) << 16 | 0xFFFF
        let due = try Int64.fetchAll(
            database, sql: "SELECT bundle FROM held WHERE time BETWEEN 0 AND ? ORDER BY bundle LIMIT ?",
            arguments: [Int64(clamping: latest), StorageLimits.releasedBundleLimit])
        guard !due.isEmpty else { return }
        try transaction(database, doing: "folding held bundles") { database in
            let reader = LogReader(database: database, charter: charter)
            var merged: [FoldBundle] = []
            for number in due {
                let stored = try reader.bundle(number: number)
                if let folded = try folded(stored) { merged.append(folded) }
                try database.execute(sql: "DELETE FROM held WHERE bundle = ?", arguments: [number])
            }
            try merge(merged, into: database)
        }
    }

    /// What the fold is to merge of a stored bundle: nil where nothing of it counts.
    private func folded(_ stored: StoredBundle) throws -> FoldBundle? {
        guard let log = logs[stored.log] else { return nil }
        let operations = try stored.operations().folded(rules)
        return log.folded(position: stored.position, end: stored.end, time: stored.time, operations)
    }

    func isHeld(_ bundle: Bundle, wallMilliseconds: UInt64) -> Bool {
        bundle.header.time.milliseconds > wallMilliseconds &+ AuthorLog.Limits.clockLeadMilliseconds
    }
}
