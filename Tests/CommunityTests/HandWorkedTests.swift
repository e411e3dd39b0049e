import AuthorLog
import Community
import Foundation
import Identity
import Testing

/// Tests/Fixtures/hand-worked: figures that were worked out on paper; its README.md says how.
@Suite struct HandWorkedTests {
    struct Expected: Decodable {
        struct Money: Decodable, Equatable {
            let pledged_minor, paid_minor, refunded_minor, cancelled_minor: Int
        }
        struct Row: Decodable, Equatable {
            let ambassador, code: String
            let brought, reach, depth: Int
            let first_touch_minor, first_touch_pledges, last_touch_minor, last_touch_pledges: Int
        }
        struct Other: Decodable {
            let ambassador, currency: String
            let first_touch_minor, last_touch_minor: Int
        }
        struct Share: Decodable, Equatable {
            let pledges, pledged_minor, paid_minor, refunded_minor: Int
        }
        let kept: [String: [Int]]
        /// By attribution, share and currency.
        let shares: [String: [String: [String: Share]]]
        let currency: String
        let backers, ambassadors, attributed_backers, pledges, anonymous_pledges: Int
        let total_minor, largest_pledge_minor: Int
        let totals: [String: Money]
        let cycle_cut_at: [String]
        let brought_by: [String: String]
        let leaderboard: [Row]
        let other_currencies: [Other]
    }

    private static let folder = Files.fixtures.appending(path: "hand-worked")
    private static let names = [
        "ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ian", "joe", "kim", "lou", "mia", "ned", "oli",
    ]

    @Test(
        arguments: [
            ["ambassadors", "backers", "pledges", "ambassadors-2", "backers-2", "pledges-2"],
            ["pledges", "pledges-2", "backers", "backers-2", "ambassadors", "ambassadors-2"],
            ["pledges", "backers", "ambassadors", "ambassadors-2", "pledges-2", "backers-2"],
        ], [1, 3, 1_000])
    func `the figures are those worked out by hand, whatever file comes first`(files: [String], batch: Int) throws {
        let rules = try FoldRules.test(created: 1_750_000_000_000)
        var rows = ImportedRows(rules: rules, log: .test(1))
        for file in files {
            let data = try Data(contentsOf: Self.folder.appending(path: "\(file).csv"))
            try rows.add(data, kind: String(file.prefix { $0 != "-" }))
        }
        var node = TestNode(rules: rules, logs: [.test(1)])
        var rest = rows.acts[...]
        while !rest.isEmpty {
            try node.apply(Array(rest.prefix(batch)))
            rest = rest.dropFirst(batch)
        }
        #expect(node.natural == ReferenceFold(rows.acts, rules: rules).natural)
        let expected = try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: Self.folder.appending(path: "expected.json")))
        try check(node.store, against: expected, rules: rules)
    }

    private func check(_ store: MemoryStore, against expected: Expected, rules: FoldRules) throws {
        #expect(store.skipped.isEmpty)
        let totals = store.totals
        #expect(Int(totals.backers) == expected.backers)
        #expect(Int(totals.ambassadors) == expected.ambassadors)
        #expect(Int(totals.attributedBackers) == expected.attributed_backers)
        #expect(Int(totals.pledges) == expected.pledges)
        #expect(Int(totals.anonymousPledges) == expected.anonymous_pledges)
        let money = totals.money.filter { $0.value != Totals.Money() }.map { currency, money in
            (
                currency.code,
                Expected.Money(
                    pledged_minor: Int(money.pledged), paid_minor: Int(money.paid), refunded_minor: Int(money.refunded),
                    cancelled_minor: Int(money.cancelled))
            )
        }
        #expect(Dictionary(uniqueKeysWithValues: money) == expected.totals)
        let kept = totals.money.filter { $0.value.pledged > 0 }.map {
            ($0.key.code, [Int($0.value.paid - $0.value.refunded), Int($0.value.pledged)])
        }
        #expect(Dictionary(uniqueKeysWithValues: kept) == expected.kept)
        var shares: [String: [String: [String: Expected.Share]]] = [:]
        for (key, tally) in totals.shares {
            let rule = key.attribution == .firstTouch ? "first_touch" : "last_touch"
            shares[rule, default: [:]]["\(key.share)", default: [:]][key.currency.code] = Expected.Share(
                pledges: Int(tally.pledges), pledged_minor: Int(tally.pledged), paid_minor: Int(tally.paid),
                refunded_minor: Int(tally.refunded))
        }
        #expect(shares == expected.shares)
        let base = try #require(Currency(expected.currency))
        #expect(totals.money[base].map { Int($0.paid) } == expected.total_minor)
        let inBase = store.pledges.values.map(\.amount).filter { $0.currency == base }
        #expect(inBase.map { Int($0.minor) }.max() == expected.largest_pledge_minor)

        var nameOf: [PersonNumber: String] = [:]
        for name in Self.names {
            let row = try #require(store.person(ImportedRows.person(name, rules: rules)))
            nameOf[row.number] = name
        }
        #expect(nameOf.count == store.people.count)
        var broughtBy: [String: String] = [:]
        for row in store.people.values {
            if let winner = row.winner, let name = nameOf[row.number] { broughtBy[name] = nameOf[winner] }
        }
        #expect(broughtBy == expected.brought_by)
        #expect(store.ambassadors.values.filter(\.isCut).map { nameOf[$0.person] } == expected.cycle_cut_at)
        try checkLeaderboard(store, against: expected, nameOf: nameOf)
    }

    private func checkLeaderboard(
        _ store: MemoryStore, against expected: Expected, nameOf: [PersonNumber: String]
    ) throws {
        func tally(_ person: PersonNumber, _ attribution: AttributionKind, _ code: String) throws -> Tally {
            let currency = try #require(Currency(code))
            return store.tallies[TallyKey(person: person, attribution: attribution, currency: currency)] ?? Tally()
        }
        var rows: [Expected.Row] = []
        for row in store.ambassadors.values {
            let first = try tally(row.person, .firstTouch, expected.currency)
            let last = try tally(row.person, .lastTouch, expected.currency)
            rows.append(
                Expected.Row(
                    ambassador: try #require(nameOf[row.person]), code: row.shownCode, brought: Int(row.brought),
                    reach: Int(row.reach), depth: Int(row.depth), first_touch_minor: Int(first.credited),
                    first_touch_pledges: Int(first.creditedPledges), last_touch_minor: Int(last.credited),
                    last_touch_pledges: Int(last.creditedPledges)))
        }
        rows.sort {
            ($1.first_touch_minor, $1.brought, $0.code) < ($0.first_touch_minor, $0.brought, $1.code)
        }
        #expect(rows == expected.leaderboard)
        for other in expected.other_currencies {
            let person = try #require(nameOf.first { $0.value == other.ambassador }).key
            #expect(Int(try tally(person, .firstTouch, other.currency).credited) == other.first_touch_minor)
            #expect(Int(try tally(person, .lastTouch, other.currency).credited) == other.last_touch_minor)
        }
    }
}
