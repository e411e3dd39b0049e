import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Reads the rows of one bucket of the state digest, by ranges of the unique indexes.
///
/// Logs and codes are few against persons and pledges, so they are looked up once each and not joined.
final class BucketReader {
    private let database: Database
    private let people: Statement
    private let pledges: Statement
    private let codes: Statement
    private let voices: Statement
    private var order = LogOrder()
    private var knownLogs: Set<LogNumber> = []
    private var knownCodes: [CodeNumber: CodeText] = [:]
    private var knownCurrencies: [String: Currency] = [:]

    init(_ database: Database) throws {
        self.database = database
        people = try database.cachedStatement(
            sql: """
                SELECT p.number, p.person, p.joined_at, p.own_code, p.member_id, w.person, c.log, c.position, c.code,
                    c.period, c.at, c.member, c.recorder, p.witnesses, p.marks
                FROM state_people p LEFT JOIN state_people w ON w.number = p.winner
                    LEFT JOIN state_claims c ON c.person = p.number
                WHERE p.person >= ? AND p.person < ? ORDER BY p.person
                """)
        pledges = try database.cachedStatement(
            sql: """
                SELECT p.number, p.pledge, b.person, p.at, p.amount, p.currency, p.code, p.visibility, m.kind, m.reference,
                    m.void, m.amount, m.currency, m.time, m.confirmed IS NOT NULL AND m.confirmed_currency IS NULL
                FROM state_pledges p LEFT JOIN state_people b ON b.number = p.backer
                    LEFT JOIN state_money m ON m.pledge = p.number
                WHERE p.pledge >= ? AND p.pledge < ? ORDER BY p.pledge
                """)
        codes = try database.cachedStatement(
            sql: """
                SELECT k.number, k.code, k.written, o.person
                FROM state_codes k CROSS JOIN state_people o ON o.number = k.owner
                WHERE k.code_key >= ? AND k.code_key < ? AND k.written IS NOT NULL
                """)
        voices = try database.cachedStatement(
            sql: """
                SELECT voice, kind, at, counter, person, mood, answers FROM state_voices WHERE voice >= ? AND voice < ?
                """)
    }

    func rows(of bucket: UInt16) throws -> [Digest.Row] {
        let lowest = Data(Digest.lowestKey(of: bucket))
        // Behind the last bucket: one byte longer, and so greater, than every key.
        let end =
            Int(bucket) + 1 < Digest.bucketCount
            ? Data(Digest.lowestKey(of: bucket + 1)) : Data(repeating: 0xFF, count: PersonID.byteCount + 1)
        let range: StatementArguments = [lowest, end]
        return try people(in: range) + pledges(in: range) + codes(in: range) + voices(in: range)
    }

    // MARK: Voice

    private func voices(in range: StatementArguments) throws -> [Digest.Row] {
        let cursor = try Row.fetchCursor(voices, arguments: range)
        var rows: [Digest.Row] = []
        while let row = try cursor.next() {
            let time = HybridTime(milliseconds: row[2], counter: row[3])
            let voice = Voice(try row.voiceKind(1), answers: try row.optionalFixed(6), mood: row[5])
            rows.append(
                Digest.Row(
                    voice: VoiceRow(
                        id: try row.fixed(0), stamp: Stamp(time: time, log: 0, position: 0), person: try row.fixed(4),
                        voice: voice)))
        }
        return rows
    }

    // MARK: Persons

    private func people(in range: StatementArguments) throws -> [Digest.Row] {
        let cursor = try Row.fetchCursor(people, arguments: range)
        var rows: [Digest.Row] = []
        var current: People?
        while let row = try cursor.next() {
            let number: PersonNumber = row[0]
            if current?.person.number != number {
                if let current { rows.append(try encoded(current)) }
                current = People(person: try person(row), winner: try row.optionalFixed(5))
            }
            if let claim = try claim(row, of: number) { current?.claims.append(claim) }
        }
        if let current { rows.append(try encoded(current)) }
        return rows
    }

    /// A person while the rows of the claims go by.
    private struct People {
        var person: PersonRow
        var winner: PersonID?
        var claims: [(claim: ClaimRow, code: CodeText)] = []
    }

    private func encoded(_ current: People) throws -> Digest.Row {
        let person = current.person
        let unlinks = person.hasUnlinks ? try database.unlinks(of: person.number) : []
        let suspensions = person.hasSuspensions ? try database.suspensions(of: person.number) : []
        for place in unlinks.map(\.place) + suspensions.map(\.place) { try meet(place.log) }
        return Digest.Row(
            person: person, winner: current.winner, claims: current.claims, unlinks: unlinks,
            suspensions: suspensions, order: order)
    }

    private func person(_ row: Row) throws -> PersonRow {
        var person = PersonRow(number: row[0], id: try row.fixed(1))
        person.joinedAt = row[2]
        person.hasOwnCode = row[3]
        person.memberID = try row.optionalFixed(4)
        if let witnesses: Data = row[13] { person.witnesses = try Witnesses(stored: Array(witnesses)) }
        person.marks = PersonMarks(rawValue: row[14])
        return person
    }

    /// - Returns: nil in the one row of a person without claims.
    private func claim(_ row: Row, of person: PersonNumber) throws -> (claim: ClaimRow, code: CodeText)? {
        guard let log: LogNumber = row[6] else { return nil }
        try meet(log)
        let code: CodeNumber = row[8]
        let place = Place(period: row[9], at: row[10], log: log, position: UInt64(bitPattern: row[7]))
        let recorder = try row.optionalFixed(11, as: MemberID.self).map {
            Recorder(member: $0, person: try row.fixed(12))
        }
        return (ClaimRow(person: person, code: code, place: place, recorder: recorder), try text(of: code))
    }

    // MARK: Pledges

    private func pledges(in range: StatementArguments) throws -> [Digest.Row] {
        let cursor = try Row.fetchCursor(pledges, arguments: range)
        var rows: [Digest.Row] = []
        var current: (pledge: PledgeRow, backer: PersonID?, code: CodeText?, facts: [MoneyRow])?
        while let row = try cursor.next() {
            let number: PledgeNumber = row[0]
            if current?.pledge.number != number {
                if let current { rows.append(encoded(current)) }
                let pledge = try pledge(row)
                current = (pledge, try row.optionalFixed(2), try pledge.code.map(text), [])
            }
            if let fact = try fact(row, of: number) { current?.facts.append(fact) }
        }
        if let current { rows.append(encoded(current)) }
        return rows
    }

    private func encoded(
        _ current: (pledge: PledgeRow, backer: PersonID?, code: CodeText?, facts: [MoneyRow])
    ) -> Digest.Row {
        Digest.Row(pledge: current.pledge, backer: current.backer, code: current.code, facts: current.facts)
    }

    private func pledge(_ row: Row) throws -> PledgeRow {
        let amount = try amount(row, minor: 4, currency: 5)
        var pledge = PledgeRow(number: row[0], id: try row.fixed(1), currency: amount.currency)
        pledge.at = row[3]
        pledge.amount = amount
        pledge.code = row[6]
        pledge.visibility = row[7]
        return pledge
    }

    /// - Returns: nil in the one row of a pledge without money facts.
    private func fact(_ row: Row, of pledge: PledgeNumber) throws -> MoneyRow? {
        guard let number: Int64 = row[8] else { return nil }
        guard let kind = UInt8(exactly: number).flatMap(Record.MoneyKind.init(rawValue:)) else {
            throw StorageError.stateIsDamaged("money fact of unknown kind \(number)")
        }
        // Who wrote a fact is not in the digest, but when.
        let time = HybridTime(databaseInteger: row[13])
        return MoneyRow(
            pledge: pledge, kind: kind, reference: row[9], isVoid: row[10],
            amount: try amount(row, minor: 11, currency: 12), stamp: Stamp(time: time, log: 0, position: 0),
            confirmed: row[14] ? .several : .nothing)
    }

    private func amount(_ row: Row, minor: Int, currency: Int) throws -> Amount {
        let text: String = row[currency]
        guard let known = knownCurrencies[text] ?? Currency(text),
            let amount = Amount(minor: row[minor], currency: known)
        else { throw StorageError.stateIsDamaged("amount \(row[minor] as Int64) \(text)") }
        knownCurrencies[text] = known
        return amount
    }

    // MARK: Codes and logs

    private func codes(in range: StatementArguments) throws -> [Digest.Row] {
        let cursor = try Row.fetchCursor(codes, arguments: range)
        var rows: [Digest.Row] = []
        while let row = try cursor.next() {
            var code = CodeRow(number: row[0], code: try Self.normalForm(row[1]))
            code.written = row[2]
            if let row = Digest.Row(code: code, owner: try row.fixed(3)) { rows.append(row) }
        }
        return rows
    }

    private func text(of code: CodeNumber) throws -> CodeText {
        if let known = knownCodes[code] { return known }
        let sql = "SELECT code FROM state_codes WHERE number = ?"
        guard let text = try database.firstRow(sql, [code], { try Self.normalForm($0[0]) }) else {
            throw StorageError.stateIsDamaged("code \(code) is missing")
        }
        knownCodes[code] = text
        return text
    }

    private static func normalForm(_ text: String) throws -> CodeText {
        guard let code = CodeText(text) else {
            throw StorageError.stateIsDamaged("code \(text) is not in normal form")
        }
        return code
    }

    /// Introduces a log to the order of places.
    private func meet(_ log: LogNumber) throws {
        guard knownLogs.insert(log).inserted else { return }
        order.set(try database.logID(of: log), number: log)
    }
}
