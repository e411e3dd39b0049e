import AuthorLog
import Community
import Foundation
import GRDB
import Identity
import Testing

@testable import Storage

struct ReplicaStoreTests {
    /// Hands a store runs, each from a source of its own, until none is a gap any more.
    @discardableResult
    private func deliver(_ runs: [[UInt8]], to store: ReplicaStore, batch: Int = 3) async throws -> [IngestOutcome] {
        var waiting = runs
        var outcomes: [IngestOutcome] = []
        var rounds = 0
        while !waiting.isEmpty, rounds < 100 {
            rounds += 1
            var next: [[UInt8]] = []
            for start in stride(from: 0, to: waiting.count, by: batch) {
                let part = Array(waiting[start..<min(start + batch, waiting.count)])
                let arrivals = part.enumerated().map { Arrival(source: UInt64($0.offset), part: $0.element) }
                let (answers, _) = try await store.take(arrivals, wallMilliseconds: ReplicaFixture.wall)
                for (run, answer) in zip(part, answers) {
                    if case .doesNotContinue = answer { next.append(run) } else { outcomes.append(answer) }
                }
            }
            waiting = next
        }
        #expect(waiting.isEmpty)
        return outcomes
    }

    private func filled() throws -> ReplicaFixture {
        let fixture = try ReplicaFixture()
        try fixture.write([try fixture.registration("ANN", by: "ann")], author: 0)
        for number in 0..<60 {
            try fixture.write(
                [try fixture.pledge(number, minor: Int64(number) * 100, code: number % 3 == 0 ? "ANN" : "LATE")],
                author: number % 3)
        }
        try fixture.write([try fixture.registration("LATE", by: "kim")], author: 2)
        return fixture
    }

    @Test func `what arrives in another order, in other batches and twice gives the same digest and totals`()
        async throws
    {
        let fixture = try filled()
        var generator = SystemRandomNumberGenerator()
        var digests: Set<Hash256> = []
        var totals: [TotalsQuery.Answer] = []
        for name in ["a", "b", "c"] {
            let store = try fixture.store(name)
            let runs = name == "a" ? fixture.runs : fixture.runs.shuffled(using: &generator)
            try await deliver(runs, to: store, batch: name == "b" ? 1 : 7)
            try await deliver(fixture.runs, to: store)
            digests.insert(try await store.stateDigest().state)
            totals.append(try await store.totals())
            let verification = try await store.verify()
            #expect(verification.isClean, "\(verification.problems)")
            try store.close()
        }
        #expect(digests.count == 1)
        #expect(totals[0] == totals[1] && totals[1] == totals[2])
        #expect(totals[0].pledges == 60)
        // No pledge carries a code, and every backer has a claim that counts.
        #expect(totals[0].shares == [])
    }

    @Test func `a reopened store goes on where it was, and a rebuilt one is the same`() async throws {
        let fixture = try filled()
        let half = fixture.runs.count / 2
        let store = try fixture.store("a")
        try await deliver(Array(fixture.runs[..<half]), to: store)
        try store.close()
        let again = try fixture.store("a")
        try await deliver(fixture.runs, to: again)
        let before = try await again.stateDigest().state
        try await again.rebuild()
        #expect(try await again.stateDigest().state == before)
        #expect(try await again.verify().isClean)
        try again.close()
    }

    @Test func `a closed store is one file, whoever read or verified before`() async throws {
        let fixture = try filled()
        let store = try fixture.store("a")
        try await deliver(fixture.runs, to: store)
        // Readers of the pool stay open.
        async let one = store.totals()
        async let two = store.stateDigest()
        _ = try await (one, two)
        #expect(try await store.verify().isClean)
        let names = { try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path).sorted() }
        #expect(try names() == ["a", "a-shm", "a-wal"])
        let digest = try await store.stateDigest().state
        try store.close()
        #expect(try names() == ["a"])
        let again = try fixture.store("a")
        #expect(try await again.stateDigest().state == digest)
        try again.close()
    }

    @Test func `a write is synced in full, and nothing else opens the store`() async throws {
        let store = try ReplicaFixture().store("a")
        let synchronous = try await store.pool.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA synchronous")
        }
        #expect(synchronous == 2)
        try store.close()
    }

    @Test func `a bundle dated a year ahead is kept and served, and counts when its time has come`() async throws {
        let fixture = try ReplicaFixture()
        let future = ReplicaFixture.start + 365 * 86_400_000
        try fixture.write([try fixture.pledge(1, minor: 500)], author: 0, wallMilliseconds: future)
        let store = try fixture.store("a")
        try await deliver(fixture.runs, to: store)
        #expect(try await store.totals().pledges == 0)
        #expect(try await store.frontierRows().map(\.length).reduce(0, +) == UInt64(fixture.runs.count))
        try await store.releaseHeld(wallMilliseconds: ReplicaFixture.wall)
        #expect(try await store.totals().pledges == 0)
        try await store.releaseHeld(wallMilliseconds: future)
        #expect(try await store.totals().pledges == 1)
        #expect(try await store.verify().isClean)
        try store.close()
    }

    @Test func `a forged byte is an offence, and nothing of the part is stored`() async throws {
        let fixture = try filled()
        let store = try fixture.store("a")
        var forged = fixture.runs[0]
        forged[forged.count - 70] ^= 1
        let (outcomes, changes) = try await store.take(
            [Arrival(source: 1, part: forged)], wallMilliseconds: ReplicaFixture.wall)
        guard case .offence = outcomes[0] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(changes.growths.isEmpty)
        #expect(try await store.frontierRows().isEmpty)
        try store.close()
    }

    @Test func `a part for a peer begins where he ends, and stops at a signature`() async throws {
        let fixture = try filled()
        let store = try fixture.store("a")
        try await deliver(fixture.runs, to: store)
        let other = try fixture.store("b")
        for row in try await store.frontierRows() {
            var position: UInt64 = 0
            var head = Hash256(raw: .zero)
            while position < row.length {
                let served = try await store.run(
                    of: row.log, from: position, head: head, to: row.length, byteLimit: 700)
                guard case .part(let bytes, let end, let next) = served, end > position else {
                    Issue.record("\(served)")
                    return
                }
                _ = try await other.take([Arrival(source: 1, part: bytes)], wallMilliseconds: ReplicaFixture.wall)
                (position, head) = (end, next)
            }
            #expect(
                try await store.run(of: row.log, from: 1, head: Hash256(raw: .zero), to: 2, byteLimit: 10)
                    == .otherBranch(length: row.length))
        }
        #expect(try await other.stateDigest().state == store.stateDigest().state)
        #expect(try await other.verify().isClean)
        try store.close()
        try other.close()
    }

    /// Each change, and a word that the problem must hold.
    static let tampering: [(change: String, word: String)] = [
        ("UPDATE state_pledges SET amount = amount + 1 WHERE number = 5", "pledge"),
        ("UPDATE state_tallies SET pledges = pledges + 1", "tally"),
        ("DELETE FROM state_people WHERE number = (SELECT max(number) FROM state_people)", "person"),
        ("UPDATE bundles SET body = substr(body, 1, 30) || x'00' || substr(body, 32) WHERE number = 9", "position"),
        ("UPDATE bundles SET time = time + 1 WHERE number = 9", "position"),
        ("UPDATE signatures SET signature = zeroblob(64) WHERE bundle = 2", "ignature"),
        ("DELETE FROM bundles WHERE number = 9", "gone"),
        ("DELETE FROM bundles WHERE number = (SELECT max(number) FROM bundles)", "gone"),
    ]

    @Test(arguments: tampering.indices)
    func `verify names what was changed in the file`(index: Int) async throws {
        let (change, word) = Self.tampering[index]
        let fixture = try filled()
        let store = try fixture.store("a")
        try await deliver(fixture.runs, to: store)
        let digest = try await store.stateDigest().state
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: change) }
        let verification = try await store.verify()
        #expect(verification.problems.contains { $0.contains(word) }, "\(verification.problems)")
        if change.contains("state_") {
            try await store.rebuild()
            #expect(try await store.verify().isClean)
            #expect(try await store.stateDigest().state == digest)
        }
        try store.close()
    }
}
