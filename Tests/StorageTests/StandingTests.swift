import AuthorLog
import Community
import Foundation
import GRDB
import Identity
import Testing

@testable import Storage

/// What is cut, forked and chosen: counts and is served no further, and comes back as if it had always been so.
struct StandingTests {
    private static let wall = ReplicaFixture.wall

    private func deliver(_ runs: [[UInt8]], to store: ReplicaStore) async throws {
        var waiting = runs
        for _ in 0..<50 where !waiting.isEmpty {
            var late: [[UInt8]] = []
            for run in waiting {
                let (outcomes, _) = try await store.ingest([Arrival(source: 1, part: run)], wallMilliseconds: Self.wall)
                if case .doesNotContinue = outcomes[0] { late.append(run) }
                if case .offence(let what) = outcomes[0] { Issue.record("an offence: \(what)") }
            }
            waiting = late
        }
        #expect(waiting.isEmpty)
        try await store.settle(wallMilliseconds: Self.wall)
    }

    private func log(_ fixture: ReplicaFixture, _ author: Int) -> LogID { fixture.authors[author].state.log }

    private func row(_ store: ReplicaStore, _ log: LogID) async throws -> FrontierRow? {
        try await store.frontierRows().first { $0.log == log }
    }

    /// An ambassador with three pledges recorded by author 1, a steward, who is cut later.
    private func filled() throws -> ReplicaFixture {
        let fixture = try ReplicaFixture()
        try fixture.write([try fixture.registration("ANN", by: "ann")], author: 0)
        for number in 0..<6 {
            try fixture.write([try fixture.pledge(number, minor: 100)], author: 1 + number % 2)
        }
        return fixture
    }

    private func revocation(of log: LogID, at length: UInt64, head: Hash256) throws -> AuthorLog.Operation {
        Operation(
            try Revocation(
                member: log.member,
                stays: [Revocation.Stay(incarnation: log.incarnation, length: length, head: head)]))
    }

    private func expectSame(_ one: ReplicaStore, _ other: ReplicaStore) async throws {
        #expect(try await one.stateDigest().state == other.stateDigest().state)
        #expect(try await one.totals() == other.totals())
        let rows = try await one.frontierRows().sorted { $0.log < $1.log }
        #expect(try await rows == other.frontierRows().sorted { $0.log < $1.log })
        for store in [one, other] {
            let verification = try await store.verify()
            #expect(verification.isClean, "\(verification.problems)")
        }
    }

    @Test func `a cut hides what lies beyond, whenever it is heard of, and deletes nothing`() async throws {
        let fixture = try filled()
        let log = log(fixture, 1)
        let early = try fixture.store("early")
        try await deliver(fixture.runs, to: early)
        #expect(try await early.totals().pledges == 6)
        // The steward's log: present, then three pledges; one of them stays.
        let served = try await early.end(of: log, near: 2, above: 1, below: 3)
        let kept = try #require(served)
        try fixture.write([try revocation(of: log, at: kept.length, head: kept.head)], author: 0)
        try await deliver(Array(fixture.runs.suffix(1)), to: early)
        #expect(try await row(early, log)?.length == 2)
        #expect(try await early.totals().pledges == 4)
        #expect(try await early.logState(of: log)?.length == 4)

        let late = try fixture.store("late")
        try await deliver(fixture.runs.reversed(), to: late)
        try await expectSame(early, late)
        #expect(try await early.standing()[log.member]?.isRevoked == true)
        for store in [early, late] { try store.close() }
    }

    @Test func `who gets a cut log from somebody gets what stands, and what vouches for its end`() async throws {
        let fixture = try filled()
        let log = log(fixture, 1)
        let full = try fixture.store("full")
        try await deliver(fixture.runs, to: full)
        let kept = try #require(try await full.end(of: log, near: 2, above: 1, below: 3))
        try fixture.write([try revocation(of: log, at: kept.length, head: kept.head)], author: 0)
        try await deliver(Array(fixture.runs.suffix(1)), to: full)

        let other = try fixture.store("other")
        for row in try await full.frontierRows() {
            let served = try await full.run(
                of: row.log, from: 0, head: Hash256(raw: .zero), to: row.length, byteLimit: 1 << 20)
            guard case .part(let bytes, let end, let head) = served else {
                Issue.record("\(served)")
                continue
            }
            #expect(end == row.length && head == row.head)
            let (outcomes, _) = try await other.ingest([Arrival(source: 1, part: bytes)], wallMilliseconds: Self.wall)
            #expect(outcomes == [.appended(operations: Int(row.length))])
        }
        try await other.settle(wallMilliseconds: Self.wall)
        #expect(try await other.logState(of: log)?.length == 2)
        try await expectSame(full, other)
        // Once more from there: a log without a signature at its end is served with what vouches for it.
        let third = try fixture.store("third")
        let served = try await other.run(of: log, from: 0, head: Hash256(raw: .zero), to: 2, byteLimit: 1 << 20)
        guard case .part(let bytes, 2, _) = served else {
            Issue.record("\(served)")
            return
        }
        let (outcomes, _) = try await third.ingest([Arrival(source: 1, part: bytes)], wallMilliseconds: Self.wall)
        #expect(outcomes == [.appended(operations: 2)])
        for store in [full, other, third] { try store.close() }
    }

    @Test func `a later revocation that keeps all brings everything back`() async throws {
        let fixture = try filled()
        let log = log(fixture, 1)
        let store = try fixture.store("a")
        try await deliver(fixture.runs, to: store)
        let before = try await store.stateDigest().state
        let head = try #require(try await row(store, log)?.head)
        try fixture.write([Operation(try Revocation(member: log.member, stays: []))], author: 0)
        try await deliver(Array(fixture.runs.suffix(1)), to: store)
        #expect(try await row(store, log) == nil)
        #expect(try await store.totals().pledges == 3)
        try fixture.write([try revocation(of: log, at: 4, head: head)], author: 0)
        try await deliver(Array(fixture.runs.suffix(1)), to: store)
        #expect(try await row(store, log)?.length == 4)
        #expect(try await store.stateDigest().state == before)
        let verification = try await store.verify()
        #expect(verification.isClean, "\(verification.problems)")
        // And after a start nothing is different.
        try store.close()
        let again = try fixture.store("a")
        #expect(try await again.stateDigest().state == before)
        #expect(try await again.frontierRows().count == 3)
        try again.close()
    }

    @Test func `two branches make a proof, the log stands up to the fork, and a choice lets it go on`() async throws {
        let fixture = try filled()
        let log = log(fixture, 1)
        let common = fixture.runs
        // The same key writes on twice.
        let fork = fixture.authors[1]
        var forked = fork
        let left = try fixture.write([try fixture.pledge(10, minor: 1_000)], author: 1)
        let right = try forked.write([try fixture.pledge(11, minor: 2_000)], wallMilliseconds: Self.wall - 5).bundle
        let next = try forked.write([try fixture.pledge(12, minor: 3_000)], wallMilliseconds: Self.wall - 4).bundle
        let (one, other) = (try fixture.store("one"), try fixture.store("other"))
        try await deliver(fixture.runs, to: one)
        try await deliver(common + [Run.encode([right]), Run.encode([next])], to: other)
        #expect(try await one.totals().pledges == 7)
        #expect(try await other.totals().pledges == 8)

        // Each hears the other's.
        let (outcomes, changes) = try await one.take(
            [Arrival(source: 2, part: Run.encode([right]))], wallMilliseconds: Self.wall)
        #expect(outcomes == [.appended(operations: 1)])
        let proof = try #require(changes.proofs?.first)
        #expect(proof.position == fork.state.length)
        _ = try await other.keep([proof], wallMilliseconds: Self.wall)
        try await other.settle(wallMilliseconds: Self.wall)
        #expect(try await one.totals().pledges == 6)
        #expect(try await row(one, log)?.forkedAt == fork.state.length)
        try await expectSame(one, other)

        // The right one is chosen: who lacks it is told what is wanted, and takes it.
        let choice = try Choice(log: log, fork: Fork(proof).id, length: next.header.end, head: next.id)
        try fixture.write([Operation(choice)], author: 0)
        for store in [one, other] { try await deliver(Array(fixture.runs.suffix(1)), to: store) }
        #expect(try await other.totals().pledges == 8)
        #expect(try await one.standing()[log]?.wanted == BranchPoint(length: next.header.end, head: next.id))
        #expect(try await one.totals().pledges == 6)
        try await deliver([Run.encode([right]), Run.encode([next])], to: one)
        #expect(try await one.totals().pledges == 8)
        #expect(try await row(one, log)?.length == next.header.end)
        try await expectSame(one, other)

        // It goes on there, on both.
        let last = try forked.write([try fixture.pledge(13, minor: 4_000)], wallMilliseconds: Self.wall - 3).bundle
        for store in [one, other] { try await deliver([Run.encode([last])], to: store) }
        #expect(try await one.totals().pledges == 9)
        try await expectSame(one, other)
        // And the other branch is still there, to be chosen instead.
        try fixture.write(
            [Operation(try Choice(log: log, fork: Fork(proof).id, length: left.header.end, head: left.id))], author: 0)
        for store in [one, other] { try await deliver(Array(fixture.runs.suffix(1)), to: store) }
        #expect(try await one.totals().pledges == 7)
        try await deliver([Run.encode([left])], to: other)
        try await expectSame(one, other)
        for store in [one, other] { try store.close() }
    }
}
