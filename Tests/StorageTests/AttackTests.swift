import AuthorLog
import Community
import Foundation
import GRDB
import Identity
import Testing

@testable import Storage

/// What hostile members may try: each was a hole once.
struct AttackTests {
    private static let wall = ReplicaFixture.wall

    final class Keys: @unchecked Sendable { var all: [SigningKey] = [] }

    private func fixture() throws -> (ReplicaFixture, Keys) {
        let keys = Keys()
        let fixture = try ReplicaFixture(newKey: {
            let key = SigningKey.generate()
            keys.all.append(key)
            return key
        })
        return (fixture, keys)  // 0 founder, 1 root, 2 and 3 the stewards 1 and 2
    }

    private func deliver(_ runs: [[UInt8]], to store: ReplicaStore) async throws {
        var waiting = runs
        for _ in 0..<20 where !waiting.isEmpty {
            var late: [[UInt8]] = []
            for run in waiting {
                let (outcomes, _) = try await store.ingest([Arrival(source: 1, part: run)], wallMilliseconds: Self.wall)
                if case .doesNotContinue = outcomes[0] { late.append(run) }
                if case .offence(let what) = outcomes[0] { Issue.record("an offence: \(what)") }
            }
            waiting = late
        }
        try await store.settle(wallMilliseconds: Self.wall)
    }

    private func row(_ store: ReplicaStore, _ log: LogID) async throws -> FrontierRow? {
        try await store.frontierRows().first { $0.log == log }
    }

    private func proof(
        _ log: LogID, key: SigningKey, position: UInt64, previous: Hash256, community: CommunityID, seed: UInt8 = 0
    ) throws -> ForkProof {
        let time = try #require(HybridTime(milliseconds: ReplicaFixture.start + 500_000))
        let branches = try [1, 2].map { number in
            let header = try Header(
                community: community, log: log, position: position, previous: previous, time: time, operationCount: 1,
                bodyRoot: BLAKE2b.hash256([UInt8(number), seed], personal: BLAKE2b.Personal("test/attack")))
            return ForkProof.Branch(headers: [header], signature: key.sign(header.bytes))
        }
        return try ForkProof.make(branches[0], branches[1])
    }

    /// a log whose right fell with its issuer can never present another one on nodes that had worked that out.
    @Test func `a member granted anew after his issuer fell is the same everywhere`() async throws {
        let (fixture, _) = try fixture()
        let key = SigningKey.generate()
        let member = key.publicKey(as: MemberKey.self)
        let grant = try fixture.write([Operation(try Grant(subject: member, role: .ambassador))], author: 1)
        let chain = fixture.chains[1] + [try Excerpt(of: grant, index: 0)]
        let log = LogID(member: member, incarnation: Incarnation(number: 1, random: 77))
        var author = try Author(
            state: LogState(log: log, community: fixture.charter.id), clock: HybridClock(last: .zero),
            charter: fixture.charter, key: key)
        let first = try author.present(
            try Presentation(order: fixture.order, excerpts: chain), wallMilliseconds: Self.wall - 50_000
        ).bundle
        let before = fixture.runs + [Run.encode([first])]
        // The issuer is revoked, nothing of his stays; the founder grants the member himself.
        try fixture.write(
            [Operation(try Revocation(member: fixture.authors[1].state.log.member, stays: []))], author: 0)
        let revoked = fixture.runs[fixture.runs.count - 1]
        let again = try fixture.write([Operation(try Grant(subject: member, role: .ambassador))], author: 0)
        let granted = fixture.runs[fixture.runs.count - 1]
        let second = try author.present(
            try Presentation(order: fixture.order, excerpts: [try Excerpt(of: again, index: 0)]),
            wallMilliseconds: Self.wall - 40_000
        ).bundle
        let (one, other) = (try fixture.store("one"), try fixture.store("other"))
        for runs in [before, [revoked], [granted], [Run.encode([second])]] { try await deliver(runs, to: one) }
        for runs in [before, [granted], [Run.encode([second])], [revoked]] { try await deliver(runs, to: other) }
        // Whatever comes again and again.
        for _ in 0..<3 { try await deliver([Run.encode([first, second]), Run.encode([second])], to: one) }
        #expect(try await row(other, log)?.length == 2)
        #expect(try await row(one, log) == row(other, log))
        for store in [one, other] { try store.close() }
    }

    /// anybody's proof about a log of nobody takes the place of a member's fork.
    @Test func `a proof about another log does not hide a fork`() async throws {
        let (fixture, _) = try fixture()
        let log = fixture.authors[1].state.log
        let predecessor = fixture.authors[1].state.head
        let common = fixture.runs
        var forked = fixture.authors[1]
        try fixture.write([try fixture.pledge(10, minor: 1_000)], author: 1)
        let left = fixture.runs[fixture.runs.count - 1]
        let right = Run.encode([
            try forked.write([try fixture.pledge(11, minor: 2_000)], wallMilliseconds: Self.wall - 5).bundle
        ])
        let nobody = SigningKey.generate()
        let junkLog = LogID(
            member: nobody.publicKey(as: MemberKey.self), incarnation: Incarnation(number: 1, random: 1))
        let junk = try proof(
            junkLog, key: nobody, position: 1, previous: predecessor, community: fixture.charter.id)
        let (one, other) = (try fixture.store("one"), try fixture.store("other"))
        try await deliver(common + [left, right], to: one)
        _ = try await other.keep([junk], wallMilliseconds: Self.wall)
        try await deliver(common + [left, right], to: other)
        // They tell each other all they have.
        for (from, to) in [(one, other), (other, one)] {
            _ = try await to.keep(try await from.forkProofs(), wallMilliseconds: Self.wall)
            try await to.settle(wallMilliseconds: Self.wall)
        }
        #expect(try await row(one, log)?.forkedAt == 1)
        #expect(try await row(one, log) == row(other, log))
        #expect(try await one.stateDigest().state == other.stateDigest().state)
        for store in [one, other] { try store.close() }
    }

    /// the same by the author himself, who names another position.
    @Test func `two proofs of one predecessor at two positions are judged alike in any order`() async throws {
        let (fixture, keys) = try fixture()
        let log = fixture.authors[1].state.log
        try fixture.write([try fixture.pledge(9, minor: 1_000)], author: 1)
        let predecessor = fixture.authors[1].state.head
        try fixture.write([try fixture.pledge(10, minor: 1_000)], author: 1)
        let real = try proof(log, key: keys.all[2], position: 2, previous: predecessor, community: fixture.charter.id)
        let lie = try proof(log, key: keys.all[2], position: 1, previous: predecessor, community: fixture.charter.id)
        let (one, other) = (try fixture.store("one"), try fixture.store("other"))
        for (store, proofs) in [(one, [real, lie]), (other, [lie, real])] {
            try await deliver(fixture.runs, to: store)
            for proof in proofs { _ = try await store.keep([proof], wallMilliseconds: Self.wall) }
            try await store.settle(wallMilliseconds: Self.wall)
        }
        #expect(try await row(one, log) == row(other, log))
        #expect(try await one.stateDigest().state == other.stateDigest().state)
        for store in [one, other] { try store.close() }
    }

    /// a branch that comes ended by a cut (bare headers) is set aside, and no proof made of it.
    @Test func `a branch that ends in bare headers proves a fork`() async throws {
        var attempt = 0
        while true {
            attempt += 1
            let (fixture, _) = try fixture()
            let log = fixture.authors[1].state.log
            let common = fixture.runs
            var forked = fixture.authors[1]
            let one = try fixture.write([try fixture.pledge(10, minor: 1_000)], author: 1)
            let left = fixture.runs[fixture.runs.count - 1]
            try fixture.write([try fixture.pledge(12, minor: 1_000)], author: 1)
            let left2 = fixture.runs[fixture.runs.count - 1]
            let right = try forked.write([try fixture.pledge(11, minor: 2_000)], wallMilliseconds: Self.wall - 5).bundle
            guard right.id < one.id || attempt > 20 else { continue }
            let revocation = Operation(
                try Revocation(
                    member: log.member,
                    stays: [Revocation.Stay(incarnation: log.incarnation, length: 2, head: one.id)]))
            try fixture.write([revocation], author: 0)
            let cut = fixture.runs[fixture.runs.count - 1]
            let (x, y) = (try fixture.store("x"), try fixture.store("y"))
            try await deliver(common + [left, left2, cut], to: x)
            try await deliver(common + [Run.encode([right])], to: y)
            let served = try await x.run(
                of: log, from: 1, head: fixture.authors[1].state.head, to: 2, byteLimit: 1 << 20)
            var bytes: [UInt8] = []
            if case .part(let part, _, _) = served {
                bytes = part
            } else if case .part(let part, _, _) = try await x.run(
                of: log, from: 0, head: Hash256(raw: .zero), to: 2, byteLimit: 1 << 20)
            {
                bytes = part
            }
            try #require(!bytes.isEmpty)
            let (outcomes, _) = try await y.ingest([Arrival(source: 2, part: bytes)], wallMilliseconds: Self.wall)
            print("y:", outcomes)
            try await y.settle(wallMilliseconds: Self.wall)
            #expect(try await y.forkProofs().count == 1)
            try await deliver([cut], to: y)
            #expect(try await row(x, log)?.length == 2)
            #expect(try await row(x, log)?.head == row(y, log)?.head)
            #expect(try await x.stateDigest().state == y.stateDigest().state)
            for store in [x, y] { try store.close() }
            return
        }
    }

    /// parts without any signature, by anybody, make a log be read from its start.
    @Test func `a part that nobody signed costs no more than its size`() async throws {
        let (fixture, _) = try fixture()
        let log = fixture.authors[1].state.log
        var ends: [(UInt64, Hash256)] = []
        for number in 0..<6_000 {
            let bundle = try fixture.write([try fixture.pledge(number, minor: 100)], author: 1)
            ends.append((bundle.header.end, bundle.id))
        }
        let store = try fixture.store("one")
        for start in stride(from: 0, to: fixture.runs.count, by: 500) {
            _ = try await store.ingest(
                fixture.runs[start..<min(start + 500, fixture.runs.count)].map { Arrival(source: 1, part: $0) },
                wallMilliseconds: Self.wall)
        }
        try await store.settle(wallMilliseconds: Self.wall)
        #expect(try await row(store, log)?.length == 6_001)
        // By a stranger's key: all that is needed is the log's name and its heads.
        let time = try #require(HybridTime(milliseconds: Self.wall - 1_000))
        let parts = try (0..<20).map { number in
            let (end, head) = ends[5_900 + number]
            let bundle = try Bundle.author(
                [try fixture.pledge(number, minor: 1)], at: time, position: end, previous: head, log: log,
                community: fixture.charter.id, key: SigningKey.generate())
            var writer = RunWriter(
                RunHead(community: fixture.charter.id, log: log, firstPosition: end, previous: head))
            writer.append(
                time: time, operationCount: bundle.header.operationCount, body: bundle.body[...], signature: nil)
            return writer.bytes
        }
        let start = ContinuousClock.now
        for part in parts {
            let (outcomes, _) = try await store.ingest([Arrival(source: 9, part: part)], wallMilliseconds: Self.wall)
            if case .offence(let what) = outcomes[0] { print("offence", what) }
        }
        let took = start.duration(to: .now)
        print("20 unsigned parts of \(parts[0].count) bytes: \(took)")
        #expect(took < .milliseconds(200))
        try store.close()
    }

    /// proofs of forks of logs that are nobody's.
    @Test func `proofs about keys that no right was ever shown for are not kept`() async throws {
        let (fixture, _) = try fixture()
        let store = try fixture.store("one")
        try await deliver(fixture.runs, to: store)
        for round in 0..<4 {
            let proofs = try (0..<1_000).map { number in
                let nobody = SigningKey.generate()
                let log = LogID(
                    member: nobody.publicKey(as: MemberKey.self),
                    incarnation: Incarnation(number: 1, random: UInt64(number)))
                return try proof(
                    log, key: nobody, position: 0, previous: Hash256(raw: .zero), community: fixture.charter.id)
            }
            let start = ContinuousClock.now
            _ = try await store.keep(proofs, wallMilliseconds: Self.wall)
            print("1000 more proofs after \(round * 1_000): \(start.duration(to: .now))")
        }
        #expect(try await store.forkProofs().isEmpty)
        try store.close()
    }

    /// beyond 64 forks no further proof is kept, and so every further branch is.
    @Test func `a log with its 64 forks makes nobody keep more branches`() async throws {
        let (fixture, keys) = try fixture()
        let log = fixture.authors[1].state.log
        let store = try fixture.store("one")
        try fixture.write([try fixture.pledge(1, minor: 100)], author: 1)
        try fixture.write([try fixture.pledge(2, minor: 100)], author: 1)
        try await deliver(fixture.runs, to: store)
        for number in 0..<64 {
            let previous = BLAKE2b.hash256([UInt8(number)], personal: BLAKE2b.Personal("test/attack"))
            let proof = try proof(
                log, key: keys.all[2], position: 1, previous: previous, community: fixture.charter.id)
            _ = try await store.keep([proof], wallMilliseconds: Self.wall)
        }
        let state = fixture.authors[1]
        for number in 0..<400 {
            var branch = state
            let bundle = try branch.write(
                [try fixture.pledge(number + 5, minor: 1)], wallMilliseconds: Self.wall - 5_000 + UInt64(number)
            )
            .bundle
            _ = try await store.ingest([Arrival(source: 9, part: Run.encode([bundle]))], wallMilliseconds: Self.wall)
        }
        try await store.settle(wallMilliseconds: Self.wall)
        let start = ContinuousClock.now
        _ = try await store.standing()
        print("standing with many tips: \(start.duration(to: .now))")
        let kept = try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM aside") ?? 0 }
        print("bundles aside: \(kept)")
        #expect(kept <= 64)
        try store.close()
    }

    /// a proof about a place inside a bundle keeps out who lacks that bundle.
    @Test func `a fork of nothing inside a bundle keeps nobody apart`() async throws {
        let (fixture, keys) = try fixture()
        let log = fixture.authors[1].state.log
        let common = fixture.runs
        let wide = try fixture.write((0..<3).map { try fixture.pledge($0, minor: 100) }, author: 1)
        let nothing = BLAKE2b.hash256([1], personal: BLAKE2b.Personal("test/attack"))
        let junk = try proof(log, key: keys.all[2], position: 2, previous: nothing, community: fixture.charter.id)
        let (one, other) = (try fixture.store("one"), try fixture.store("other"))
        for (store, runs) in [(one, common), (other, common + [Run.encode([wide])])] {
            try await deliver(runs, to: store)
            _ = try await store.keep([junk], wallMilliseconds: Self.wall)
            try await store.settle(wallMilliseconds: Self.wall)
        }
        try await deliver([Run.encode([wide])], to: one)
        #expect(try await row(one, log)?.length == 4)
        #expect(try await row(one, log) == row(other, log))
        #expect(try await one.stateDigest().state == other.stateDigest().state)
        for store in [one, other] { try store.close() }
    }

    /// 64 forks of nothing push the fork that matters out, and of two branches each node follows its own.
    @Test func `64 forks of nothing hide no fork`() async throws {
        let (fixture, keys) = try fixture()
        let log = fixture.authors[1].state.log
        try fixture.write([try fixture.pledge(1, minor: 100)], author: 1)
        try fixture.write([try fixture.pledge(2, minor: 100)], author: 1)
        let common = fixture.runs
        var forked = fixture.authors[1]
        let left = try fixture.write([try fixture.pledge(3, minor: 100)], author: 1)
        let right = try (4..<7).map { number in
            try forked.write(
                [try fixture.pledge(number, minor: 1)], wallMilliseconds: Self.wall - 5_000 + UInt64(number)
            ).bundle
        }
        let junk = try (0..<64).map { number in
            let previous = BLAKE2b.hash256([UInt8(number)], personal: BLAKE2b.Personal("test/attack"))
            return try proof(
                log, key: keys.all[2], position: 1, previous: previous, community: fixture.charter.id)
        }
        let (one, other, both) = (try fixture.store("one"), try fixture.store("other"), try fixture.store("both"))
        for (store, branches) in [(one, [[left]]), (other, [right]), (both, [[left], right])] {
            try await deliver(common, to: store)
            // Where the branches meet first, the last proof finds the fork among the 64.
            for branch in branches { try await deliver([Run.encode(branch)], to: store) }
            _ = try await store.keep(junk, wallMilliseconds: Self.wall)
            try await store.settle(wallMilliseconds: Self.wall)
            #expect(try await row(store, log)?.length == 1)
        }
        try await deliver([Run.encode(right)], to: one)
        try await deliver([Run.encode([left])], to: other)
        for store in [one, other, both] {
            #expect(try await row(store, log)?.length == 1)
            #expect(try await row(store, log) == row(one, log))
            #expect(try await store.forkProofs().count == 64)
        }
        #expect(try await one.stateDigest().state == other.stateDigest().state)
        #expect(try await one.stateDigest().state == both.stateDigest().state)
        for store in [one, other, both] { try store.close() }
    }

    /// a log's branches fill the room for them, and the branch that is chosen finds none.
    @Test func `a chosen branch is taken however many others there are`() async throws {
        let (fixture, _) = try fixture()
        let log = fixture.authors[1].state.log
        let salt = try #require(Bytes16([UInt8](repeating: 1, count: 16)))
        var bases: [Author] = []
        for number in 0..<51 {
            bases.append(fixture.authors[1])
            try fixture.write([try fixture.pledge(number, minor: 100)], author: 1)
        }
        let store = try fixture.store("one")
        try await deliver(fixture.runs, to: store)
        let heap = [UInt8](repeating: 7, count: 16_000)
        for number in (1..<51).reversed() {
            var branch = bases[number]
            let bundles = try (0..<3).map { _ in
                let operations = (0..<31).map { index in
                    Operation(
                        publicPart: [200, UInt8(index), UInt8(number)], privatePart: .held(salt: salt, bytes: heap))
                }
                return try branch.write(operations, wallMilliseconds: Self.wall - 5_000).bundle
            }
            _ = try await store.ingest([Arrival(source: 9, part: Run.encode(bundles))], wallMilliseconds: Self.wall)
        }
        try await store.settle(wallMilliseconds: Self.wall)
        let aside = try await store.pool.read { try Int.fetchOne($0, sql: "SELECT sum(length(body)) FROM aside") ?? 0 }
        let proofs = try await store.forkProofs()
        #expect(aside > StorageLimits.asideByteLimit && proofs.count < AuthorLog.Limits.forksPerLog)
        // The branch that the owner goes on with, from the lowest fork.
        let lowest = try #require(proofs.first)
        var owner = try #require(bases.first { $0.state.length == lowest.position })
        let right = try owner.write([try fixture.pledge(200, minor: 5)], wallMilliseconds: Self.wall - 4_000).bundle
        let choice = try Choice(log: log, fork: Fork(lowest).id, length: right.header.end, head: right.id)
        try fixture.write([Operation(choice)], author: 0)
        try await deliver(Array(fixture.runs.suffix(1)), to: store)
        #expect(try await store.standing()[log]?.wanted != nil)
        try await deliver([Run.encode([right])], to: store)
        #expect(try await row(store, log)?.head == right.id)
        try store.close()
    }

    /// what one connection leaves unverified is bounded for each log, not for the peer.
    @Test func `one connection leaves at most two megabytes unverified`() async throws {
        let (fixture, _) = try fixture()
        for _ in 0..<6 { _ = try fixture.addMember(.steward) }
        for author in 1..<9 { try fixture.write([try fixture.pledge(author, minor: 1)], author: author) }
        let store = try fixture.store("one")
        try await deliver(fixture.runs, to: store)
        let salt = try #require(Bytes16([UInt8](repeating: 1, count: 16)))
        let heap = [UInt8](repeating: 7, count: 16_000)
        for author in 1..<9 {
            let state = fixture.authors[author].state
            var bytes: [UInt8] = []
            let stranger = SigningKey.generate()
            var (position, previous) = (state.length, state.head)
            var writer = RunWriter(
                RunHead(community: fixture.charter.id, log: state.log, firstPosition: position, previous: previous))
            for round in 0..<2 {
                let time = try #require(HybridTime(milliseconds: Self.wall - 5_000 + UInt64(round)))
                let bundle = try Bundle.author(
                    (0..<28).map {
                        Operation(publicPart: [200, UInt8($0)], privatePart: .held(salt: salt, bytes: heap))
                    }, at: time, position: position, previous: previous, log: state.log,
                    community: fixture.charter.id, key: stranger)
                writer.append(
                    time: time, operationCount: bundle.header.operationCount, body: bundle.body[...], signature: nil)
                (position, previous) = (bundle.header.end, bundle.id)
            }
            bytes = writer.bytes
            let (outcomes, _) = try await store.ingest([Arrival(source: 9, part: bytes)], wallMilliseconds: Self.wall)
            if case .offence(let what) = outcomes[0] { Issue.record("an offence: \(what)") }
        }
        let held = store.writer.pending.values.reduce(0) { $0 + $1.unverifiedByteCount }
        print("unverified of one connection:", held)
        #expect(held <= 2 << 20)
        try store.close()
    }
}
