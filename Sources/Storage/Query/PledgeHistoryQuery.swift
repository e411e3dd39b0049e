package import AuthorLog
package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// Everything that was ever written of one pledge, read from the log.
///
/// Where to read: what counts now is named by the stamps of the pledge's registers and money facts, and what was overtaken is
/// noted when it is (`state_overtaken`). So a pledge that nobody changed, which is nearly every one, costs the import nothing.
package struct PledgeHistoryQuery: Sendable {
    package struct Row: Hashable, Sendable {
        /// Of the header, Unix milliseconds.
        package var at: Int64
        package var author: AuthorName
        package var change: PledgeHistory.Change
        package var standing: PledgeHistory.Standing
    }

    package struct Answer: Hashable, Sendable {
        /// Oldest first.
        package var rows: [Row]
        /// How the persons that the rows name are called; who is not in the record any more is not here.
        package var people: [PersonID: PersonName]
        /// Older writes are left out: there are more than ``QueryLimits/historyOperations``.
        package var isTruncated: Bool
    }

    package var pledge: PledgeNumber
    package var charter: Charter
    package var rules: FoldRules

    package init(pledge: PledgeNumber, charter: Charter, rules: FoldRules) {
        self.pledge = pledge
        self.charter = charter
        self.rules = rules
    }

    /// - Returns: nil where there is no such pledge.
    package func run(_ database: Database) throws -> Answer? {
        let held = "SELECT p.pledge, \(GRDB.Row.moneyColumns) FROM state_pledges p WHERE p.number = ?"
        let read = try database.firstRow(held, [pledge]) { row in
            let (_, writers, money) = try row.pledgeMoney(1)
            let counting = Writers.Register.allCases.compactMap { writers[$0] } + money.facts.map(\.stamp)
            return (try row.fixed(0) as PledgeID, Set(counting))
        }
        guard let (id, counting) = read else { return nil }
        var authors = AuthorNames(pseudonyms: rules.pseudonyms)
        let stamps = try stamps(counting, &authors, database)
        var reader = RecordReader(LogReader(database: database, charter: charter), currency: rules.currency)
        var entries: [PledgeHistory.Entry] = []
        for stamp in stamps.suffix(QueryLimits.historyOperations) {
            if let record = try reader.record(at: stamp) { entries.append(.init(stamp: stamp, record: record)) }
        }
        let events = PledgeHistory.events(entries, of: id, currency: rules.currency, order: authors.order)
        return Answer(
            rows: try events.map { event in
                Row(
                    at: Int64(clamping: event.stamp.time.milliseconds),
                    author: try authors.author(of: event.stamp.log, database), change: event.change,
                    standing: event.standing)
            }, people: try people(in: events, database), isTruncated: stamps.count > QueryLimits.historyOperations)
    }

    /// Of every operation that wrote something of the pledge, in the total order.
    ///
    /// - Parameter counting: Of those that wrote what counts.
    private func stamps(
        _ counting: Set<Stamp>, _ authors: inout AuthorNames, _ database: Database
    ) throws -> [Stamp] {
        func stamp(_ row: GRDB.Row) -> Stamp {
            row.stamp(time: 0, log: 1, position: 2)
        }
        var stamps = counting
        stamps.formUnion(
            try database.rows("SELECT time, log, position FROM state_overtaken WHERE pledge = ?", [pledge], stamp))
        for log in Set(stamps.map(\.log)).sorted() { _ = try authors.author(of: log, database) }
        let order = authors.order
        return stamps.sorted { order.isEarlier($0, than: $1) }
    }

    private func people(
        in events: [PledgeHistory.Event], _ database: Database
    ) throws -> [PersonID: PersonName] {
        let sql = "SELECT p.person, p.external FROM state_people p WHERE p.person = ?"
        var people: [PersonID: PersonName] = [:]
        for case .register(_, _, .person(let id)) in events.map(\.change) where people[id] == nil {
            people[id] = try database.firstRow(sql, [id.data]) { try $0.personName(0) }
        }
        return people
    }
}

/// Reads records by where they stand. Bundles are opened once: an import's hold thousands of operations.
struct RecordReader {
    private let reader: LogReader
    private let currency: Currency
    private var open: (log: LogNumber, positions: Range<UInt64>, operations: [AuthorLog.Operation])?

    init(_ reader: LogReader, currency: Currency) {
        self.reader = reader
        self.currency = currency
    }

    /// - Returns: nil where the operation is no record.
    mutating func record(at stamp: Stamp) throws -> Community.Record? {
        if open?.log != stamp.log || open?.positions.contains(stamp.position) != true {
            let number = try reader.database.firstRow(
                "SELECT number \(SharedSQL.bundleAt)",
                [stamp.log, Int64(bitPattern: stamp.position)]
            ) { $0[0] as Int64 }
            guard let number else { return nil }
            let bundle = try reader.bundle(number: number)
            let operations = try bundle.operations()
            let end = bundle.position + UInt64(operations.count)
            guard (bundle.position..<end).contains(stamp.position) else { return nil }
            open = (stamp.log, bundle.position..<end, operations)
        }
        guard let open else { return nil }
        let operation = open.operations[Int(stamp.position - open.positions.lowerBound)]
        guard operation.kind == Community.Record.kind else { return nil }
        return try? Community.Record(decoding: operation.body, currency: currency)  // malformed: never counted
    }
}
