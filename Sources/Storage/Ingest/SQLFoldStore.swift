import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// The stored state, as the fold reads it: point look-ups by prepared statements on the writer's connection.
final class SQLFoldStore: FoldStore {
    private let database: Database
    private let currency: Currency
    private var numbers: RowNumbers

    /// - Parameter numbers: The highest row numbers in use.
    init(database: Database, currency: Currency, numbers: RowNumbers) {
        self.database = database
        self.currency = currency
        self.numbers = numbers
    }

    /// The highest numbers in use, those that this batch took included.
    var numbersInUse: RowNumbers { numbers }

    // MARK: Persons

    func person(_ id: PersonID) throws -> PersonRow? {
        try first(Self.personSQL + "WHERE person = ?", [id.data]).map { try Self.person($0) }
    }

    func person(number: PersonNumber) throws -> PersonRow {
        guard let row = try first(Self.personSQL + "WHERE number = ?", [number]) else {
            throw StorageError.stateIsDamaged("person \(number) is missing")
        }
        return try Self.person(row)
    }

    private static let personSQL = """
        SELECT number, person, joined_at, joined_time, joined_log, joined_position, own_code, member_id, winner, pledges,
            qualifying
        FROM state_people\u{20}
        """

    private static func person(_ row: Row) throws -> PersonRow {
        var person = PersonRow(number: row[0], id: try row.fixed(1))
        person.joinedAt = row[2]
        if let time: Int64 = row[3] {
            person.joinedStamp = Stamp(
                time: HybridTime(databaseInteger: time), log: row[4], position: UInt64(bitPattern: row[5]))
        }
        person.hasOwnCode = row[6]
        person.memberID = try row.optionalFixed(7)
        person.winner = row[8]
        person.pledges = row[9]
        person.qualifyingPayments = row[10]
        return person
    }

    // MARK: Claims and codes

    func claims(of person: PersonNumber) throws -> [ClaimRow] {
        try all("SELECT log, position, code, period, at, imported FROM state_claims WHERE person = ?", [person]) {
            row in
            let place = Place(period: row[3], at: row[4], log: row[0], position: UInt64(bitPattern: row[1]))
            return ClaimRow(person: person, code: row[2], place: place, isImported: row[5])
        }
    }

    func claimants(of code: CodeNumber) throws -> [PersonNumber] {
        try all("SELECT person FROM state_claims WHERE code = ?", [code]) { $0[0] }
    }

    func code(_ text: CodeText) throws -> CodeRow? {
        try first(Self.codeSQL + "WHERE code = ?", [text.text]).map { try Self.code($0) }
    }

    func code(number: CodeNumber) throws -> CodeRow {
        guard let row = try first(Self.codeSQL + "WHERE number = ?", [number]) else {
            throw StorageError.stateIsDamaged("code \(number) is missing")
        }
        return try Self.code(row)
    }

    func codes(ownedBy person: PersonNumber) throws -> [CodeRow] {
        try all(Self.codeSQL + "WHERE owner = ?", [person]) { try Self.code($0) }
    }

    private static let codeSQL = """
        SELECT number, code, own_id, own_person, registrant, written, period, at, log, position FROM state_codes\u{20}
        """

    private static func code(_ row: Row) throws -> CodeRow {
        guard let text = CodeText(row[1] as String) else {
            throw StorageError.stateIsDamaged("code \(row[0] as Int64) is not in normal form")
        }
        var code = CodeRow(number: row[0], code: text)
        code.ownID = (row[2] as Data?).flatMap { Bytes16($0) }
        code.ownPerson = row[3]
        code.registrant = row[4]
        code.written = row[5]
        if let period: UInt32 = row[6] {
            code.registeredAt = Place(period: period, at: row[7], log: row[8], position: UInt64(bitPattern: row[9]))
        }
        return code
    }

    // MARK: Pledges and money

    func pledge(_ id: PledgeID) throws -> PledgeRow? {
        try first(Self.pledgeSQL + "WHERE pledge = ?", [id.data]).map { try Self.pledge($0) }
    }

    func pledges(by backer: PersonNumber) throws -> [PledgeRow] {
        try all(Self.pledgeSQL + "WHERE backer = ?", [backer]) { try Self.pledge($0) }
    }

    func pledges(carrying code: CodeNumber) throws -> [PledgeRow] {
        try all(Self.pledgeSQL + "WHERE code = ?", [code]) { try Self.pledge($0) }
    }

    private static let pledgeSQL = """
        SELECT number, pledge, backer, at, amount, currency, code, visibility, paid, refunded, state, qualifying,
            first_touch, last_touch, writers
        FROM state_pledges\u{20}
        """

    private static func pledge(_ row: Row) throws -> PledgeRow {
        let amount = try row.amount(minor: 4, currency: 5)
        var pledge = PledgeRow(number: row[0], id: try row.fixed(1), currency: amount.currency)
        pledge.backer = row[2]
        pledge.at = row[3]
        pledge.amount = amount
        pledge.code = row[6]
        pledge.visibility = row[7]
        pledge.paid = row[8]
        pledge.refunded = row[9]
        pledge.state = PledgeState(rawValue: row[10]) ?? .pledged
        pledge.qualifyingPayments = row[11]
        pledge.firstTouch = row[12]
        pledge.lastTouch = row[13]
        pledge.writers = try Writers(stored: row[14])
        return pledge
    }

    func money(of pledge: PledgeNumber) throws -> [MoneyRow] {
        let sql =
            "SELECT kind, reference, void, amount, currency, time, log, position FROM state_money WHERE pledge = ?"
        return try all(sql, [pledge]) { row in
            guard let kind = Record.MoneyKind(rawValue: row[0]) else {
                throw StorageError.stateIsDamaged("money fact of unknown kind \(row[0] as Int64)")
            }
            return MoneyRow(
                pledge: pledge, kind: kind, reference: row[1], isVoid: row[2],
                amount: try row.amount(minor: 3, currency: 4),
                stamp: Stamp(
                    time: HybridTime(databaseInteger: row[5]), log: row[6], position: UInt64(bitPattern: row[7])))
        }
    }

    // MARK: Ambassadors

    func ambassador(_ person: PersonNumber) throws -> AmbassadorRow? {
        try first("SELECT person, code, brought, reach, depth, cut FROM state_ambassadors WHERE person = ?", [person])
            .map(AmbassadorRow.init(stored:))
    }

    // MARK: Numbers

    func nextPersonNumber() -> PersonNumber {
        numbers.person += 1
        return numbers.person
    }

    func nextPledgeNumber() -> PledgeNumber {
        numbers.pledge += 1
        return numbers.pledge
    }

    func nextCodeNumber() -> CodeNumber {
        numbers.code += 1
        return numbers.code
    }

    // MARK: Statements

    private func first(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        let statement = try database.cachedStatement(sql: sql)
        return try Row.fetchOne(statement, arguments: arguments)
    }

    private func all<Value>(
        _ sql: String, _ arguments: StatementArguments, _ read: (Row) throws -> Value
    ) throws -> [Value] {
        let statement = try database.cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        var values: [Value] = []
        while let row = try cursor.next() { values.append(try read(row)) }
        return values
    }
}

/// The highest row numbers in use in the state tables.
struct RowNumbers: Equatable {
    var person: PersonNumber = 0
    var pledge: PledgeNumber = 0
    var code: CodeNumber = 0

    init() {}

    init(reading database: Database) throws {
        func highest(_ table: String) throws -> Int64 {
            try Int64.fetchOne(database, sql: "SELECT max(number) FROM \(table)") ?? 0
        }
        person = try highest("state_people")
        pledge = try highest("state_pledges")
        code = try highest("state_codes")
    }
}
