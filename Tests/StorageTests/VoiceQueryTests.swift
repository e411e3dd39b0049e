import AuthorLog
import Community
import Foundation
import GRDB
import Identity
import Testing

@testable import Storage

/// Posts and feedback in a real store, written by three stewards and an observer.
struct VoiceQueryTests {
    private func operation(_ voice: Voice, _ text: String? = nil) throws -> Operation {
        guard let text else { return Operation(publicPart: voice.encoded) }
        let salt = try #require(Bytes16([UInt8](repeating: 4, count: 16)))
        return Operation(
            publicPart: voice.encoded, privatePart: .held(salt: salt, bytes: VoicePrivate(text: text).encoded))
    }

    @discardableResult
    private func say(
        _ voice: Voice, _ text: String? = nil, by author: Int, after minutes: UInt64, in fixture: ReplicaFixture
    ) throws -> VoiceID {
        let bundle = try fixture.write(
            [try operation(voice, text)], author: author,
            wallMilliseconds: ReplicaFixture.start + 120_000 + minutes * 60_000)
        return VoiceID(log: bundle.header.log, position: bundle.header.position)
    }

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

    @Test func `what was said is listed in the total order, whatever the order of arrival`() async throws {
        let fixture = try ReplicaFixture()
        let observer = try fixture.addMember(.observer)
        let backer = fixture.pseudonyms.person(source: "import", externalID: "b1")
        try fixture.write([try fixture.pledge(1, minor: 500)], author: 0)
        let first = try say(Voice(.feedback, mood: -2), "Too slow.\nTwice.", by: observer, after: 1, in: fixture)
        let second = try say(Voice(.feedback, person: backer, mood: 1), by: 1, after: 2, in: fixture)
        let announcement = try say(Voice(.post), "We know.", by: 2, after: 3, in: fixture)
        let late = try say(Voice(.post, answers: first), "Fixed.", by: 1, after: 5, in: fixture)
        let reply = try say(Voice(.post, answers: first), "We are at it.", by: 0, after: 4, in: fixture)
        // Not permitted: nobody sees it, and it answers nothing.
        try say(Voice(.post, answers: second), "I answer!", by: observer, after: 6, in: fixture)
        let question = try say(Voice(.feedback, answers: announcement), "Who?", by: 0, after: 7, in: fixture)
        var digests: [Hash256] = []
        for name in ["a", "b"] {
            let store = try fixture.store(name)
            try await ingest(name == "a" ? fixture.runs : fixture.runs.reversed(), into: store)
            let page = PageRequest(limit: 100)
            let feedback = try await store.feedback(page, .oldestFirst, onlyUnanswered: false).rows
            #expect(feedback.map(\.id) == [first, second, question])
            #expect(feedback.map(\.mood) == [-2, 1, nil])
            #expect(feedback.map(\.text) == ["Too slow.\nTwice.", nil, "Who?"])
            #expect(feedback[1].speaker.text == "b1")
            #expect(feedback[1].author.member != feedback[0].author.member)
            #expect(feedback[2].answers == announcement)
            // The first answer, not the first to arrive.
            let answeredAt = ReplicaFixture.start + 120_000 + 4 * 60_000
            #expect(feedback.map { $0.answeredAt.map(UInt64.init) } == [answeredAt, nil, nil])
            #expect(
                try await store.feedback(page, .newestFirst, onlyUnanswered: true).rows.map(\.id) == [question, second])
            let posts = try await store.posts(page, .oldestFirst).rows
            #expect(posts.map(\.id) == [announcement, reply, late])
            #expect(posts.map(\.answers) == [nil, first, first])
            #expect(try await store.answers(to: first).map(\.id) == [reply, late])
            #expect(try await store.answers(to: second) == [])
            digests.append(try await store.stateDigest().state)
            #expect(try await store.verify(against: HomeFacts()).problems == [])
            try await store.pool.writeWithoutTransaction { database in
                try database.execute(sql: "UPDATE state_voices SET mood = 2 WHERE mood = -2")
                try database.execute(sql: "UPDATE detail_voices SET text = 'Fine.' WHERE text = 'Who?'")
            }
            let problems = try await store.verify(against: HomeFacts()).problems
            #expect(problems.count { $0.hasPrefix("voice ") && $0.contains("mood") } == 1)
            #expect(problems.count { $0.hasPrefix("words ") && $0.contains("Fine.") } == 1)
            try await store.rebuild()
            #expect(try await store.feedback(page, .oldestFirst, onlyUnanswered: false).rows == feedback)
            digests.append(try await store.stateDigest().state)
            try store.close()
        }
        #expect(Set(digests).count == 1)
    }

    @Test func `pages go on where they ended, in both directions`() async throws {
        let fixture = try ReplicaFixture()
        var said: [VoiceID] = []
        for number in 0..<7 as Range<UInt64> {
            // Three stewards within a minute each: ties of time are broken by key.
            said.append(try say(Voice(.post), "\(number)", by: Int(number % 3), after: number / 3, in: fixture))
        }
        let store = try fixture.store("a")
        try await ingest(fixture.runs, into: store)
        let all = try await store.posts(PageRequest(limit: 100), .oldestFirst).rows.map(\.id)
        #expect(Set(all) == Set(said) && all.count == 7)
        for (direction, expected) in [(VoiceQuery.Direction.oldestFirst, all), (.newestFirst, all.reversed())] {
            var found: [VoiceID] = []
            var next: String?
            repeat {
                let page = try await store.posts(PageRequest(after: next, limit: 2), direction)
                found += page.rows.map(\.id)
                next = page.next
            } while next != nil
            #expect(found == expected)
        }
        await #expect(throws: QueryError.self) {
            try await store.posts(PageRequest(after: "00", limit: 2), .oldestFirst)
        }
        try store.close()
    }

    @Test func `an id is found by its first digits, where no other begins so`() async throws {
        let fixture = try ReplicaFixture()
        let post = try say(Voice(.post), "Hello", by: 0, after: 0, in: fixture)
        let store = try fixture.store("a")
        try await ingest(fixture.runs, into: store)
        for count in [6, 7, 12, 31, 32] {
            for reference in [String(post.hex.prefix(count)), post.hex.prefix(count).uppercased()] {
                guard case .one(let row) = try await store.voice(reference, .post) else {
                    Issue.record("\(reference) is not found")
                    continue
                }
                #expect(row.id == post && row.text == "Hello")
            }
        }
        for reference in ["", String(post.hex.prefix(5)), post.hex + "0", "zzzzzz", "ÿÿÿÿÿÿ", "'; DROP TABLE logs"] {
            #expect(try await store.voice(reference, nil) == .none)
        }
        #expect(try await store.voice(post.hex, .feedback) == .none)
        try store.close()
        let several = try QueryFixture()
        for position in 0..<2 as Range<Int64> {
            let id = [UInt8](repeating: 0xAB, count: 15) + [UInt8(position)]
            try several.execute(
                "INSERT INTO state_voices VALUES (1, ?, ?, 33, 0, 0, ?, NULL, NULL)",
                [position, Data(id), QueryFixture.person(1).data])
        }
        let query = VoiceQuery(pseudonyms: QueryFixture.pseudonyms)
        #expect(try several.read { try query.find("abababab", nil, $0) } == .several)
    }
}
