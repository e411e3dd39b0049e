import AuthorLog
import GRDB
import Identity

/// What a transaction changes, as peers are told of it.
extension Writer {
    /// Runs one durable transaction and says what it changed of the logs that stand.
    ///
    /// - Parameter body: Returns the runs that it appended.
    func changing(
        _ database: Database, doing what: String, _ body: (Database) throws -> [VerifiedRun]
    ) throws -> Changes {
        (rowsBefore, isNewlySettled) = ([:], false)
        let revision = evidence.revision
        let runs = try transaction(database, doing: what, body)
        var changes = Changes()
        var told: [LogID: FrontierRow] = [:]
        for run in runs {
            let growth = try growth(of: run)
            changes.growths.append(growth)
            told[growth.log] = growth.row
        }
        for (log, before) in rowsBefore.sorted(by: { $0.key < $1.key }) {
            let row = try logs[log]?.applied.row(of: log)
            if row != told[log] ?? before { changes.moved.append(MovedLog(log: log, row: row)) }
        }
        if isNewlySettled, let standing {
            changes.settled = Settled(standing: standing, ended: try endedLogs(standing, database))
        }
        if evidence.revision != revision {
            (changes.orders, changes.proofs) = (evidence.sortedOrders, evidence.sortedProofs)
        }
        if isStandingStale { changes.settlesIn = max(pace.wait, backlog.wait()) }
        return changes
    }

    /// Notes how a log stood before it is changed.
    func changes(_ log: Log) throws {
        if rowsBefore[log.state.log] == nil {
            rowsBefore[log.state.log] = .some(try log.applied.row(of: log.state.log))
        }
    }

    private func growth(of run: VerifiedRun) throws -> Growth {
        let state = run.state
        let stands =
            logs[state.log].map { $0.applied.length >= state.length && $0.state.length >= state.length } ?? false
        let byteCount = run.bundles.reduce(0) { $0 + $1.bundle.body.count }
        let isPushed = stands && run.tail == nil && byteCount <= StorageLimits.pushedBodyByteLimit
        return Growth(
            log: state.log, operationCount: run.bundles.reduce(0) { $0 + UInt64($1.bundle.operationCount) },
            heldTo: BranchPoint(length: state.length, head: state.head),
            row: stands
                ? try FrontierRow(
                    log: state.log, length: state.length, head: state.head, forkedAt: logs[state.log]?.applied.forkedAt)
                : nil,
            run: isPushed ? Run.encode(run.bundles.map(\.bundle)) : nil, source: run.source, time: state.time,
            bearsAuthority: run.bearsAuthority,
            presentation: run.bundles.last { $0.admission.presented != nil }?.presentation)
    }

    /// Those that are held to where they end: more of them would not count.
    private func endedLogs(_ standing: Standing, _ database: Database) throws -> Set<LogID> {
        var ended: Set<LogID> = []
        for log in standing.logs {
            guard let limit = log.limit, log.isOver else { continue }
            let isPast = log.length >= limit || (log.tip?.length ?? 0) > log.length
            let isVouchedFor = try logs[log.log].map { try hasTail($0, database) } ?? false
            if isPast || isVouchedFor { ended.insert(log.log) }
        }
        return ended
    }

    private func hasTail(_ log: Log, _ database: Database) throws -> Bool {
        try database.firstRow("SELECT 1 FROM tails WHERE log = ?", [log.number]) { _ in true } ?? false
    }
}

extension VerifiedBundle {
    var presentation: Presentation? {
        // It was verified: it decodes.
        guard let operation = try? bundle.operations().first else { return nil }
        return try? Presentation(decoding: [UInt8](operation.body))
    }
}

extension LogStanding {
    /// Nothing more of it can stand: it is cut or forked, and nobody has named what would go on. A log without a right that stands
    /// may yet show one.
    var isOver: Bool {
        switch ending {
        case .cut, .fork: wantedHeads.isEmpty
        case .open, .noRight, .tooManyIncarnations: false
        }
    }
}
