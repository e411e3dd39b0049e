import Community
import GRDB
import Identity
import Testing

@testable import Storage

/// Stale buckets are hashed between questions, so that a question finds few.
struct DigestStepTests {
    private func filled() async throws -> (ReplicaFixture, ReplicaStore) {
        let fixture = try ReplicaFixture()
        for number in 0..<20 { try fixture.write([try fixture.pledge(number, minor: 100)], author: 0) }
        let store = try fixture.store("a")
        try await deliver(fixture.runs, to: store)
        return (fixture, store)
    }

    private func deliver(_ runs: [[UInt8]], to store: ReplicaStore) async throws {
        for run in runs {
            let (outcomes, _) = try await store.take(
                [Arrival(source: 1, part: run)], wallMilliseconds: ReplicaFixture.wall)
            guard case .appended(let operations) = outcomes[0] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(operations > 0)
        }
    }

    private func fromScratch(_ store: ReplicaStore) async throws -> Hash256 {
        try await store.pool.read { try StateDigest.compute($0, reusesHashes: false).state }
    }

    @Test func `steps end with nothing left to hash, each at least one bucket further`() async throws {
        let (fixture, store) = try await filled()
        let stale = try await store.stateDigest().computed.count
        #expect(stale > 20)
        var steps: [DigestStep] = []
        repeat {
            steps.append(try await store.hashStaleBuckets(atLeast: 1, for: .zero))
        } while steps[steps.count - 1].left > 0 && steps.count <= stale
        #expect(steps == (1...stale).map { DigestStep(hashed: 1, left: stale - $0) })
        let digest = try await store.stateDigest()
        #expect(digest.computed == [])
        #expect(try await digest.state == fromScratch(store))

        try fixture.write([try fixture.pledge(500, minor: 7)], author: 0)
        try await deliver(Array(fixture.runs.suffix(1)), to: store)
        let few = try await store.stateDigest()
        #expect((1...8).contains(few.computed.count))
        #expect(try await few.state == fromScratch(store))
        try store.close()
    }

    @Test func `too few are left alone, and all are done where there is time`() async throws {
        let (fixture, store) = try await filled()
        defer { withExtendedLifetime(fixture) {} }  // the file goes with it
        let stale = try await store.stateDigest().computed.count
        #expect(
            try await store.hashStaleBuckets(atLeast: stale + 1, for: .seconds(60)) == DigestStep(hashed: 0, left: 0))
        #expect(try await store.stateDigest().computed.count == stale)
        #expect(
            try await store.hashStaleBuckets(atLeast: stale, for: .seconds(60)) == DigestStep(hashed: stale, left: 0))
        #expect(try await store.stateDigest().computed == [])
        try store.close()
    }

    @Test func `a hash from before a rebuild is not kept after it`() async throws {
        let (fixture, store) = try await filled()
        defer { withExtendedLifetime(fixture) {} }  // the file goes with it
        let whole = try await store.stateDigest().state
        try await store.pool.write { try $0.execute(sql: "UPDATE state_pledges SET amount = amount + 1") }
        let damaged = try await store.stateDigest()
        #expect(damaged.state != whole)
        try await store.rebuild()
        try await store.keep(damaged.computed)
        #expect(try await store.stateDigest().state == whole)
        try store.close()
    }

    @Test func `two halves make the digest, unless a bucket changed between them`() async throws {
        let (fixture, store) = try await filled()
        let whole = try await store.stateDigest()
        func part(_ isMine: @escaping @Sendable (UInt16) -> Bool) async throws -> StateDigest.Part {
            try await store.pool.read { try StateDigest.Part($0, of: isMine) }
        }
        let (lower, upper) = (try await part { $0 < 2_000 }, try await part { $0 >= 2_000 })
        #expect(StateDigest(lower, upper) == whole)
        #expect(StateDigest(upper, lower) == whole)
        #expect(StateDigest(lower, lower) == nil)
        for number in 600..<680 { try fixture.write([try fixture.pledge(number, minor: 7)], author: 0) }
        try await deliver(Array(fixture.runs.suffix(80)), to: store)
        let (later, all) = (try await part { $0 >= 2_000 }, try await part { _ in true })
        #expect(StateDigest(lower, later) == nil || StateDigest(lower, later) == whole)
        #expect(StateDigest(later, lower) == nil)
        #expect(try await StateDigest(all, lower)?.state == fromScratch(store))
        try store.close()
    }

    @Test func `steps beside a writer never keep a hash of what was before`() async throws {
        let (fixture, store) = try await filled()
        let before = fixture.runs.count
        for number in 100..<160 { try fixture.write([try fixture.pledge(number, minor: 5)], author: 0) }
        async let hashing: Void = {
            for _ in 0..<200 { _ = try await store.hashStaleBuckets(atLeast: 1, for: .milliseconds(1)) }
        }()
        try await deliver(Array(fixture.runs[before...]), to: store)
        try await hashing
        #expect(try await store.stateDigest().state == fromScratch(store))
        #expect(try await store.verify().isClean)
        try store.close()
    }
}
