import AuthorLog
import Community
import GRDB
import Identity
import Testing

@testable import Storage

/// Two stewards register one code while they cannot hear each other.
struct LostCodeTests {
    private func ingest(_ runs: [[UInt8]], into store: ReplicaStore) async throws {
        var waiting = runs
        for _ in 0..<50 where !waiting.isEmpty {
            let arrivals = waiting.enumerated().map { Arrival(source: UInt64($0.offset), part: $0.element) }
            let (answers, _) = try await store.take(arrivals, wallMilliseconds: ReplicaFixture.wall)
            waiting = zip(waiting, answers).filter {
                if case .doesNotContinue = $0.1 { true } else { false }
            }.map(\.0)
        }
        #expect(waiting.isEmpty)
    }

    private func registration(
        _ code: String, of person: PersonID, at: UInt64? = nil, in fixture: ReplicaFixture
    ) -> Operation {
        var record = Record()
        record.person = person
        record.registration = Record.Registration(written: code, at: at.map { Int64($0) })
        return Operation(publicPart: record.encoded(currency: fixture.currency))
    }

    @Test func `the same owner everywhere, and everybody else is told by whom they were beaten`() async throws {
        let fixture = try ReplicaFixture()
        let people = ["ann", "ben", "cy"].map { fixture.pseudonyms.person(source: "import", externalID: $0) }
        let start = ReplicaFixture.start
        try fixture.write(
            [registration("Sunny", of: people[0], in: fixture)], author: 1, wallMilliseconds: start + 300_000)
        try fixture.write(
            [registration("SUN-NY", of: people[1], in: fixture)], author: 2, wallMilliseconds: start + 240_000)
        try fixture.write(
            [registration("sunny", of: people[2], in: fixture)], author: 0, wallMilliseconds: start + 360_000)
        let code = try #require(CodeText("sunny"))
        for (name, runs) in [("a", fixture.runs), ("b", Array(fixture.runs.reversed()))] {
            let store = try fixture.store(name)
            try await ingest(runs, into: store)
            let row = try #require(try await store.code(code))
            #expect(row.ambassador.id == people[1] && row.code == "SUN-NY")
            #expect(row.overtaken.map(\.registrant.id) == [people[0], people[2]])
            #expect(row.overtaken.map(\.written) == ["Sunny", "sunny"])
            #expect(row.overtaken.allSatisfy { $0.owner.id == people[1] && !$0.isOwn })
            #expect(try await store.codes(PageRequest(limit: 9)).rows.map(\.overtaken.count) == [2])
            for (author, loser) in [(1, people[0]), (0, people[2])] {
                let member = fixture.authors[author].state.log.member
                let open = try await store.lostCodes(.open(writtenBy: member))
                #expect(open.map(\.registrant.id) == [loser])
                #expect(open.map(\.author.member) == [member])
            }
            #expect(try await store.lostCodes(.open(writtenBy: fixture.authors[2].state.log.member)) == [])
            #expect(try await store.verify(against: HomeFacts()).problems == [])
            try await store.rebuild()
            #expect(try await store.code(code) == row)
            try store.close()
        }
        // Ann is given another code: her steward has nothing left to do; Cy's has.
        try fixture.write(
            [registration("Moony", of: people[0], in: fixture)], author: 2, wallMilliseconds: start + 400_000)
        let store = try fixture.store("c")
        try await ingest(fixture.runs, into: store)
        #expect(try await store.lostCodes(.open(writtenBy: fixture.authors[1].state.log.member)) == [])
        #expect(try await store.lostCodes(.open(writtenBy: fixture.authors[0].state.log.member)).count == 1)
        guard case .found(let ann) = try await store.resolvePerson(people[0].hex) else {
            Issue.record("nobody is Ann")
            return
        }
        #expect(try await store.lostCodes(.person(ann.number)).map(\.written) == ["Sunny"])
        try store.close()
    }

    /// The first to register a person's own code for somebody else loses it when that person becomes an ambassador.
    @Test func `who is beaten by an own code is told so`() async throws {
        let fixture = try ReplicaFixture()
        let (ann, ben) = (QueryFixture.person(1), QueryFixture.person(2))
        let own = CodeText(ownCodeOf: ann.raw)
        try fixture.write([registration(own.text, of: ben, in: fixture)], author: 1)
        var record = Record()
        record.person = ann
        record.ownCode = true
        try fixture.write([Operation(publicPart: record.encoded(currency: fixture.currency))], author: 0)
        let store = try fixture.store("a")
        try await ingest(fixture.runs, into: store)
        let row = try #require(try await store.code(own))
        #expect(row.ambassador.id == ann && row.isOwn)
        #expect(row.overtaken.map(\.registrant.id) == [ben] && row.overtaken[0].isOwn)
        #expect(try await store.lostCodes(.open(writtenBy: fixture.authors[1].state.log.member)) == row.overtaken)
        try store.close()
    }

    @Test func `registering a code again for its owner is no loss`() async throws {
        let fixture = try ReplicaFixture()
        let ann = QueryFixture.person(1)
        for author in [1, 2] { try fixture.write([registration("Sunny", of: ann, in: fixture)], author: author) }
        let store = try fixture.store("a")
        try await ingest(fixture.runs, into: store)
        let code = try #require(CodeText("sunny"))
        #expect(try await store.code(code)?.overtaken == [])
        for author in [1, 2] {
            #expect(try await store.lostCodes(.open(writtenBy: fixture.authors[author].state.log.member)) == [])
        }
        try store.close()
    }
}
