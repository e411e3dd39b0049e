import Community
import FoundationEssentials
import GRDB
import Identity
import Synchronization
import Testing

@testable import Storage

/// No answer reads a large table from end to end: every statement that a query runs is explained.
struct QueryPlanTests {
    private func fixture() throws -> QueryFixture {
        let fixture = try QueryFixture()
        for number in 1...40 as ClosedRange<Int64> {
            try fixture.person(
                number, joinedAt: 0, winner: number > 1 ? number / 2 : nil, pledges: 1, external: "p\(number)",
                name: "n", contact: "c")
            try fixture.code(number, "C\(number)", registrant: number)
            try fixture.ambassador(number, code: "C\(number)", brought: number < 20 ? 2 : 0)
            if number > 1 { try fixture.claim(number, code: number / 2, position: number) }
            try fixture.pledge(
                number, backer: number, code: number, firstTouch: 1, lastTouch: 2, external: "d\(number)")
            try fixture.money(number, .confirm, amount: 1)
            try fixture.tally(number, paid: 1)
            try fixture.touch(QueryFixture.person(number).raw)
            try fixture.voice(number, number < 20 ? .post : .feedback, answers: number < 10 ? number + 20 : nil)
        }
        try fixture.bundle(1, position: 0, milliseconds: 1)
        return fixture
    }

    /// Everything that SQLite says about the statements that `body` runs.
    private func plan(
        _ fixture: QueryFixture, _ body: (Database) throws -> Void
    ) throws -> [(sql: String, details: [String])] {
        let statements = Mutex<[String]>([])
        return try fixture.queue.read { database in
            database.trace { event in
                if case .statement(let statement) = event { statements.withLock { $0.append(statement.sql) } }
            }
            try body(database)
            database.trace(nil)
            let run = statements.withLock { Set($0) }.sorted()
            return try run.filter { $0.hasPrefix("SELECT") }.map { sql in
                let explained = try database.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                explained.setUncheckedArguments([])
                return (sql, try Row.fetchAll(explained).map { $0["detail"] })
            }
        }
    }

    /// Tells the planner the shape of these tables, and that they are 10,000 times as long.
    private func analyse(_ database: Database) throws {
        try database.execute(sql: "ANALYZE")
        try database.execute(
            sql: """
                UPDATE sqlite_stat1 SET stat = (CAST(stat AS INTEGER) * 10000) || coalesce(substr(stat, instr(stat, ' ')), '')
                """)
        try database.execute(sql: "ANALYZE sqlite_schema")
    }

    /// - Parameters:
    ///   - isAnalysed: Whether the planner knows how many rows there are.
    ///   - scans: Tables that are small, or the answer themselves, by the name in the statement.
    private func expectNoScan(
        isAnalysed: Bool, except scans: Set<String> = [], _ body: (Database) throws -> Void
    ) throws {
        let fixture = try fixture()
        if isAnalysed { try fixture.queue.write(analyse) }
        let statements = try plan(fixture, body)
        #expect(!statements.isEmpty)
        for (sql, details) in statements {
            for detail in details where detail.hasPrefix("SCAN ") && detail != "SCAN CONSTANT ROW" {
                let table = String(detail.dropFirst(5).prefix { $0 != " " })
                #expect(scans.contains(table), "\(detail) in \(sql)")
            }
            #expect(!details.contains { $0.contains("AUTOMATIC") }, "an index is missing: \(details) in \(sql)")
        }
    }

    private static let lists: [@Sendable (PageRequest, Database) throws -> Void] = [
        { _ = try BackerQuery().list($0, $1) },
        { _ = try PledgeQuery().list($0, $1) },
        { _ = try PledgeQuery(onlyFlagged: true).list($0, $1) },
        { _ = try CodeQuery(pseudonyms: QueryFixture.pseudonyms).list($0, $1) },
        { _ = try credit().list($0, $1) },
        { _ = try BackerExport().run($0, $1) },
        { _ = try AmbassadorExport().run($0, $1) },
        { _ = try PledgeExport().run($0, $1) },
        { _ = try BackerExport(source: "import").run($0, $1) },
        { _ = try PledgeExport(source: "import").run($0, $1) },
    ]

    private static func credit() throws -> AmbassadorQuery {
        AmbassadorQuery(attribution: .firstTouch, currency: try #require(Currency("USD")))
    }

    @Test(arguments: [false, true]) func `lists and exports walk an index that is in order`(_ isAnalysed: Bool) throws {
        let page = PageRequest(limit: 7)
        for list in Self.lists {
            try expectNoScan(isAnalysed: isAnalysed) { try list(page, $0) }
            for (sql, details) in try plan(fixture(), { try list(page, $0) }) where sql.contains("> ?") {
                #expect(!details.contains { $0.contains("TEMP B-TREE") }, "sorted: \(sql)")
            }
        }
    }

    @Test(arguments: [false, true]) func `flagged pledges are found among themselves`(_ isAnalysed: Bool) throws {
        let fixture = try fixture()
        if isAnalysed { try fixture.queue.write(analyse) }
        let statements = try plan(fixture) { _ = try PledgeQuery(onlyFlagged: true).list(PageRequest(limit: 7), $0) }
        #expect(statements.contains { $0.details.contains { $0.contains("state_pledges_flagged") } })
    }

    @Test(arguments: [false, true]) func `what the fold looks up of one person is found by index`(
        _ isAnalysed: Bool
    ) throws {
        try expectNoScan(isAnalysed: isAnalysed) { database in
            _ = try database.unlinks(of: 3)
            _ = try database.suspensions(of: 3)
            _ = try database.winningCode(of: 3)
        }
    }

    @Test(arguments: [false, true]) func `referrals are found by index`(_ isAnalysed: Bool) throws {
        try expectNoScan(isAnalysed: isAnalysed) { _ = try ReferralPathQuery(person: 40).run($0) }
        try expectNoScan(isAnalysed: isAnalysed) {
            _ = try ReferralListQuery(person: 9, page: PageRequest(limit: 5)).run($0)
        }
        try expectNoScan(isAnalysed: isAnalysed) {
            _ = try ReferralExplainQuery(person: 9, pseudonyms: QueryFixture.pseudonyms).run($0)
        }
    }

    @Test(arguments: [false, true]) func `a tree reads the ambassadors, and of the people a part`(
        _ isAnalysed: Bool
    ) throws {
        let fixture = try fixture()
        for number in 101...160 as ClosedRange<Int64> {
            try fixture.person(number, winner: 40)
            try fixture.claim(number, code: 40, position: number)
            try fixture.wins(number, position: number)
        }
        try fixture.ambassador(40, code: "C40", brought: 60, reach: 60, depth: 1)
        if isAnalysed { try fixture.queue.write(analyse) }
        // Children of every third person are found in the order of ids, of few by their claims.
        for isWalk in [true, false] {
            if !isWalk { try fixture.person(100_000) }
            let query = ReferralTreeQuery(person: 40, depth: 2, page: PageRequest(limit: 20))
            let statements = try plan(fixture) { _ = try query.run($0) }
            for (sql, details) in statements {
                let scans = details.filter { $0.hasPrefix("SCAN ") && !$0.hasPrefix("SCAN a") }
                #expect(scans == [] || scans == ["SCAN state_totals"], "\(details) in \(sql)")
                #expect(!details.contains { $0.contains("AUTOMATIC") }, "an index is missing: \(details) in \(sql)")
            }
            let plain = try #require(statements.first { $0.sql.contains("NOT EXISTS") })
            #expect(plain.details.contains { $0.contains("state_claims_by_code") } == !isWalk, "\(plain.details)")
            #expect(plain.details.contains { $0.contains("(person>?)") } == isWalk, "\(plain.details)")
            #expect(plain.details.contains { $0.contains("TEMP B-TREE") } == !isWalk, "\(plain.details)")
        }
    }

    @Test(arguments: [false, true]) func `a leaderboard reads the ambassadors and nothing else whole`(
        _ isAnalysed: Bool
    ) throws {
        let currency = try #require(Currency("USD"))
        try expectNoScan(isAnalysed: isAnalysed, except: ["a"]) {
            let query = LeaderboardQuery(attribution: .lastTouch, by: .credited, currency: currency, limit: 3)
            _ = try query.run($0)
        }
    }

    @Test(arguments: [false, true]) func `the pulse walks each large table once, and sorts none`(
        _ isAnalysed: Bool
    ) throws {
        let currency = try #require(Currency("USD"))
        let query = PulseQuery(base: currency, attribution: .lastTouch, qualifyingMinor: 0)
        try expectNoScan(isAnalysed: isAnalysed, except: ["l", "p", "a", "state_people"]) {
            _ = try query.run($0)
        }
        let statements = try plan(fixture()) { _ = try query.run($0) }
        #expect(statements.count == 5)
        for (sql, details) in statements {
            // Feedback and posts share a table, and an index tells them apart.
            let scans = sql.contains("FROM state_voices v") ? 0 : 1
            #expect(details.count { $0.hasPrefix("SCAN ") } == scans, "\(details) in \(sql)")
            #expect(!details.contains { $0.contains("TEMP B-TREE") }, "sorted: \(sql)")
        }
    }

    @Test(arguments: [false, true]) func `what was said is found by index`(_ isAnalysed: Bool) throws {
        let query = VoiceQuery(pseudonyms: QueryFixture.pseudonyms)
        for direction in [VoiceQuery.Direction.oldestFirst, .newestFirst] {
            for onlyUnanswered in [false, true] {
                let first = try fixture().read {
                    try query.list(.feedback, onlyUnanswered: onlyUnanswered, direction, PageRequest(limit: 3), $0)
                }
                let next: String = try #require(first.next)
                let page = PageRequest(after: next, limit: 3)
                try expectNoScan(isAnalysed: isAnalysed) {
                    _ = try query.list(.feedback, onlyUnanswered: onlyUnanswered, direction, page, $0)
                }
            }
        }
        let id = QueryFixture.voice(25)
        try expectNoScan(isAnalysed: isAnalysed) { _ = try query.find(id.hex, nil, $0) }
        try expectNoScan(isAnalysed: isAnalysed) { _ = try query.answers(to: id, $0) }
    }

    @Test(arguments: [false, true]) func `one person, code or pledge is found by index`(_ isAnalysed: Bool) throws {
        try expectNoScan(isAnalysed: isAnalysed) { _ = try BackerQuery().details(of: 2, $0) }
        try expectNoScan(isAnalysed: isAnalysed) { _ = try Self.credit().details(of: 2, $0) }
        try expectNoScan(isAnalysed: isAnalysed) { _ = try PledgeQuery().row(of: 2, $0) }
        let (charter, rules) = try QueryFixture.community()
        try expectNoScan(isAnalysed: isAnalysed) {
            _ = try PledgeHistoryQuery(pledge: 2, charter: charter, rules: rules).run($0)
        }
        let code = try #require(CodeText("C2"))
        try expectNoScan(isAnalysed: isAnalysed) {
            _ = try CodeQuery(pseudonyms: QueryFixture.pseudonyms).details(of: code, $0)
        }
        let people = PersonResolver(pseudonyms: QueryFixture.pseudonyms)
        for text in ["p7", "C7", "x@y", QueryFixture.person(7).hex] {
            try expectNoScan(isAnalysed: isAnalysed, except: ["detail_sources"]) {
                _ = try people.resolve(text, source: nil, in: $0)
            }
        }
        let pledges = PledgeResolver(pseudonyms: QueryFixture.pseudonyms)
        for text in ["d7", QueryFixture.pledge(7).hex] {
            try expectNoScan(isAnalysed: isAnalysed, except: ["detail_sources"]) {
                _ = try pledges.resolve(text, source: nil, in: $0)
            }
        }
        let statements = try plan(fixture()) { database in
            _ = try people.resolve("p7", source: nil, in: database)
            _ = try pledges.resolve("d7", source: nil, in: database)
        }
        for (index, id) in [("state_people_by_id", "person"), ("state_pledges_by_id", "pledge")] {
            #expect(statements.contains { $0.details.contains { $0.contains("USING INDEX \(index) (\(id)=?)") } })
        }
    }

    @Test(arguments: [false, true]) func `totals, figures and the digest read only what is small or changed`(
        _ isAnalysed: Bool
    ) throws {
        try expectNoScan(isAnalysed: isAnalysed, except: ["state_totals", "state_currencies"]) {
            _ = try TotalsQuery().run($0)
        }
        try expectNoScan(isAnalysed: isAnalysed, except: ["logs"]) { _ = try RecordFigures.read($0) }
        try expectNoScan(isAnalysed: isAnalysed, except: ["state_buckets"]) { _ = try StateDigest.compute($0) }
    }
}
