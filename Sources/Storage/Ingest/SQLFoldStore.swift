import AuthorLog
import Community
import GRDB
import Identity

/// The stored state, as the fold reads it: point look-ups by prepared statements on the writer's connection.
final class SQLFoldStore: FoldStore {
    private let database: Database
    private let currency: Currency
    private var numbers: RowNumbers
    private let parties: Parties
    private let firstLoad: FirstLoad?
    private let personByID: DirectStatement
    private let personByNumber: DirectStatement
    private let claimsOfPerson: DirectStatement
    private let pledgeByID: DirectStatement
    private let pledgesByBacker: DirectStatement

    /// - Parameters:
    ///   - numbers: The highest row numbers in use.
    ///   - firstLoad: Where tables are filled that were empty.
    init(
        database: Database, currency: Currency, numbers: RowNumbers, parties: Parties, firstLoad: FirstLoad?
    ) throws {
        self.database = database
        self.firstLoad = firstLoad
        self.currency = currency
        self.numbers = numbers
        self.parties = parties
        personByID = try DirectStatement(database, Self.personSQL + "WHERE person = ?")
        personByNumber = try DirectStatement(database, Self.personSQL + "WHERE number = ?")
        claimsOfPerson = try DirectStatement(database, Self.claimSQL)
        pledgeByID = try DirectStatement(database, Self.pledgeSQL + "WHERE pledge = ?")
        pledgesByBacker = try DirectStatement(database, Self.pledgeSQL + "WHERE backer = ?")
    }

    /// The highest numbers in use, those that this batch took included.
    var numbersInUse: RowNumbers { numbers }

    // MARK: Persons

    func person(_ id: PersonID) throws -> PersonRow? {
        if firstLoad?.ids.mayHold(id) == false { return nil }
        return try personByID.first({ $0.add(id) }, person)
    }

    func person(number: PersonNumber) throws -> PersonRow {
        guard let person = try personByNumber.first({ $0.add(number) }, person) else {
            throw StorageError.stateIsDamaged("person \(number) is missing")
        }
        return person
    }

    private static let personSQL = """
        SELECT number, person, joined_at, joined_time, joined_log, joined_position, own_code, member_id, winner, pledges,
            qualifying, winner_log, winner_position, marks, witnesses
        FROM state_people\u{20}
        """

    private func person(_ row: DirectStatement.Columns) throws -> PersonRow {
        var person = PersonRow(number: row.int(0), id: try row.fixed(1))
        person.joinedAt = row.optionalInt(2)
        if !row.isNull(3) { person.joinedStamp = row.stamp(time: 3, log: 4, position: 5) }
        person.hasOwnCode = row.bool(6)
        person.memberID = try row.optionalFixed(7)
        person.winner = row.optionalInt(8)
        person.pledges = row.int(9)
        person.qualifyingPayments = row.int(10)
        if !row.isNull(11) { person.winningClaim = ClaimID(log: row.int(11), position: row.bits(12)) }
        person.marks = PersonMarks(rawValue: row.int(13))
        if !row.isNull(14) {
            person.witnesses = try Witnesses(stored: [UInt8](row.bytes(14)), parties, in: database)
        }
        return person
    }

    // MARK: Claims and codes

    func claims(of person: PersonNumber) throws -> [ClaimRow] {
        try claimsOfPerson.all({ $0.add(person) }) {
            ClaimRow(
                person: person, code: $0.int(2), place: try $0.place(period: 3, at: 4, log: 0, position: 1),
                recorder: try parties.recorder($0, member: 5, person: 6, in: database))
        }
    }

    private static let claimSQL =
        "SELECT log, position, code, period, at, member, recorder FROM state_claims WHERE person = ?"

    func unlinks(of person: PersonNumber) throws -> [UnlinkRow] {
        try all("SELECT log, position, period, at, member FROM state_unlinks WHERE person = ?", person) { row in
            UnlinkRow(
                person: person, place: try row.place(period: 2, at: 3, log: 0, position: 1),
                member: try row.optionalFixed(4))
        }
    }

    func suspensions(of person: PersonNumber) throws -> [SuspensionRow] {
        try all("SELECT log, position, period, at, lifted FROM state_suspensions WHERE person = ?", person) { row in
            SuspensionRow(
                person: person, place: try row.place(period: 2, at: 3, log: 0, position: 1), isLifted: row.bool(4))
        }
    }

    func claimants(of code: CodeNumber) throws -> [PersonNumber] {
        try firstLoad?.makeIndexes()
        return try all("SELECT person FROM state_claims WHERE code = ?", code) { $0.int(0) }
    }

    func code(_ text: CodeText) throws -> CodeRow? {
        try DirectStatement(database, Self.codeSQL + "WHERE code = ?").first({ $0.add(text.text) }, Self.code)
    }

    func code(number: CodeNumber) throws -> CodeRow {
        guard let code = try all(Self.codeSQL + "WHERE number = ?", number, Self.code).first else {
            throw StorageError.stateIsDamaged("code \(number) is missing")
        }
        return code
    }

    func codes(ownedBy person: PersonNumber) throws -> [CodeRow] {
        try all(Self.codeSQL + "WHERE owner = ?", person, Self.code)
    }

    private static let codeSQL = """
        SELECT number, code, own_id, own_person, registrant, written, period, at, log, position FROM state_codes\u{20}
        """

    private static func code(_ row: DirectStatement.Columns) throws -> CodeRow {
        guard let text = CodeText(row.text(1)) else {
            throw StorageError.stateIsDamaged("code \(row.int(0)) is not in normal form")
        }
        var code = CodeRow(number: row.int(0), code: text)
        code.ownID = row.isNull(2) ? nil : Bytes16(row.bytes(2))
        code.ownPerson = row.optionalInt(3)
        code.registrant = row.optionalInt(4)
        code.written = row.isNull(5) ? nil : row.text(5)
        if !row.isNull(6) { code.registeredAt = try row.place(period: 6, at: 7, log: 8, position: 9) }
        return code
    }

    // MARK: Pledges

    func pledge(_ id: PledgeID) throws -> PledgeRow? {
        if let firstLoad {
            guard firstLoad.ids.mayHold(id) else { return nil }
            try firstLoad.makeIndexes()
        }
        return try pledgeByID.first({ $0.add(id) }, pledge)
    }

    func pledges(by backer: PersonNumber) throws -> [PledgeRow] {
        try firstLoad?.makeIndexes()
        return try pledgesByBacker.all({ $0.add(backer) }, pledge)
    }

    func pledges(carrying code: CodeNumber) throws -> [PledgeRow] {
        try firstLoad?.makeIndexes()
        return try all(Self.pledgeSQL + "WHERE code = ?", code, pledge)
    }

    private static let pledgeSQL = """
        SELECT number, pledge, backer, at, amount, currency, code, visibility, paid, refunded, state, qualifying,
            first_touch, last_touch, shares, writers, money, flags
        FROM state_pledges\u{20}
        """

    private func pledge(_ row: DirectStatement.Columns) throws -> PledgeRow {
        let amount = try row.amount(minor: 4, currency: 5)
        var pledge = PledgeRow(number: row.int(0), id: try row.fixed(1), currency: amount.currency)
        pledge.backer = row.optionalInt(2)
        pledge.at = row.int(3)
        pledge.amount = amount
        pledge.code = row.optionalInt(6)
        pledge.visibility = UInt8(truncatingIfNeeded: row.int(7))
        pledge.paid = row.int(8)
        pledge.refunded = row.int(9)
        pledge.state = PledgeState(rawValue: UInt8(truncatingIfNeeded: row.int(10))) ?? .pledged
        pledge.qualifyingPayments = row.int(11)
        pledge.firstTouch = row.optionalInt(12)
        pledge.lastTouch = row.optionalInt(13)
        (pledge.firstShare, pledge.lastShare) = try Share.pair(stored: row.int(14))
        pledge.writers = try Writers(stored: [UInt8](row.bytes(15)))
        pledge.money = try row.money(16, amount: amount, writers: pledge.writers)
        pledge.flags = PledgeFlags(rawValue: UInt8(truncatingIfNeeded: row.int(17)))
        return pledge
    }

    // MARK: Ambassadors

    func ambassador(_ person: PersonNumber) throws -> AmbassadorRow? {
        try all("SELECT \(AmbassadorRow.storedColumns) FROM state_ambassadors WHERE person = ?", person) {
            AmbassadorRow(stored: $0)
        }.first
    }

    /// Everybody, by number.
    func ambassadors() throws -> [AmbassadorRow] {
        try DirectStatement(
            database, "SELECT \(AmbassadorRow.storedColumns) FROM state_ambassadors ORDER BY person"
        ).all({ _ in }) { AmbassadorRow(stored: $0) }
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

    private func all<Value>(
        _ sql: String, _ key: Int64, _ read: (DirectStatement.Columns) throws -> Value
    ) throws -> [Value] {
        try DirectStatement(database, sql).all({ $0.add(key) }, read)
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
