import AuthorLog
import Community
import GRDB
import Identity
import Testing

@testable import Storage

struct QueryListTests {
    private static let credit: AmbassadorQuery = {
        guard let currency = Currency("USD") else { preconditionFailure("USD is a currency") }
        return AmbassadorQuery(attribution: .firstTouch, currency: currency)
    }()

    /// Persons 1 to 9: all own codes; those of even number joined; 1 pledged; 3 and up were brought by 2.
    private func community() throws -> QueryFixture {
        let fixture = try QueryFixture()
        for number in 1...9 as ClosedRange<Int64> {
            try fixture.person(
                number, joinedAt: number % 2 == 0 ? number : nil, winner: number > 2 ? 2 : nil,
                pledges: number == 1 ? 3 : 0, external: number % 3 == 0 ? "p\(number)" : nil)
            try fixture.code(number, "C\(9 - number)", registrant: number, written: "c-\(9 - number)", at: number)
            try fixture.ambassador(number, code: "c-\(9 - number)", brought: number == 2 ? 7 : 0)
            if number > 2 { try fixture.claim(number, code: 2, position: number) }
            try fixture.pledge(number, backer: 1, code: number % 2 == 0 ? number : nil)
        }
        try fixture.code(10, "UNKNOWN")
        return fixture
    }

    /// Every page of a list, one after the other.
    private func all<Row>(
        limit: Int, _ page: (PageRequest) throws -> ListPage<Row>, between: () throws -> Void = {}
    ) throws -> [Row] {
        var rows: [Row] = []
        var after: String?
        repeat {
            let next = try page(PageRequest(after: after, limit: limit))
            #expect(next.rows.count <= limit)
            rows += next.rows
            after = next.next
            try between()
        } while after != nil
        return rows
    }

    // MARK: Pages

    @Test(arguments: 1...10) func `pages make up every list, once and in order of its key`(_ limit: Int) throws {
        let fixture = try community()
        let backers = try all(limit: limit) { page in try fixture.read { try BackerQuery().list(page, $0) } }
        let ids = ([1] + [2, 4, 6, 8]).map { QueryFixture.person($0) }.sorted()
        #expect(backers.map(\.backer.id) == ids)

        let ambassadors = try all(limit: limit) { page in try fixture.read { try Self.credit.list(page, $0) } }
        #expect(ambassadors.map(\.ambassador.id) == (1...9).map { QueryFixture.person($0) }.sorted())

        let codes = try all(limit: limit) { page in
            try fixture.read { try CodeQuery(pseudonyms: QueryFixture.pseudonyms).list(page, $0) }
        }
        #expect(codes.map(\.normalForm) == (0...8).map { "C\($0)" })

        let pledges = try all(limit: limit) { page in try fixture.read { try PledgeQuery().list(page, $0) } }
        #expect(pledges.map(\.pledge.id) == (1...9).map { QueryFixture.pledge($0) }.sorted())
    }

    @Test func `rows that come in between neither repeat nor hide others`() throws {
        let fixture = try community()
        var number: Int64 = 100
        let rows = try all(limit: 2) { page in
            try fixture.read { try PledgeQuery().list(page, $0) }
        } between: {
            for _ in 0..<3 where number < 112 {
                number += 1
                try fixture.pledge(number)
            }
        }
        let ids = rows.map(\.pledge.id)
        #expect(ids == Array(Set(ids)).sorted())
        #expect(Set(ids).isSuperset(of: (1...9).map { QueryFixture.pledge($0) }))
    }

    @Test func `a limit is kept within bounds`() {
        #expect(PageRequest(limit: 0).limit == 1)
        #expect(PageRequest(limit: .max).limit == QueryLimits.pageRows)
    }

    @Test(arguments: ["", "0", "zz", String(repeating: "0", count: 34), "A-B"])
    func `a cursor that no page gave is refused`(_ cursor: String) throws {
        let fixture = try community()
        let page = PageRequest(after: cursor, limit: 5)
        #expect(throws: QueryError.notACursor(cursor)) { try fixture.read { try BackerQuery().list(page, $0) } }
        if cursor != "0" {
            #expect(throws: QueryError.notACursor(cursor)) {
                try fixture.read { try CodeQuery(pseudonyms: QueryFixture.pseudonyms).list(page, $0) }
            }
        }
    }

    // MARK: Rows

    @Test func `a backer's row names who brought them by the code of the claim that wins`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1, external: "ana")
        try fixture.person(2, joinedAt: 5, winner: 1, pledges: 2, external: "ben", name: "Ben", contact: "b@x.org")
        try fixture.code(1, "ANA", registrant: 1, written: "a-n-a")
        try fixture.code(2, "NOBODY")
        try fixture.code(3, "ANA2", registrant: 1, written: "Ana2")
        try fixture.claim(2, code: 3, at: 9, position: 1)
        try fixture.claim(2, code: 2, at: 1, position: 2)
        try fixture.claim(2, code: 1, at: 8, position: 3)
        try fixture.wins(2, position: 3)
        try fixture.pledge(1, backer: 2, amount: 10, paid: 10, refunded: 4, state: .paid)
        try fixture.pledge(2, backer: 2, amount: 5, state: .cancelled)
        try fixture.pledge(3, backer: 2, amount: 7, currency: "EUR", state: .lapsed)
        let details = try #require(try fixture.read { try BackerQuery().details(of: 2, $0) })
        #expect(details.row.backer.text == "ben" && details.row.backer.printedID == QueryFixture.person(2).hex)
        #expect(details.row.displayName == "Ben" && details.contact == "b@x.org")
        #expect(details.row.code == "a-n-a" && details.row.ambassador?.text == "ana")
        #expect(details.row.joinedAt == 5 && details.row.pledges == 2 && details.row.isBacker)
        var dollars = MoneySums(currency: "USD", exponent: 2)
        (dollars.pledgedMinor, dollars.paidMinor, dollars.refundedMinor, dollars.cancelledMinor) = (15, 10, 4, 5)
        var euros = MoneySums(currency: "EUR", exponent: 2)
        (euros.pledgedMinor, euros.cancelledMinor) = (7, 7)
        #expect(details.money == [euros, dollars])
        #expect(try fixture.read { try BackerQuery().details(of: 1, $0) }?.row.isBacker == false)
        #expect(try fixture.read { try BackerQuery().details(of: 9, $0) } == nil)
    }

    @Test func `an ambassador's codes come with the one shown first`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1, external: "ana", name: "Ana")
        try fixture.person(2)
        let own = CodeText(ownCodeOf: QueryFixture.person(1).raw).text
        try fixture.code(1, own, ownPerson: 1)
        try fixture.code(2, "LATER", registrant: 1, written: "later", at: 20)
        try fixture.code(3, "FIRST", registrant: 1, written: "First", at: 10)
        try fixture.ambassador(1, code: "First", brought: 3, reach: 4, depth: 2)
        try fixture.tally(1, paid: 9, refunded: 2, creditedPledges: 6)
        let details = try #require(try fixture.read { try Self.credit.details(of: 1, $0) })
        #expect(details.codes == ["First", "later", own])
        #expect(details.row.code == "First" && details.row.displayName == "Ana")
        #expect([details.row.brought, details.row.reach, details.row.depth] == [3, 4, 2])
        #expect(details.row.creditedMinor == 7 && details.row.creditedPledges == 6)
        #expect(try fixture.read { try Self.credit.details(of: 2, $0) } == nil)
    }

    @Test func `a code prints as its owner registered it, and an own one in normal form`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1)
        try fixture.person(2)
        try fixture.code(1, "ANA", registrant: 1, written: "a_na", at: 7)
        // Somebody registered what is the own code of another: it stays the other's.
        let own = CodeText(ownCodeOf: QueryFixture.person(2).raw)
        try fixture.code(2, own.text, registrant: 1, written: own.text.lowercased(), ownPerson: 2, at: 8)
        try fixture.code(3, "NOBODY")
        func code(_ text: String) throws -> CodeQuery.Row? {
            let code = try #require(CodeText(text))
            return try fixture.read { try CodeQuery(pseudonyms: QueryFixture.pseudonyms).details(of: code, $0) }
        }
        let registered = try #require(try code("A-N-A"))
        #expect(registered.code == "a_na" && !registered.isOwn && registered.registeredAt == 7)
        let derived = try #require(try code(own.text))
        #expect(derived.code == own.text && derived.isOwn && derived.registeredAt == nil)
        #expect(derived.ambassador.id == QueryFixture.person(2))
        #expect(try code("NOBODY") == nil)
    }

    @Test func `a pledge alone is as in the list`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1, external: "ana")
        try fixture.person(2, external: "ben")
        try fixture.code(1, "ANA", registrant: 1, written: "Ana")
        try fixture.pledge(
            5, backer: 2, at: 3, amount: 500, code: 1, paid: 500, refunded: 100, state: .paid, firstTouch: 1,
            external: "D-5")
        let row = try #require(try fixture.read { try PledgeQuery().row(of: 5, $0) })
        #expect(row.pledge.text == "D-5" && row.pledge.printedID == QueryFixture.pledge(5).hex)
        #expect(row.backer?.text == "ben" && row.code == "Ana" && row.status == "paid" && row.exponent == 2)
        #expect([row.amountMinor, row.paidMinor, row.refundedMinor, row.pledgedAt] == [500, 500, 100, 3])
        #expect(row.ambassador(by: .firstTouch)?.text == "ana" && row.ambassador(by: .lastTouch) == nil)
        #expect(try fixture.read { try PledgeQuery().row(of: 6, $0) } == nil)
    }

    @Test func `an anonymous pledge that nobody described has neither backer nor code`() throws {
        let fixture = try QueryFixture()
        try fixture.pledge(1, amount: 0)
        let row = try #require(try fixture.read { try PledgeQuery().row(of: 1, $0) })
        #expect(row.backer == nil && row.code == nil && row.pledgedAt == 0 && row.status == "pledged")
    }

    @Test func `who has no qualifying payment is a prospect, where there is such an amount`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1, joinedAt: 0)
        try fixture.person(2, joinedAt: 0)
        try fixture.execute("UPDATE state_people SET qualifying = 1 WHERE number = 2", [])
        func prospects(_ query: BackerQuery) throws -> [Bool?] {
            try [1, 2].map { number in try fixture.read { try query.details(of: number, $0)?.row.isProspect } }
        }
        #expect(try prospects(BackerQuery(hasQualifyingAmount: true)) == [true, false])
        #expect(try prospects(BackerQuery()) == [false, false])
    }
}
