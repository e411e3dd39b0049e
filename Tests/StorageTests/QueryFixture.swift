import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity
import Testing

@testable import Storage

/// A record made by hand: rows of state in a database in memory, without a log behind them.
///
/// Numbers are the test's; ids are hashes of them, so that the order of ids is not that of numbers.
final class QueryFixture: Sendable {
    let queue: DatabaseQueue
    static let pseudonyms = Pseudonyms(personKey: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))

    init() throws {
        queue = try DatabaseQueue()
        try queue.write { try Schema.create(in: $0) }
        try log(1)
        try log(2)
    }

    static func community() throws -> (Charter, FoldRules) {
        let charter = try Charter(
            title: "Queries", currency: "USD", createdMilliseconds: 1, rootKey: RootKey(raw: .zero),
            successorKeyHash: Hash256(raw: .zero), personKeyHash: Hash256(raw: .zero))
        let rules = FoldRules(charter: charter, currency: try #require(Currency("USD")), pseudonyms: pseudonyms)
        return (charter, rules)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    // MARK: Ids

    static func bytes(_ number: Int64, _ kind: UInt8) -> Bytes16 {
        var input: [UInt8] = [kind]
        input.appendBigEndian(number)
        return BLAKE2b.hash128(input, personal: BLAKE2b.Personal("test/query"))
    }
    static func person(_ number: Int64) -> PersonID { PersonID(raw: bytes(number, 1)) }
    static func pledge(_ number: Int64) -> PledgeID { PledgeID(raw: bytes(number, 2)) }
    static func voice(_ number: Int64) -> VoiceID { VoiceID(raw: bytes(number, 9)) }
    /// Later numbers are lower keys.
    static func member(_ log: Int64) -> MemberKey {
        guard let raw = Bytes32([UInt8](repeating: UInt8(100 - log), count: 32)) else {
            preconditionFailure("32 bytes")
        }
        return MemberKey(raw: raw)
    }
    static let incarnation = Incarnation(number: 1, random: 5)

    private func party(_ id: Bytes16) throws -> Int64 {
        try queue.write { try Parties().number(of: id, in: $0) }
    }

    // MARK: Rows

    func log(_ number: Int64, length: Int64 = 1) throws {
        try execute(
            """
            INSERT INTO logs (number, member, incarnation, length, standing, first_previous, head, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                number, Self.member(number).data, Data(Self.incarnation.bytes), length, length, Data(count: 32),
                Data(count: 32),
                Data(),
            ])
    }

    /// A bundle of one operation of a kind that nobody knows, with a header's time.
    ///
    /// - Parameter isHeld: Because it is dated ahead.
    func bundle(_ number: Int64, log: Int64 = 1, position: Int64, milliseconds: UInt64, isHeld: Bool = false) throws {
        let time = Int64(bitPattern: milliseconds << 16)
        let body = Data([0, 1, 200, 0])
        try execute(
            "INSERT INTO bundles VALUES (?, ?, ?, 1, ?, ?, ?)",
            [number, log, position, time, Data(count: 32), body])
        try execute("UPDATE logs SET standing = max(standing, ?) WHERE number = ?", [position + 1, log])
        if isHeld { try execute("INSERT INTO held VALUES (?, ?, ?, 0)", [number, log, time]) }
    }

    /// Who wrote all registers of a pledge.
    func writers(of pledge: Int64, milliseconds: UInt64, log: Int64 = 1, position: Int64 = 0) throws {
        let stamp = Stamp(
            time: HybridTime(rawValue: milliseconds << 16), log: log, position: UInt64(bitPattern: position))
        var writers = Writers()
        for register in Writers.Register.allCases { writers[register] = stamp }
        try execute("UPDATE state_pledges SET writers = ? WHERE number = ?", [Data(writers.stored), pledge])
    }

    /// - Parameters:
    ///   - id: A hash of the number unless given.
    ///   - external: Held under `source`.
    func person(
        _ number: Int64, id: PersonID? = nil, joinedAt: Int64? = nil, winner: Int64? = nil, pledges: Int64 = 0,
        external: String? = nil, source: String = "import", name: String? = nil, contact: String? = nil
    ) throws {
        try execute(
            """
            INSERT INTO state_people (number, person, joined_at, own_code, winner, pledges, qualifying)
            VALUES (?, ?, ?, 0, ?, ?, 0)
            ON CONFLICT (number) DO UPDATE SET person = excluded.person, joined_at = excluded.joined_at,
                winner = excluded.winner, pledges = excluded.pledges
            """,
            [number, (id ?? Self.person(number)).data, joinedAt, winner, pledges])
        if let external { try setExternalID(of: number, in: "state_people", to: external, source: source) }
        for (field, value) in [(1, name), (2, contact)] {
            guard let value else { continue }
            try execute("INSERT INTO detail_fields VALUES (?, ?, ?, 1, 0, 1, 0)", [number, field, value])
        }
    }

    private func setExternalID(of number: Int64, in table: String, to external: String, source: String) throws {
        try execute("INSERT OR IGNORE INTO detail_sources (source) VALUES (?)", [source])
        try execute(
            "UPDATE \(table) SET source = (SELECT number FROM detail_sources WHERE source = ?), external = ? WHERE number = ?",
            [source, external, number])
    }

    /// - Parameters:
    ///   - registrant: Who registered it, at `at`, as `written`.
    ///   - ownPerson: Whose own code it is.
    func code(
        _ number: Int64, _ text: String, registrant: Int64? = nil, written: String? = nil, ownPerson: Int64? = nil,
        at: Int64 = 0, position: Int64 = 0
    ) throws {
        guard let code = CodeText(text) else { preconditionFailure("\(text) is a code") }
        let isRegistered = registrant != nil
        try execute(
            """
            INSERT OR REPLACE INTO state_codes
                (number, code, code_key, own_id, own_person, registrant, written, period, at, log, position)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                number, code.text, Data(code.key.bytes), ownPerson.map { Self.person($0).data }, ownPerson, registrant,
                isRegistered ? written ?? text : nil, isRegistered ? 1 : nil, isRegistered ? at : nil,
                isRegistered ? 1 : nil, isRegistered ? position : nil,
            ])
    }

    func claim(
        _ person: Int64, code: Int64, at: Int64 = 0, period: Int64 = 1, log: Int64 = 1, position: Int64,
        imported: Bool = false
    ) throws {
        let recorder = imported ? nil : (try party(Self.recorder.member.raw), try party(Self.recorder.person.raw))
        try execute(
            "INSERT INTO state_claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [person, log, position, code, period, at, imported, recorder?.0, recorder?.1])
    }

    /// Who wrote the claims that are not imported: nobody who owns a code.
    static let recorder = Recorder(member: MemberID(raw: bytes(1, 3)), person: person(-1))

    func unlink(_ person: Int64, at: Int64, log: Int64 = 1, position: Int64, member: MemberID? = nil) throws {
        try execute("INSERT INTO state_unlinks VALUES (?, ?, ?, 1, ?, ?)", [person, log, position, at, member?.data])
        try mark(person, .hasUnlinks)
    }

    func suspension(_ person: Int64, at: Int64, log: Int64 = 1, position: Int64, isLifted: Bool = false) throws {
        try execute("INSERT INTO state_suspensions VALUES (?, ?, ?, 1, ?, ?)", [person, log, position, at, isLifted])
        try mark(person, .hasSuspensions)
    }

    private func mark(_ person: Int64, _ mark: PersonMarks) throws {
        try execute("UPDATE state_people SET marks = marks | ? WHERE number = ?", [mark.rawValue, person])
    }

    /// - Parameter times: Of records of one member.
    func witnesses(_ person: Int64, of member: MemberID, at times: [Int64]) throws {
        var witnesses = Witnesses()
        for time in times { witnesses.add(member, at: time) }
        let stored = try queue.write { [witnesses] in try witnesses.stored(Parties(), in: $0) }
        try execute("UPDATE state_people SET witnesses = ? WHERE number = ?", [Data(stored), person])
    }

    /// Marks the claim that brought a person, as the fold does.
    func wins(_ person: Int64, log: Int64 = 1, position: Int64) throws {
        try execute(
            "UPDATE state_people SET winner_log = ?, winner_position = ? WHERE number = ?", [log, position, person])
    }

    func ambassador(
        _ person: Int64, code: String, brought: Int64 = 0, reach: Int64 = 0, depth: Int64 = 0, cut: Bool = false
    ) throws {
        try execute(
            "INSERT OR REPLACE INTO state_ambassadors VALUES (?, ?, ?, ?, ?, ?)",
            [person, code, brought, reach, depth, cut])
    }

    func tally(
        _ person: Int64, _ attribution: AttributionKind = .firstTouch, currency: String = "USD", paid: Int128,
        refunded: Int128 = 0, creditedPledges: Int64 = 1
    ) throws {
        try execute(
            "INSERT INTO state_tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                person, Int64(attribution.rawValue), currency, creditedPledges, WideInteger(paid), WideInteger(paid),
                WideInteger(refunded), creditedPledges,
            ])
    }

    func pledge(
        _ number: Int64, backer: Int64? = nil, at: Int64 = 0, amount: Int64 = 100, currency: String = "USD",
        code: Int64? = nil, paid: Int64 = 0, refunded: Int64 = 0, state: PledgeState = .pledged,
        firstTouch: Int64? = nil, lastTouch: Int64? = nil, external: String? = nil, source: String = "import",
        id: PledgeID? = nil
    ) throws {
        try execute(
            "INSERT OR REPLACE INTO state_pledges VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, ?, ?, 9, ?, NULL, 0, NULL, NULL)",
            [
                number, (id ?? Self.pledge(number)).data, backer, at, amount, currency, code, paid, refunded,
                Int64(state.rawValue), firstTouch, lastTouch, Data([0]),
            ])
        if let external { try setExternalID(of: number, in: "state_pledges", to: external, source: source) }
    }

    /// Nothing of a pledge that is not there. What is there under the same kind and reference is replaced.
    func money(
        _ pledge: Int64, _ kind: Community.Record.MoneyKind, reference: String = "", isVoid: Bool = false,
        amount: Int64 = 0, currency: String = "USD", milliseconds: UInt64 = 0, log: Int64 = 1, position: UInt64 = 0
    ) throws {
        let named = try #require(Currency(currency))
        let fact = PledgeMoney.Fact(
            kind: kind, reference: reference, isVoid: isVoid,
            amount: try #require(Amount(minor: amount, currency: named)),
            stamp: Stamp(time: HybridTime(rawValue: milliseconds << 16), log: log, position: position),
            confirmed: .nothing)
        let held = "SELECT \(Row.moneyColumns) FROM state_pledges p WHERE number = ?"
        guard let (amount, writers, money) = try read({ try $0.firstRow(held, [pledge]) { try $0.pledgeMoney(0) } })
        else { return }
        var row = PledgeRow(number: pledge, id: Self.pledge(pledge), currency: amount.currency)
        (row.amount, row.writers) = (amount, writers)
        row.money = PledgeMoney(money.facts.filter { ($0.kind, $0.reference) != (kind, reference) } + [fact])
        let bytes = try #require(row.money.stored(of: row))
        try execute("UPDATE state_pledges SET money = ? WHERE number = ?", [Data(bytes), pledge])
    }

    /// - Parameter number: Its position, too, and the number of its speaker.
    func voice(
        _ number: Int64, _ kind: Voice.Kind, milliseconds: Int64 = 0, mood: Int64? = nil, answers: Int64? = nil
    ) throws {
        try execute(
            "INSERT INTO state_voices VALUES (1, ?, ?, ?, ?, 0, ?, ?, ?)",
            [
                number, Self.voice(number).data, Int64(kind.rawValue), milliseconds, Self.person(number).data, mood,
                answers.map { Self.voice($0).data },
            ])
    }

    /// Marks the bucket of a key as changed, as the fold does.
    func touch(_ key: Bytes16) throws {
        try execute(
            """
            INSERT INTO state_buckets (bucket, version) VALUES (?, 1)
            ON CONFLICT (bucket) DO UPDATE SET version = version + 1
            """, [Int64(Digest.bucket(of: key))])
    }
}
