import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// What the writing connection keeps in memory: every log's state, what standing follows from, and the fold's tree.
///
/// `@unchecked Sendable`: touched only on the pool's one writing queue, always with its `Database` in hand.
final class Writer: @unchecked Sendable {
    struct Log {
        let number: LogNumber
        /// After all that is held of the branch that is followed, whether it counts or not.
        var state: LogState
        /// The bundle whose signature is kept only while it is the head.
        var headBundle: Int64?
        /// How far it counts.
        var applied = AppliedStanding()
    }

    let charter: Charter
    let rules: FoldRules
    var logs: [LogID: Log] = [:]
    var fold: Fold
    var foldBatchOperations = StorageLimits.foldBatchOperations
    var bulkOperations = StorageLimits.bulkOperations
    /// While empty state tables are filled.
    var firstLoad: FirstLoad?
    /// Verifiers with parts that no signature vouches for yet: of the branches that are followed, and of others.
    var pending: [PendingKey: RunVerifier] = [:]
    var pendingBranches: [PendingKey: RunVerifier] = [:]
    private(set) var numbers = RowNumbers()
    private let parties = Parties()
    var bundleNumber: Int64 = 0
    private var logNumber: LogNumber = 0

    // What stands, and what it follows from.
    var evidence = HeldEvidence()
    /// Of the logs that have several branches.
    var branches: [LogID: BranchIndex] = [:]
    /// Of the branches that are kept aside: the state after the bundle, of a few.
    var branchStates: [LogID: LogState] = [:]
    let ends = BundleEnds()
    /// As worked out last.
    var standing: Standing?
    /// Logs whose growth may change what stands elsewhere.
    var awaited: Set<LogID> = []
    /// Evidence has come that ``standing`` does not know.
    var isStandingStale = false
    var pace = StandingPace()
    /// Appended, and to be folded with what comes next.
    var backlog = Backlog()
    /// Of the transaction under way: the logs that it changed, and whether it worked out what stands.
    var rowsBefore: [LogID: FrontierRow?] = [:]
    var isNewlySettled = false

    init(charter: Charter, rules: FoldRules) throws {
        self.charter = charter
        self.rules = rules
        fold = Fold(rules: rules)
    }

    // MARK: Loading

    /// Takes up what is stored; also after a failed transaction, when memory may be ahead of the disk.
    func load(from database: Database) throws {
        firstLoad = nil
        parties.forget()
        backlog = Backlog()
        logs = [:]
        pending = [:]
        pendingBranches = [:]
        logNumber = 0
        let rows = try Row.fetchCursor(database, sql: "\(AppliedStanding.sql) ORDER BY number")
        while let row = try rows.next() {
            let state: LogState
            do {
                state = try LogState(decoding: Array(row[1] as Data))
            } catch {
                throw StorageError.logIsDamaged("the state of log \(row[0] as Int64): \(error)")
            }
            logNumber = row[0]
            logs[state.log] = Log(
                number: logNumber, state: state, headBundle: nil, applied: try AppliedStanding(stored: row))
        }
        bundleNumber = try Int64.fetchOne(database, sql: "SELECT max(number) FROM bundles") ?? 0
        try loadEvidence(from: database)
        try loadFold(from: database)
    }

    private func loadFold(from database: Database) throws {
        numbers = try RowNumbers(reading: database)
        fold = Fold(rules: rules)
        for log in logs.values { fold.order.set(log.state.log, number: log.number) }
        let store = try foldStore(database)
        try fold.load(try store.ambassadors(), from: store)
    }

    func foldStore(_ database: Database) throws -> SQLFoldStore {
        try SQLFoldStore(
            database: database, currency: rules.currency, numbers: numbers, parties: parties, firstLoad: firstLoad)
    }

    func forget(source: UInt64) {
        pending = pending.filter { $0.key.source != source }
        pendingBranches = pendingBranches.filter { $0.key.source != source }
    }

    func adopt(_ log: Log) { logs[log.state.log] = log }

    /// Starts the fold from nothing, to be fed every bundle again.
    func restartFold() {
        numbers = RowNumbers()
        fold = Fold(rules: rules)
        for log in logs.values { fold.order.set(log.state.log, number: log.number) }
    }

    // MARK: Transactions

    /// Runs one durable transaction; when it fails, memory is as the disk is.
    func transaction<Value>(
        _ database: Database, doing what: String, _ body: (Database) throws -> Value
    ) throws -> Value {
        do {
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body(database)
                return .commit
            }
            guard let value else { preconditionFailure("a committed transaction has its value") }
            return value
        } catch {
            let failure = StorageError(error, doing: what)
            try load(from: database)
            throw failure
        }
    }

    // MARK: Appending

    /// Appends authentic bundles of one log to the branch of it that is followed, in order.
    ///
    /// - Returns: The indices of those that are not held for a later time.
    func append(_ part: VerifiedRun, wallMilliseconds: UInt64, to database: Database) throws -> [Int] {
        guard let first = part.bundles.first?.bundle.header else { return [] }
        var log = try logs[first.log] ?? insert(first, to: database)
        try forgetHeadSignature(of: log, in: database)
        var counting: [Int] = []
        for (index, verified) in part.bundles.enumerated() {
            bundleNumber += 1
            try insert(verified.bundle, log: log.number, to: database)
            if isHeld(verified.bundle, wallMilliseconds: wallMilliseconds) {
                try hold(verified.bundle.header, byteCount: verified.bundle.body.count, log: log.number, database)
            } else {
                counting.append(index)
            }
        }
        log.state = part.state
        log.headBundle = bundleNumber
        logs[first.log] = log
        try write(log.state, of: log.number, to: database)
        try keep(part.tail, of: log, in: database)
        return counting
    }

    func write(_ state: LogState, of log: LogNumber, to database: Database) throws {
        try run(
            "UPDATE logs SET length = ?, head = ?, state = ? WHERE number = ?",
            [Int64(clamping: state.length), state.head.data, Data(state.bytes), log], database)
    }

    func hold(_ header: Header, byteCount: Int, log: LogNumber, _ database: Database) throws {
        try run(
            "INSERT INTO held VALUES (?, ?, ?, ?)", [bundleNumber, log, header.time.databaseInteger, byteCount],
            database)
    }

    /// Merges bundles into the state, and writes what they change.
    func merge(_ bundles: [FoldBundle], into database: Database) throws {
        guard !bundles.isEmpty else { return }
        let store = try foldStore(database)
        try write(try fold.apply(bundles, to: store), numbers: store.numbersInUse, to: database)
    }

    /// - Parameter numbers: The highest in use with these changes.
    func write(_ changes: FoldChanges, numbers: RowNumbers, to database: Database) throws {
        self.numbers = numbers
        var names = try ToldNames(changes.told, database)
        try ChangeWriter(database: database, parties: parties).write(changes, naming: names)
        names.forgetNew(changes)
        if let firstLoad {
            firstLoad.buckets.formUnion(changes.buckets)
        } else {
            try ChangeWriter.touch(changes.buckets, in: database)
        }
        let details = try DetailWriter(database: database, order: fold.order)
        try details.write(names)
        try details.write(changes.told)
    }

    private func insert(_ first: Header, to database: Database) throws -> Log {
        let number = logNumber + 1
        try run(
            """
            INSERT INTO logs (number, member, incarnation, length, head, first_previous, state)
            VALUES (?, ?, ?, 0, ?, ?, ?)
            """,
            [
                number, first.member.data, Data(first.incarnation.bytes), Data(), first.previous.data, Data(),
            ], database)
        logNumber = number
        fold.order.set(first.log, number: number)
        return Log(number: number, state: LogState(log: first.log, community: charter.id), headBundle: nil)
    }

    /// Under ``bundleNumber``.
    func insert(_ bundle: Bundle, log: LogNumber, to database: Database) throws {
        let header = bundle.header
        try DirectStatement(database, "INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?, ?)").run {
            $0.add(bundleNumber)
            $0.add(log)
            $0.add(bits: header.position)
            $0.add(Int64(header.operationCount))
            $0.add(header.time.databaseInteger)
            $0.add(bundle.id)
            $0.add(bundle.body)
        }
        if let signature = bundle.signature {
            try run(
                "INSERT INTO signatures VALUES (?, ?, ?)",
                [bundleNumber, Data(signature.bytes), bundle.keepsSignature], database)
        }
        guard bundle.isAuthority else { return }
        try run("INSERT INTO authority VALUES (?)", [bundleNumber], database)
        if let authority = AuthorityBundle(bundle) { evidence.insert(authority) }
    }

    /// A head's signature is kept while it is the head (Protocol/2-log.md, *Kept signatures*).
    private func forgetHeadSignature(of log: Log, in database: Database) throws {
        let head =
            try log.headBundle
            ?? Int64.fetchOne(
                database, sql: "SELECT number FROM bundles WHERE log = ? ORDER BY position DESC LIMIT 1",
                arguments: [log.number])
        guard let head else { return }
        try run("DELETE FROM signatures WHERE bundle = ? AND kept = 0", [head], database)
    }

    func run(_ sql: String, _ arguments: StatementArguments, _ database: Database) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

extension Bundle {
    func foldOperations(_ rules: FoldRules) throws -> [FoldOperation] {
        try operations().folded(rules)
    }
}

extension [AuthorLog.Operation] {
    /// As the fold takes them.
    func folded(_ rules: FoldRules) -> [FoldOperation] { map { FoldOperation($0, rules: rules) } }
}
