import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity
import Testing

@testable import Storage

struct QueryDigestTests {
    private static let zero = Hash256(raw: .zero)

    private func compute(_ fixture: QueryFixture) throws -> StateDigest {
        try fixture.read { try StateDigest.compute($0) }
    }

    private func store(_ digest: StateDigest, in fixture: QueryFixture) throws {
        try fixture.queue.write { try StateDigest.store(digest.computed, in: $0) }
    }

    @Test func `an empty state is 4,096 buckets of zero`() throws {
        let digest = try compute(QueryFixture())
        #expect(digest.state == Digest.state(ofBuckets: [Hash256](repeating: Self.zero, count: Digest.bucketCount)))
        #expect(digest.computed == [])
    }

    @Test func `a bucket whose rows are gone is zero again`() throws {
        let fixture = try QueryFixture()
        let empty = try compute(fixture).state
        try fixture.person(1)
        try fixture.touch(QueryFixture.person(1).raw)
        #expect(try compute(fixture).state != empty)
        try fixture.execute("DELETE FROM state_people", [])
        try fixture.touch(QueryFixture.person(1).raw)
        let digest = try compute(fixture)
        #expect(digest.state == empty)
        #expect(digest.computed.map(\.hash) == [Self.zero])
    }

    @Test func `rows at both ends of the key space are hashed into the first and the last bucket`() throws {
        let fixture = try QueryFixture()
        for (number, byte) in [(1, 0x00), (2, 0xFF)] as [(Int64, UInt8)] {
            let id = PersonID(raw: try #require(Bytes16([UInt8](repeating: byte, count: 16))))
            try fixture.person(number, id: id)
            try fixture.touch(id.raw)
        }
        let digest = try compute(fixture)
        #expect(digest.computed.map(\.bucket) == [0, 4_095])
        #expect(digest.computed.allSatisfy { $0.hash != Self.zero })
        #expect(try digest.state == fromScratch(fixture))
    }

    @Test func `what did not change is not read again`() throws {
        let fixture = try QueryFixture()
        for number in 1...50 as ClosedRange<Int64> {
            try fixture.person(number)
            try fixture.touch(QueryFixture.person(number).raw)
        }
        let first = try compute(fixture)
        try store(first, in: fixture)
        let second = try compute(fixture)
        #expect(second == StateDigest(state: first.state, computed: []))
        try fixture.person(7, joinedAt: 7)
        try fixture.touch(QueryFixture.person(7).raw)
        let third = try compute(fixture)
        #expect(third.computed.map(\.bucket) == [Digest.bucket(of: QueryFixture.person(7).raw)])
        #expect(try third.state == fromScratch(fixture))
        let all = try fixture.read { try StateDigest.compute($0, reusesHashes: false) }
        #expect(all.state == third.state && all.computed.count == first.computed.count)
    }

    @Test func `a hash of a bucket that changed meanwhile is dropped`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1)
        try fixture.touch(QueryFixture.person(1).raw)
        let stale = try compute(fixture)
        try fixture.person(1, joinedAt: 1)
        try fixture.touch(QueryFixture.person(1).raw)
        try store(stale, in: fixture)
        let digest = try compute(fixture)
        #expect(digest.computed.count == 1)
        #expect(try digest.state == fromScratch(fixture))
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `after random changes the digest is that of the same rows hashed from scratch`(_ seed: UInt64) throws {
        let fixture = try QueryFixture()
        var dice = Dice(seed: seed)
        for number in 1...12 as ClosedRange<Int64> { try fixture.code(number, "CODE\(number)") }
        for number in 1...20 as ClosedRange<Int64> {
            try fixture.person(number)
            try fixture.touch(QueryFixture.person(number).raw)
        }
        for _ in 0..<12 {
            for _ in 0..<10 { try change(fixture, &dice) }
            let digest = try compute(fixture)
            #expect(try digest.state == fromScratch(fixture))
            if dice.roll(3) > 0 { try store(digest, in: fixture) }
        }
    }

    // MARK: Random changes

    /// SplitMix64.
    private struct Dice {
        private var state: UInt64
        private(set) var rolls: Int64 = 0
        init(seed: UInt64) { state = seed }

        /// 0 to `sides` − 1.
        mutating func roll(_ sides: Int64) -> Int64 {
            rolls += 1
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int64((mixed ^ (mixed >> 31)) % UInt64(sides))
        }
    }

    /// One change of any kind, with the bucket that it is in.
    private func change(_ fixture: QueryFixture, _ dice: inout Dice) throws {
        let (person, pledge, code) = (dice.roll(20) + 1, dice.roll(20) + 1, dice.roll(12) + 1)
        switch dice.roll(8) {
        case 0:
            let isJoined = dice.roll(2) == 0
            try fixture.person(person, joinedAt: isJoined ? dice.roll(1_000) - 500 : nil, winner: dice.roll(20) + 1)
            try fixture.touch(QueryFixture.person(person).raw)
        case 1:
            let (log, position) = (dice.roll(2) + 1, dice.rolls)
            try fixture.claim(
                person, code: code, at: dice.roll(3), period: dice.roll(2) + 1, log: log, position: position,
                imported: dice.roll(2) == 0)
            try fixture.touch(QueryFixture.person(person).raw)
        case 2:
            let isOwn = dice.roll(2) == 0
            try fixture.person(person)
            try fixture.touch(QueryFixture.person(person).raw)
            try fixture.code(
                code, "CODE\(code)", registrant: person, written: "code-\(code)", ownPerson: isOwn ? person : nil)
            try fixture.touch(try #require(CodeText("CODE\(code)")).key)
        case 3:
            try fixture.pledge(
                pledge, backer: dice.roll(2) == 0 ? person : nil, at: dice.roll(9), amount: dice.roll(9),
                currency: dice.roll(2) == 0 ? "USD" : "VND", code: dice.roll(2) == 0 ? code : nil)
            try fixture.touch(QueryFixture.pledge(pledge).raw)
        case 4:
            try fixture.person(person)
            try fixture.unlink(
                person, at: dice.roll(3), log: dice.roll(2) + 1, position: dice.rolls,
                member: dice.roll(2) == 0 ? nil : QueryFixture.recorder.member)
            try fixture.touch(QueryFixture.person(person).raw)
        case 5:
            try fixture.person(person)
            try fixture.suspension(
                person, at: dice.roll(3), log: dice.roll(2) + 1, position: dice.rolls, isLifted: dice.roll(2) == 0)
            try fixture.touch(QueryFixture.person(person).raw)
        case 6:
            try fixture.person(person)
            try fixture.witnesses(
                person, of: QueryFixture.recorder.member, at: (0..<dice.roll(3)).map { _ in dice.roll(99) << 32 })
            try fixture.touch(QueryFixture.person(person).raw)
        default:
            let kind = try #require(Community.Record.MoneyKind(rawValue: UInt8(dice.roll(4) + 1)))
            try fixture.money(
                pledge, kind, reference: "r\(dice.roll(3))", isVoid: dice.roll(3) == 0, amount: dice.roll(99),
                milliseconds: UInt64(dice.roll(9)), log: dice.roll(2) + 1)
            try fixture.touch(QueryFixture.pledge(pledge).raw)
        }
    }

    // MARK: From scratch

    /// The digest of all rows, found without any index, bucket or version.
    private func fromScratch(_ fixture: QueryFixture) throws -> Hash256 {
        try fixture.read { database in
            var buckets: [UInt16: Digest.Rows] = [:]
            try addPeople(to: &buckets, database)
            try addPledges(to: &buckets, database)
            try addCodes(to: &buckets, database)
            return Digest.state(ofBuckets: (0..<UInt16(Digest.bucketCount)).map { buckets[$0]?.hash() ?? Self.zero })
        }
    }

    private func personID(_ number: Int64?, _ database: Database) throws -> PersonID? {
        let sql = "SELECT person FROM state_people WHERE number = ?"
        return try Data.fetchOne(database, sql: sql, arguments: [number]).flatMap { PersonID($0) }
    }

    private func code(_ number: Int64?, _ database: Database) throws -> CodeText? {
        let sql = "SELECT code FROM state_codes WHERE number = ?"
        return try String.fetchOne(database, sql: sql, arguments: [number]).flatMap { CodeText($0) }
    }

    private func addPeople(to buckets: inout [UInt16: Digest.Rows], _ database: Database) throws {
        var order = LogOrder()
        for log in 1...2 as ClosedRange<Int64> {
            order.set(LogID(member: QueryFixture.member(log), incarnation: QueryFixture.incarnation), number: log)
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM state_people") {
            var person = PersonRow(number: row["number"], id: try #require(PersonID(row["person"] as Data)))
            person.joinedAt = row["joined_at"]
            let sql = "SELECT * FROM state_claims WHERE person = ?"
            let claims = try Row.fetchAll(database, sql: sql, arguments: [person.number]).map { row in
                let place = Place(
                    period: row["period"], at: row["at"], log: row["log"], position: UInt64(row["position"] as Int64))
                let claim = ClaimRow(
                    person: person.number, code: row["code"], place: place,
                    recorder: row["imported"] ? nil : QueryFixture.recorder)
                return (claim: claim, code: try #require(try code(claim.code, database)))
            }
            if let witnesses: Data = row["witnesses"] {
                person.witnesses = try Witnesses(stored: Array(witnesses), Parties(), in: database)
            }
            let unlinks = try Row.fetchAll(
                database, sql: "SELECT * FROM state_unlinks WHERE person = ?", arguments: [person.number]
            ).map { row in
                UnlinkRow(
                    person: person.number,
                    place: Place(
                        period: row["period"], at: row["at"], log: row["log"],
                        position: UInt64(row["position"] as Int64)),
                    member: (row["member"] as Data?).flatMap { MemberID($0) })
            }
            let suspensions = try Row.fetchAll(
                database, sql: "SELECT * FROM state_suspensions WHERE person = ?", arguments: [person.number]
            ).map { row in
                SuspensionRow(
                    person: person.number,
                    place: Place(
                        period: row["period"], at: row["at"], log: row["log"],
                        position: UInt64(row["position"] as Int64)),
                    isLifted: row["lifted"])
            }
            buckets[Digest.bucket(of: person.id.raw), default: Digest.Rows()].add(
                person: person, winner: try personID(row["winner"], database), claims: claims, unlinks: unlinks,
                suspensions: suspensions, order: order)
        }
    }

    private func addPledges(to buckets: inout [UInt16: Digest.Rows], _ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM state_pledges") {
            let currency = try #require(Currency(row["currency"]))
            var pledge = PledgeRow(
                number: row["number"], id: try #require(PledgeID(row["pledge"] as Data)), currency: currency)
            pledge.at = row["at"]
            pledge.amount = try #require(Amount(minor: row["amount"], currency: currency))
            pledge.writers = try Writers(stored: Array(row["writers"] as Data))
            if let money: Data = row["money"] {
                pledge.money = try PledgeMoney(stored: Array(money), amount: pledge.amount, writers: pledge.writers)
            }
            buckets[Digest.bucket(of: pledge.id.raw), default: Digest.Rows()].add(
                pledge: pledge, backer: try personID(row["backer"], database), code: try code(row["code"], database))
        }
    }

    private func addCodes(to buckets: inout [UInt16: Digest.Rows], _ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM state_codes") {
            var code = CodeRow(number: row["number"], code: try #require(CodeText(row["code"])))
            code.written = row["written"]
            buckets[Digest.bucket(of: code.code.key), default: Digest.Rows()].add(
                code: code, owner: try personID(row["owner"], database))
        }
    }
}
