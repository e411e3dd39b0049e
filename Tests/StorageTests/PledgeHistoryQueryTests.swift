import AuthorLog
import Community
import GRDB
import Identity
import Testing

@testable import Storage

struct PledgeHistoryQueryTests {
    private func deliver(_ fixture: ReplicaFixture, _ runs: some Sequence<[UInt8]>, to store: ReplicaStore) async throws
    {
        var waiting = Array(runs)
        while !waiting.isEmpty {
            var late: [[UInt8]] = []
            for run in waiting {
                let arrival = Arrival(source: 1, part: run)
                let outcomes = try await store.take([arrival], wallMilliseconds: ReplicaFixture.wall).outcomes
                if case .doesNotContinue = outcomes[0] { late.append(run) }
            }
            guard late.count < waiting.count else { break }
            waiting = late
        }
        #expect(waiting.isEmpty)
    }

    /// A pledge of 5.00 paid by import, that a second steward makes one of 7.00, and a third one whose payment is taken back.
    private func fixture() throws -> ReplicaFixture {
        let fixture = try ReplicaFixture()
        for number in 0..<40 { try fixture.write([try fixture.pledge(number, minor: 500)], author: number % 3) }
        let id = fixture.pseudonyms.pledge(source: "import", externalID: "p7")
        var change = Record()
        change.pledge = Record.Pledge(id: id)
        change.pledge?.amount = Amount(minor: 700, currency: fixture.currency)
        var void = Record()
        void.moneyPledge = id
        void.money = [Record.MoneyFact(kind: .confirm, isVoid: true)]
        for (author, record) in [(1, change), (2, void)] {
            try fixture.write(
                [Operation(publicPart: record.encoded(currency: fixture.currency))], author: author,
                wallMilliseconds: ReplicaFixture.start + 180_000 * UInt64(author))
        }
        return fixture
    }

    private func history(_ store: ReplicaStore, _ name: String = "p7") async throws -> PledgeHistoryQuery.Answer? {
        guard case .found(let pledge) = try await store.resolvePledge(name) else { return nil }
        return try await store.pledge(pledge.number)?.history
    }

    @Test func `the history is read from the log, whatever came first`() async throws {
        let fixture = try fixture()
        var answers: Set<PledgeHistoryQuery.Answer> = []
        for (name, runs) in [("a", fixture.runs), ("b", fixture.runs.reversed())] {
            let store = try fixture.store(name)
            try await deliver(fixture, runs, to: store)
            let answer = try #require(try await history(store))
            answers.insert(answer)
            #expect(answer.rows.map(\.standing) == [.counts, .counts, .overtaken, .overtaken, .counts, .void])
            #expect(Set(answer.rows.map(\.author.member)).count == 2)
            let amounts = answer.rows.compactMap { row -> PledgeHistory.Value? in
                if case .register(.amount, _, let value) = row.change { value } else { nil }
            }
            let (five, seven) = (
                Amount(minor: 500, currency: fixture.currency), Amount(minor: 700, currency: fixture.currency)
            )
            #expect(amounts == [five, seven].compactMap(\.self).map { .amount($0) })
            #expect(answer.people.values.map(\.text) == ["b0"])
            #expect(answer.rows.last?.at == Int64(ReplicaFixture.start) + 360_000)
            #expect(!answer.isTruncated)
            #expect(try await store.verify().isClean)
            try store.close()
        }
        #expect(answers.count == 1)
    }

    @Test func `what nobody changed costs no row, and a rebuild notes the same`() async throws {
        let fixture = try fixture()
        let store = try fixture.store("a")
        try await deliver(fixture, fixture.runs, to: store)
        let count = { try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM state_overtaken") } }
        // The import's record of p7: its amount, and its payment.
        #expect(try await count() == 1)
        let before = try await history(store)
        try await store.rebuild()
        #expect(try await count() == 1)
        #expect(try await history(store) == before)
        try store.close()
    }

    @Test func `a state of another shape is folded anew at the start, and once only`() async throws {
        let fixture = try fixture()
        let store = try fixture.store("a")
        try await deliver(fixture, fixture.runs, to: store)
        let (digest, before, totals) = (
            try await store.stateDigest().state, try await history(store), try await store.totals()
        )
        try await store.pool.write { database in
            // As an earlier version left it.
            try database.execute(sql: "DROP TABLE state_overtaken; DELETE FROM node WHERE key = 'state_version'")
            try database.execute(
                sql: "DROP TABLE state_pledges; CREATE TABLE state_pledges (number INTEGER PRIMARY KEY)")
        }
        try store.close()
        let again = try fixture.store("a")
        #expect(try await again.stateDigest().state == digest)
        #expect(try await again.totals() == totals)
        #expect(try await history(again) == before)
        #expect(try await again.verify().isClean)
        try await again.pool.write { try $0.execute(sql: "DELETE FROM state_overtaken") }
        try again.close()
        let third = try fixture.store("a")
        let left = try await third.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM state_overtaken") }
        #expect(left == 0)
        #expect(try await third.verify().problems.contains { $0.hasPrefix("overtaken write") })
        try third.close()
    }

    @Test func `a pledge that somebody writes without end is cut to the latest`() async throws {
        let fixture = try ReplicaFixture()
        let id = fixture.pseudonyms.pledge(source: "import", externalID: "p1")
        let count = QueryLimits.historyOperations + 5
        let changes = (1...count).map { minor in
            var record = Record()
            record.pledge = Record.Pledge(id: id)
            record.pledge?.amount = Amount(minor: Int64(minor), currency: fixture.currency)
            return Operation(publicPart: record.encoded(currency: fixture.currency))
        }
        try fixture.write(changes, author: 0)
        let store = try fixture.store("a")
        try await deliver(fixture, fixture.runs, to: store)
        let answer = try #require(try await history(store, id.hex))
        #expect(answer.isTruncated && answer.rows.count == QueryLimits.historyOperations)
        #expect(answer.rows.last?.standing == .counts)
        #expect(answer.rows.dropLast().allSatisfy { $0.standing == .overtaken })
        try store.close()
    }
}
