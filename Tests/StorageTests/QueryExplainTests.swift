import AuthorLog
import Community
import GRDB
import Identity
import Testing

@testable import Storage

struct QueryExplainTests {
    private func explain(_ fixture: QueryFixture, _ person: Int64) throws -> ReferralExplainQuery.Answer? {
        try fixture.read {
            try ReferralExplainQuery(person: person, pseudonyms: QueryFixture.pseudonyms).run($0)
        }
    }

    /// Zoe (1) with a claim on her own code, one that nobody owns, and three that count; log 2 has the lower key.
    private func fixture() throws -> QueryFixture {
        let fixture = try QueryFixture()
        try fixture.person(1, joinedAt: 0, winner: 3, external: "zoe")
        try fixture.person(2, external: "ana", name: "Ana")
        try fixture.person(3, external: "ben")
        try fixture.code(1, "ZOE", registrant: 1)
        try fixture.code(2, "ANA", registrant: 2, written: "Ana-1")
        try fixture.code(3, "BEN", registrant: 3)
        try fixture.code(4, "GHOST")
        try fixture.claim(1, code: 1, at: 1, position: 0)
        try fixture.claim(1, code: 4, at: 2, position: 1)
        try fixture.claim(1, code: 2, at: 5, position: 2)
        try fixture.claim(1, code: 3, at: 5, log: 2, position: 3)
        try fixture.claim(1, code: 2, at: 9, position: 4, imported: true)
        return fixture
    }

    @Test func `every claim is listed by place, with its owner, its author and the rule`() throws {
        let answer = try #require(try explain(fixture(), 1))
        #expect(answer.rows.map(\.code) == ["ZOE", "GHOST", "BEN", "Ana-1", "Ana-1"])
        #expect(answer.rows.map { $0.ambassador?.text } == ["zoe", nil, "ben", "ana", "ana"])
        #expect(answer.rows.map(\.ambassadorName) == [nil, nil, nil, "Ana", "Ana"])
        #expect(answer.rows.map(\.verdict) == [.ownCode, .unknownCode, .wins, .later(.member), .later(.time)])
        #expect(answer.rows.map(\.isImported) == [false, false, false, false, true])
        #expect(answer.rows.map(\.author.member) == [1, 1, 2, 1, 1].map { QueryFixture.member($0) })
        #expect(answer.winner == answer.rows[2])
        #expect(!answer.isCut && !answer.isTruncated)
        #expect(try explain(fixture(), 99) == nil)
    }

    @Test func `who has no claim has nothing to explain, and an edge that closes a circle is said to be cut`() throws {
        let fixture = try fixture()
        let none = try #require(try explain(fixture, 2))
        #expect(none.rows == [] && none.winner == nil && !none.isCut)
        try fixture.ambassador(1, code: "ZOE", cut: true)
        #expect(try explain(fixture, 1)?.isCut == true)
    }

    @Test func `in a real record the claim that wins is the fold's, with when and by whom it was written`() async throws
    {
        let fixture = try ReplicaFixture()
        try fixture.write([try fixture.registration("ANN", by: "ann")], author: 0)
        for number in 0..<30 {
            try fixture.write(
                [try fixture.pledge(number, minor: 100, code: number % 3 == 0 ? "ANN" : number % 3 == 1 ? "KIM" : "X")],
                author: number % 3)
        }
        try fixture.write([try fixture.registration("KIM", by: "kim")], author: 2)
        let store = try fixture.store("a")
        for run in fixture.runs {
            _ = try await store.take([Arrival(source: 1, part: run)], wallMilliseconds: ReplicaFixture.wall)
        }
        for number in 0..<7 {
            guard case .found(let person) = try await store.resolvePerson("b\(number)") else {
                Issue.record("b\(number) is missing")
                continue
            }
            let answer = try #require(try await store.explainReferral(of: person.number))
            #expect(answer.winner?.ambassador == (try await store.backer(person.number))?.row.ambassador)
            #expect(answer.winner != nil && answer.rows.allSatisfy(\.isImported))
            #expect(answer.rows.allSatisfy { $0.writtenAt == Int64(ReplicaFixture.start) + 120_000 })
            let authors = Set(fixture.authors.map(\.state.log.member))
            #expect(answer.rows.allSatisfy { authors.contains($0.author.member) })
        }
        try store.close()
    }
}
