import AuthorLog
import Community
import GRDB
import Identity

/// Hashes buckets of the state digest, some at once.
///
/// Which persons and pledges are in them is told by the indexes of ids; their rows are read in the order in which they lie in the
/// tables, as reading them in the order of ids would fetch nearly every page as often as it has rows. Codes, logs and whoever
/// brought somebody are few against persons and pledges, so they are looked up once each and not joined.
final class BucketReader {
    private let database: Database
    private let peopleOfBucket: DirectStatement
    private let pledgesOfBucket: DirectStatement
    private let people: DirectStatement
    private let pledges: DirectStatement
    private let codes: DirectStatement
    private let voices: DirectStatement
    /// Of the buckets at hand, in their order.
    private var rows: [Digest.Rows] = []
    /// By bucket: which of ``rows`` are its.
    private var slots = [Int](repeating: 0, count: Digest.bucketCount)
    private var ids: PersonIDs
    private let parties = Parties()
    private var order = LogOrder()
    private var knownLogs: Set<LogNumber> = []
    private var knownCodes: [CodeNumber: CodeText] = [:]
    private var knownCurrencies = KnownCurrencies()

    /// Of what is looked up once: some 100 bytes each, and hardly any community has as many of a kind.
    private static let knownLimit = 50_000

    /// - Parameter readsMost: True where most of the state will be read: then all ids of persons are, at once.
    init(_ database: Database, readsMost: Bool) throws {
        self.database = database
        ids = try PersonIDs(database, readsAll: readsMost)
        peopleOfBucket = try DirectStatement(
            database, "SELECT number FROM state_people WHERE person >= ? AND person < ?")
        pledgesOfBucket = try DirectStatement(
            database, "SELECT number FROM state_pledges WHERE pledge >= ? AND pledge < ?")
        people = try DirectStatement(
            database,
            """
            SELECT p.number, p.person, p.joined_at, p.own_code, p.member_id, p.winner, c.log, c.position, c.code,
                c.period, c.at, c.member, c.recorder, p.witnesses, p.marks
            FROM state_people p LEFT JOIN state_claims c ON c.person = p.number
            WHERE p.number = ?
            """)
        pledges = try DirectStatement(
            database,
            """
            SELECT number, pledge, backer, at, amount, currency, code, visibility, writers, money
            FROM state_pledges WHERE number = ?
            """)
        codes = try DirectStatement(
            database,
            """
            SELECT k.number, k.code, k.written, o.person
            FROM state_codes k CROSS JOIN state_people o ON o.number = k.owner
            WHERE k.code_key >= ? AND k.code_key < ? AND k.written IS NOT NULL
            """)
        voices = try DirectStatement(
            database,
            """
            SELECT voice, kind, at, counter, person, mood, answers FROM state_voices WHERE voice >= ? AND voice < ?
            """)
    }

    /// - Parameter buckets: No two the same. Their rows are in memory together.
    /// - Returns: The hashes of their rows as they are now, in the same order.
    func hashes(of buckets: [UInt16]) throws -> [Hash256] {
        while rows.count < buckets.count { rows.append(Digest.Rows()) }
        for slot in rows.indices { rows[slot].removeAll() }  // what failed halfway
        var people: [PersonNumber] = []
        var pledges: [PledgeNumber] = []
        for (slot, bucket) in buckets.enumerated() {
            slots[Int(bucket)] = slot
            let range = range(of: bucket)
            try peopleOfBucket.forEach(range) { people.append($0.int(0)) }
            try pledgesOfBucket.forEach(range) { pledges.append($0.int(0)) }
            try codes.forEach(range) { row in
                var code = CodeRow(number: row.int(0), code: try Self.normalForm(row.text(1)))
                code.written = row.text(2)
                rows[slot].add(code: code, owner: try row.fixed(3))
            }
            try voices.forEach(range) { rows[slot].add(voice: try Self.voice($0)) }
        }
        for number in people.sorted() { try add(person: number) }
        for number in pledges.sorted() { try add(pledge: number) }
        return buckets.indices.map { rows[$0].hash() }
    }

    private func range(of bucket: UInt16) -> (inout DirectStatement.Arguments) -> Void {
        let lowest = Digest.lowestKey(of: bucket)
        // Behind the last bucket: one byte longer, and so greater, than every key.
        let end =
            Int(bucket) + 1 < Digest.bucketCount
            ? Digest.lowestKey(of: bucket + 1) : [UInt8](repeating: 0xFF, count: PersonID.byteCount + 1)
        return { arguments in
            arguments.add(lowest)
            arguments.add(end)
        }
    }

    private func slot(of key: Bytes16) -> Int { slots[Int(Digest.bucket(of: key))] }

    private static func voice(_ row: DirectStatement.Columns) throws -> VoiceRow {
        let time = HybridTime(milliseconds: row.int(2), counter: row.int(3))
        guard let kind = UInt8(exactly: row.int(1)).flatMap(Voice.Kind.init(rawValue:)) else {
            throw StorageError.stateIsDamaged("voice of unknown kind \(row.int(1))")
        }
        let voice = Voice(kind, answers: try row.optionalFixed(6), mood: row.optionalInt(5).map { Int(clamping: $0) })
        return VoiceRow(
            id: try row.fixed(0), stamp: Stamp(time: time, log: 0, position: 0), person: try row.fixed(4), voice: voice)
    }

    // MARK: Persons

    private func add(person number: PersonNumber) throws {
        var person: PersonRow?
        var claims: [(claim: ClaimRow, code: CodeText)] = []
        try people.forEach({ $0.add(number) }) { row in
            if person == nil { person = try self.person(row) }
            if let claim = try claim(row, of: number) { claims.append((claim, try text(of: claim.code))) }
        }
        guard let person else { return }
        let unlinks = person.hasUnlinks ? try database.unlinks(of: number) : []
        let suspensions = person.hasSuspensions ? try database.suspensions(of: number) : []
        for place in unlinks.map(\.place) + suspensions.map(\.place) { try meet(place.log) }
        rows[slot(of: person.id.raw)].add(
            person: person, winner: try person.winner.flatMap { try ids.id(of: $0) }, claims: claims, unlinks: unlinks,
            suspensions: suspensions, order: order)
    }

    private func person(_ row: DirectStatement.Columns) throws -> PersonRow {
        var person = PersonRow(number: row.int(0), id: try row.fixed(1))
        person.joinedAt = row.optionalInt(2)
        person.hasOwnCode = row.bool(3)
        person.memberID = try row.optionalFixed(4)
        person.winner = row.optionalInt(5)
        if !row.isNull(13) {
            person.witnesses = try Witnesses(stored: Array(row.bytes(13)), parties, in: database)
        }
        person.marks = PersonMarks(rawValue: row.int(14))
        return person
    }

    /// - Returns: nil in the one row of a person without claims.
    private func claim(_ row: DirectStatement.Columns, of person: PersonNumber) throws -> ClaimRow? {
        guard let log = row.optionalInt(6) else { return nil }
        try meet(log)
        return ClaimRow(
            person: person, code: row.int(8), place: try row.place(period: 9, at: 10, log: 6, position: 7),
            recorder: try parties.recorder(row, member: 11, person: 12, in: database))
    }

    // MARK: Pledges

    private func add(pledge number: PledgeNumber) throws {
        guard let pledge = try pledges.first({ $0.add(number) }, pledge) else { return }
        rows[slot(of: pledge.id.raw)].add(
            pledge: pledge, backer: try pledge.backer.flatMap { try ids.id(of: $0) }, code: try pledge.code.map(text))
    }

    private func pledge(_ row: DirectStatement.Columns) throws -> PledgeRow {
        let amount = try knownCurrencies.amount(row, minor: 4, currency: 5)
        var pledge = PledgeRow(number: row.int(0), id: try row.fixed(1), currency: amount.currency)
        pledge.backer = row.optionalInt(2)
        pledge.at = row.int(3)
        pledge.amount = amount
        pledge.code = row.optionalInt(6)
        pledge.visibility = UInt8(clamping: row.int(7))
        if !row.isNull(9) {
            let writers = try Writers(stored: [UInt8](row.bytes(8)))
            pledge.money = try row.money(9, amount: amount, writers: writers)
        }
        return pledge
    }

    // MARK: What is looked up once

    private func text(of code: CodeNumber) throws -> CodeText {
        if let known = knownCodes[code] { return known }
        let sql = "SELECT code FROM state_codes WHERE number = ?"
        let text = try DirectStatement(database, sql).first({ $0.add(code) }, { try Self.normalForm($0.text(0)) })
        guard let text else { throw StorageError.stateIsDamaged("code \(code) is missing") }
        if knownCodes.count >= Self.knownLimit { knownCodes.removeAll(keepingCapacity: true) }
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
        guard !knownLogs.contains(log) else { return }
        order.set(try database.logID(of: log), number: log)
        knownLogs.insert(log)
    }
}

/// Currencies of amounts, each looked up in the table once.
private struct KnownCurrencies {
    private var known: [UInt32: Currency] = [:]

    mutating func amount(_ row: DirectStatement.Columns, minor: CInt, currency: CInt) throws -> Amount {
        let code = row.bytes(currency)
        // Whatever is no currency has no entry.
        let key = code.count == 3 ? code.reduce(0) { $0 << 8 | UInt32($1) } : 0
        guard let named = known[key], let amount = Amount(minor: row.int(minor), currency: named) else {
            let amount = try row.amount(minor: minor, currency: currency)
            known[key] = amount.currency
            return amount
        }
        return amount
    }
}
