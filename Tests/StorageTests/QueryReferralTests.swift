import AuthorLog
import Community
import GRDB
import Identity
import Testing

@testable import Storage

struct QueryReferralTests {
    /// Ana (1) brought Ben (2), Cid (3), Dot (4), Eve (5) and Flo (6); Ben brought Gus (7); Cid and Ben tie but for their codes.
    private func family() throws -> QueryFixture {
        let fixture = try QueryFixture()
        for (number, name, winner) in [
            (1, "ana", nil), (2, "ben", 1), (3, "cid", 1), (4, "dot", 1), (5, "eve", 1), (6, "flo", 1), (7, "gus", 2),
            (8, "hal", 3),
        ] as [(Int64, String, Int64?)] {
            try fixture.person(number, joinedAt: 0, winner: winner, external: name)
        }
        try fixture.code(1, "ANA", registrant: 1, written: "Ana")
        try fixture.code(2, "ANA2", registrant: 1, written: "ana-2")
        try fixture.code(3, "BEN", registrant: 2, written: "ben")
        try fixture.code(4, "CID", registrant: 3, written: "CID")
        try fixture.code(5, "DOT", registrant: 4, written: "Dot")
        try fixture.ambassador(1, code: "Ana", brought: 5, reach: 7, depth: 2)
        try fixture.ambassador(2, code: "ben", brought: 1, reach: 1, depth: 1)
        try fixture.ambassador(3, code: "CID", brought: 1, reach: 1, depth: 1)
        try fixture.ambassador(4, code: "Dot")
        for (position, person) in (2...6).enumerated() {
            try fixture.claim(Int64(person), code: person % 2 == 0 ? 1 : 2, position: Int64(position))
        }
        for person in 2...6 as ClosedRange<Int64> { try fixture.wins(person, position: person - 2) }
        try fixture.wins(7, position: 10)
        try fixture.wins(8, position: 11)
        // A second claim on Ana's other code brings nobody twice; a lost one brings nobody.
        try fixture.claim(2, code: 2, at: 5, position: 20)
        try fixture.claim(7, code: 3, position: 10)
        try fixture.claim(8, code: 4, position: 11)
        try fixture.claim(8, code: 1, at: 9, position: 12)
        return fixture
    }

    private func tree(_ fixture: QueryFixture, of person: Int64, depth: Int) throws -> ReferralTreeQuery.Node? {
        try fixture.read { try ReferralTreeQuery(person: person, depth: depth, page: PageRequest(limit: 100)).run($0) }
    }

    private func outline(_ node: ReferralTreeQuery.Node) -> String {
        let below = node.children.map(outline).joined(separator: " ")
        return node.person.text + (below.isEmpty ? "" : "(\(below))")
    }

    // MARK: Tree

    @Test func `children come by reach, then brought, then code, and last those without a code by id`() throws {
        let answer = try #require(try tree(family(), of: 1, depth: 3))
        let byID = [(QueryFixture.person(5), "eve"), (QueryFixture.person(6), "flo")].sorted { $0.0 < $1.0 }.map(\.1)
        #expect(outline(answer) == "ana(cid(hal) ben(gus) dot \(byID[0]) \(byID[1]))")
        #expect(answer.leftOut == 0 && answer.next == nil)
        #expect(answer.code == "Ana")
        #expect([answer.brought, answer.reach, answer.depth] == [5, 7, 2])
        #expect(answer.children.map(\.code) == ["CID", "ben", "Dot", nil, nil])
    }

    @Test func `depth limits the generations shown and not the figures`() throws {
        let fixture = try family()
        let none = try #require(try tree(fixture, of: 1, depth: 0))
        #expect(none.children == [] && none.depth == 2 && none.leftOut == 5 && none.next == nil)
        let one = try #require(try tree(fixture, of: 1, depth: 1))
        #expect(one.children.count == 5)
        #expect(one.children.flatMap(\.children) == [])
    }

    @Test func `somebody without a code is a tree of one`() throws {
        let answer = try #require(try tree(family(), of: 7, depth: 3))
        #expect(answer.person.text == "gus" && answer.code == nil && answer.children == [])
        #expect(try tree(family(), of: 99, depth: 3) == nil)
    }

    /// Ana brought Ben, Ben brought Cid, Cid brought Ana: cut where Ana was brought.
    private func cycle() throws -> QueryFixture {
        let fixture = try QueryFixture()
        for (person, winner, name) in [(1, 3, "ana"), (2, 1, "ben"), (3, 2, "cid")] as [(Int64, Int64, String)] {
            try fixture.person(person, winner: winner, external: name)
            try fixture.code(person, name, registrant: person)
            try fixture.claim(person, code: winner, position: person)
            try fixture.wins(person, position: person)
            try fixture.ambassador(
                person, code: name, brought: 1, reach: 3 - person, depth: 3 - person, cut: person == 1)
        }
        return fixture
    }

    @Test func `who is cut off a cycle is a root and below nobody`() throws {
        let fixture = try cycle()
        #expect(outline(try #require(try tree(fixture, of: 1, depth: 64))) == "ana(ben(cid))")
        let cid = try #require(try tree(fixture, of: 3, depth: 64))
        #expect(outline(cid) == "cid" && cid.brought == 1 && cid.leftOut == 0)
    }

    // MARK: Path

    private func path(_ fixture: QueryFixture, of person: Int64) throws -> ReferralPathQuery.Answer? {
        try fixture.read { try ReferralPathQuery(person: person).run($0) }
    }

    @Test func `a path climbs from a person to whoever nobody brought`() throws {
        let answer = try #require(try path(family(), of: 7))
        #expect(answer.path.map(\.person.text) == ["gus", "ben", "ana"])
        #expect(!answer.endsAtCut)
        #expect(try path(family(), of: 1)?.path.map(\.person.text) == ["ana"])
        #expect(try path(family(), of: 99) == nil)
    }

    @Test func `a path ends where a cycle is cut`() throws {
        let answer = try #require(try path(cycle(), of: 3))
        #expect(answer.path.map(\.person.text) == ["cid", "ben", "ana"])
        #expect(answer.endsAtCut)
    }

    @Test func `a cycle that nobody cut is damage, not an endless path`() throws {
        let fixture = try cycle()
        try fixture.execute("UPDATE state_ambassadors SET cut = 0", [])
        #expect(throws: StorageError.self) { try path(fixture, of: 3) }
    }

    // MARK: Claims

    /// Of Ben (2): unknown, own, the winner, a later one by another author, and one of a later period.
    private func rivals() throws -> QueryFixture {
        let fixture = try QueryFixture()
        try fixture.person(1, external: "ana")
        try fixture.person(2, winner: 1, external: "ben")
        try fixture.code(1, "ANA", registrant: 1, written: "Ana")
        try fixture.code(2, "BEN", registrant: 2)
        try fixture.code(3, "NOBODY")
        try fixture.claim(2, code: 1, at: 30, period: 2, log: 1, position: 1)
        try fixture.claim(2, code: 1, at: 90, period: 1, log: 1, position: 2, imported: true)
        try fixture.claim(2, code: 1, at: 90, period: 1, log: 2, position: 9)
        try fixture.claim(2, code: 2, at: 80, log: 1, position: 4)
        try fixture.claim(2, code: 3, at: 70, log: 1, position: 5)
        return fixture
    }

    private func claims(
        _ fixture: QueryFixture, after: String? = nil, limit: Int = 100
    ) throws -> ListPage<ReferralListQuery.Row> {
        let query = ReferralListQuery(person: 2, page: PageRequest(after: after, limit: limit))
        return try fixture.read { try query.run($0) }
    }

    @Test func `claims come by place, and each says why it wins or does not`() throws {
        let rows = try claims(rivals()).rows
        #expect(rows.map(\.verdict) == [.unknownCode, .ownCode, .wins, .later(.member), .later(.period)])
        #expect(rows.map(\.code) == ["NOBODY", "BEN", "Ana", "Ana", "Ana"])
        #expect(rows.map { $0.ambassador?.text } == [nil, "ben", "ana", "ana", "ana"])
        #expect(rows.map(\.at) == [70, 80, 90, 90, 30])
        // The second log's member key is lower: of equal times his claim stands first.
        #expect(rows[2].author == QueryFixture.member(2) && rows[3].author == QueryFixture.member(1))
        #expect(rows.map(\.position) == [5, 4, 9, 2, 1])
        #expect(rows.map(\.isImported) == [false, false, false, true, false])
        #expect(rows.map(\.counts) == [false, false, true, true, true])
    }

    @Test(arguments: 1...6) func `pages of claims make up the whole list`(_ limit: Int) throws {
        let fixture = try rivals()
        var rows: [ReferralListQuery.Row] = []
        var after: String?
        repeat {
            let page = try claims(fixture, after: after, limit: limit)
            #expect(page.rows.count <= limit)
            rows += page.rows
            after = page.next
        } while after != nil
        #expect(try rows == claims(fixture).rows)
    }

    @Test(arguments: ["", "x", "00", String(repeating: "f", count: 126)])
    func `a cursor that no page gave is refused`(_ cursor: String) throws {
        #expect(throws: QueryError.notACursor(cursor)) { try claims(rivals(), after: cursor) }
    }
}
