import Community
import GRDB
import Testing

@testable import Storage

struct QueryTotalsTests {
    private static let beyond = Int128(Int64.max) * 1_000_003

    @Test(arguments: [
        0, 1, -1, Int128(Int64.max), Int128(Int64.max) + 1, Int128(Int64.min), Int128(Int64.min) - 1, .max, .min,
    ])
    func `a sum of any size comes back from the database as it went in`(_ sum: Int128) throws {
        let queue = try DatabaseQueue()
        try queue.write { database in
            try database.execute(sql: "CREATE TABLE sums (sum NOT NULL)")
            try database.execute(sql: "INSERT INTO sums VALUES (?)", arguments: [WideInteger(sum)])
            #expect(try WideInteger.fetchOne(database, sql: "SELECT sum FROM sums") == WideInteger(sum))
            let kind = try String.fetchOne(database, sql: "SELECT typeof(sum) FROM sums")
            #expect(kind == (Int64(exactly: sum) == nil ? "text" : "integer"))
        }
    }

    @Test func `what no sum is stored as is no sum`() {
        for stored in [(1.5).databaseValue, "1.5".databaseValue, "".databaseValue, DatabaseValue.null] {
            #expect(WideInteger.fromDatabaseValue(stored) == nil)
        }
    }

    @Test func `an empty record has totals of zero`() throws {
        #expect(try QueryFixture().read { try TotalsQuery().run($0) } == TotalsQuery.Answer())
    }

    @Test func `totals are exact beyond 64 bits and sorted by currency`() throws {
        let fixture = try QueryFixture()
        try fixture.execute(
            "UPDATE state_totals SET backers = 5, ambassadors = 4, attributed_backers = 3, pledges = 2", [])
        try fixture.execute("UPDATE state_totals SET anonymous_pledges = 1", [])
        for (currency, sum) in [("VND", 7), ("USD", Self.beyond), ("EUR", 0)] {
            try fixture.execute(
                "INSERT INTO state_currencies VALUES (?, ?, ?, 2, 1)",
                [currency, WideInteger(sum), WideInteger(sum - 1)])
        }
        let totals = try fixture.read { try TotalsQuery().run($0) }
        let counts = [
            totals.backers, totals.ambassadors, totals.attributedBackers, totals.pledges, totals.anonymousPledges,
        ]
        #expect(counts == [5, 4, 3, 2, 1])
        #expect(totals.money.map(\.currency) == ["EUR", "USD", "VND"])
        #expect(totals.money.map(\.exponent) == [2, 2, 0])
        #expect(totals.money.map(\.pledgedMinor) == [0, Self.beyond, 7])
        #expect(totals.money.map(\.paidMinor) == [-1, Self.beyond - 1, 6])
        #expect(totals.money.map(\.refundedMinor) == [2, 2, 2])
        #expect(totals.money.map(\.cancelledMinor) == [1, 1, 1])
    }

    @Test func `a currency that only this node once had money in is not listed`() throws {
        let fixture = try QueryFixture()
        try fixture.execute("INSERT INTO state_currencies VALUES ('EUR', 0, 0, 0, 0)", [])
        #expect(try fixture.read { try TotalsQuery().run($0).money } == [])
    }

    @Test func `updates are the sum of the lengths of all logs`() throws {
        let fixture = try QueryFixture()
        try fixture.log(3, length: 40)
        try fixture.log(4, length: 0)
        #expect(try fixture.read { try RecordFigures.read($0) } == RecordFigures(updates: 42, logs: 3))
    }

    @Test func `shares are of the rule that is asked for, and exact`() throws {
        let fixture = try QueryFixture()
        for (attribution, share, currency, pledges, sum) in [
            (AttributionKind.firstTouch, Share.unknown, "USD", 2, Self.beyond), (.firstTouch, .organic, "VND", 1, 7),
            (.lastTouch, .prospect, "USD", 3, 9),
        ] {
            try fixture.execute(
                "INSERT INTO state_shares VALUES (?, ?, ?, ?, ?, ?, 1)",
                [
                    Int64(attribution.rawValue), Int64(share.rawValue), currency, pledges, WideInteger(sum),
                    WideInteger(sum - 1),
                ])
        }
        let first = try fixture.read { try TotalsQuery(by: .firstTouch).run($0).shares }
        #expect(first.map(\.share) == [.organic, .unknown] && first.map(\.currency) == ["VND", "USD"])
        #expect(first.map(\.pledgedMinor) == [7, Self.beyond] && first.map(\.paidMinor) == [6, Self.beyond - 1])
        #expect(first.map(\.pledges) == [1, 2] && first.map(\.refundedMinor) == [1, 1])
        #expect(try fixture.read { try TotalsQuery(by: .lastTouch).run($0).shares }.map(\.share) == [.prospect])
    }

    @Test func `what a pledge is by both rules is kept in one column`() throws {
        for first in Share.allCases {
            for last in Share.allCases {
                let pair = try Share.pair(stored: Share.stored(first: first, last: last))
                #expect(pair.first == first && pair.last == last)
            }
        }
        for damaged in [-1, 5, 40, 64, 256, Int64.max] {
            #expect(throws: StorageError.self) { try Share.pair(stored: damaged) }
        }
    }
}
