import Community
import GRDB
import Identity
import Testing

@testable import Storage

struct QueryLeaderboardTests {
    private static let currency: Currency = {
        guard let currency = Currency("USD") else { preconditionFailure("USD is a currency") }
        return currency
    }()

    private func board(
        _ fixture: QueryFixture, by score: LeaderboardQuery.Score, _ attribution: AttributionKind = .firstTouch,
        limit: Int = 0
    ) throws -> [LeaderboardQuery.Row] {
        let query = LeaderboardQuery(attribution: attribution, by: score, currency: Self.currency, limit: limit)
        return try fixture.read { try query.run($0) }
    }

    /// Ambassadors with figures that tie in every way.
    private func tied() throws -> QueryFixture {
        let fixture = try QueryFixture()
        let rows: [(person: Int64, code: String, brought: Int64, reach: Int64, credited: Int128)] = [
            (1, "b", 2, 9, 500), (2, "a", 2, 9, 500), (3, "B", 2, 9, 500), (4, "c", 3, 3, 500), (5, "d", 2, 10, 0),
            (6, "e", 9, 9, 501), (7, "f", 0, 0, 0), (8, "Z", 0, 0, 0),
        ]
        for row in rows {
            try fixture.person(row.person, external: "p\(row.person)")
            try fixture.ambassador(row.person, code: row.code, brought: row.brought, reach: row.reach, depth: 1)
            if row.credited > 0 { try fixture.tally(row.person, paid: row.credited + 7, refunded: 7) }
        }
        return fixture
    }

    @Test func `equal credit is ordered by brought, then by the bytes of the code`() throws {
        let rows = try board(tied(), by: .credited)
        #expect(rows.map(\.code) == ["e", "c", "B", "a", "b", "d", "Z", "f"])
        #expect(rows.map(\.rank) == Array(1...8))
        #expect(rows.map(\.creditedMinor) == [501, 500, 500, 500, 500, 0, 0, 0])
        #expect(rows.map(\.creditedPledges) == [1, 1, 1, 1, 1, 0, 0, 0])
        #expect(rows.first?.ambassador.text == "p6")
    }

    @Test func `by brought, ties are ordered by reach, then by the bytes of the code`() throws {
        #expect(try board(tied(), by: .brought).map(\.code) == ["e", "c", "d", "B", "a", "b", "Z", "f"])
    }

    @Test func `by reach, ties are ordered by brought, then by the bytes of the code`() throws {
        #expect(try board(tied(), by: .reach).map(\.code) == ["d", "e", "B", "a", "b", "c", "Z", "f"])
    }

    @Test func `a limit shows the head of the same board, and zero all of it`() throws {
        let fixture = try tied()
        let all = try board(fixture, by: .credited)
        #expect(all.count == 8)
        for limit in 1...9 { #expect(try board(fixture, by: .credited, limit: limit) == Array(all.prefix(limit))) }
    }

    @Test func `credit is of the attribution and the currency asked for`() throws {
        let fixture = try QueryFixture()
        try fixture.person(1)
        try fixture.ambassador(1, code: "a")
        try fixture.tally(1, .firstTouch, paid: 1)
        try fixture.tally(1, .lastTouch, paid: 2)
        try fixture.tally(1, .firstTouch, currency: "EUR", paid: 4)
        #expect(try board(fixture, by: .credited, .firstTouch).map(\.creditedMinor) == [1])
        #expect(try board(fixture, by: .credited, .lastTouch).map(\.creditedMinor) == [2])
        #expect(try board(fixture, by: .credited)[0].ambassador.text == QueryFixture.person(1).hex)
    }

    @Test func `sums beyond 64 bits are exact and ordered as numbers, not as text`() throws {
        let fixture = try QueryFixture()
        let large = Int128(Int64.max) * 10
        let credits: [Int128] = [large, large + 1, large * 10 - 1, 9, Int128(Int64.max)]
        for (index, credit) in credits.enumerated() {
            try fixture.person(Int64(index))
            try fixture.ambassador(Int64(index), code: "c\(index)")
            try fixture.tally(Int64(index), paid: credit + large, refunded: large)
        }
        #expect(try board(fixture, by: .credited).map(\.creditedMinor) == credits.sorted(by: >))
    }
}
