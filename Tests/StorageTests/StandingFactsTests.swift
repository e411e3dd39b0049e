import AuthorLog
import Community
import GRDB
import Identity
import Testing

@testable import Storage

/// Said claims, unlinks, suspensions and contradictions, through whole stores: whatever comes first, one state, and answers that
/// say why.
struct StandingFactsTests {
    private struct Stage {
        let fixture: ReplicaFixture
        let ben: Int
        let treasurer: Int

        init() throws {
            fixture = try ReplicaFixture()
            ben = try fixture.addMember(.ambassador)
            treasurer = try fixture.addMember(.treasurer)
        }

        func person(_ name: String) -> PersonID {
            fixture.pseudonyms.person(source: "import", externalID: name)
        }

        /// Ben's own code, and the person whom it belongs to.
        func benOwns() throws -> (code: CodeText, person: PersonID) {
            let member = try #require(fixture.authors[ben].state.rights.first).right.memberID
            return (CodeText(ownCodeOf: member.raw), fixture.pseudonyms.person(of: member))
        }

        func say(_ author: Int, _ name: String?, after seconds: UInt64, _ state: (inout Record) throws -> Void) throws {
            var record = Record()
            record.person = name.map(person)
            try state(&record)
            try fixture.write(
                [Operation(publicPart: record.encoded(currency: fixture.currency))], author: author,
                wallMilliseconds: ReplicaFixture.start + 120_000 + seconds * 1_000)
        }
    }

    /// Takes in runs in a random order, a few at a time, until none is a gap.
    private func deliver(_ runs: [[UInt8]], to store: ReplicaStore, batch: Int) async throws {
        var waiting = runs.shuffled()
        while !waiting.isEmpty {
            var next: [[UInt8]] = []
            for start in stride(from: 0, to: waiting.count, by: batch) {
                let part = Array(waiting[start..<min(start + batch, waiting.count)])
                let arrivals = part.enumerated().map { Arrival(source: UInt64($0.offset), part: $0.element) }
                let (answers, _) = try await store.take(arrivals, wallMilliseconds: ReplicaFixture.wall)
                for (run, answer) in zip(part, answers) {
                    if case .doesNotContinue = answer { next.append(run) }
                }
            }
            try #require(next.count < waiting.count)
            waiting = next
        }
    }

    private func number(_ person: PersonID, _ store: ReplicaStore) async throws -> PersonNumber {
        guard case .found(let found) = try await store.resolvePerson(person.hex) else {
            throw StorageError.stateIsDamaged("\(person) is missing")
        }
        return found.number
    }

    @Test func `in any order every store comes to the same state, and verifies and rebuilds to it`() async throws {
        let stage = try Stage()
        let ben = try stage.benOwns()
        for index in 0..<12 {
            try stage.say(stage.ben, "z\(index)", after: UInt64(index)) {
                $0.claim = .init(code: ben.code, at: nil)
                if index % 2 == 0 { $0.joined = .init(at: nil) }
            }
            if index % 3 != 0 {
                try stage.say(index % 2, "z\(index)", after: UInt64(index) + 40) { $0.joined = .init(at: nil) }
            }
            if index % 4 == 0 {
                try stage.say(index % 8 == 0 ? 0 : stage.ben, "z\(index)", after: UInt64(index) + 60) {
                    $0.unlink = .init(at: nil)
                }
            }
            if index % 5 == 0 {
                try stage.say(1, nil, after: UInt64(index) + 70) {
                    $0.person = ben.person
                    $0.suspension = index == 0 ? .suspended : .lifted
                }
            }
            try stage.say(stage.treasurer, nil, after: UInt64(index) + 80) {
                $0.moneyPledge = stage.fixture.pseudonyms.pledge(source: "import", externalID: "p\(index % 4)")
                let amount = Amount(minor: Int64(index) * 500 + 1, currency: stage.fixture.currency)
                $0.money = [.init(kind: .confirm, reference: "tx\(index % 3)", amount: amount)]
            }
            try stage.fixture.write([try stage.fixture.pledge(index, minor: 1_000, code: "ANN")], author: 2)
        }
        var states: Set<Hash256> = []
        for (name, batch) in [("a", 1_000), ("b", 1), ("c", 5)] {
            let store = try stage.fixture.store(name)
            try await deliver(stage.fixture.runs, to: store, batch: batch)
            states.insert(try await store.stateDigest().state)
            let verification = try await store.verify()
            #expect(verification.isClean, "\(verification.problems)")
            try await store.rebuild()
            states.insert(try await store.stateDigest().state)
            #expect(try await store.totals().flaggedPledges == 4)
            try store.close()
        }
        #expect(states.count == 1)
    }

    @Test func `claims say why they do not count, by the rule by which the fold decided`() async throws {
        let stage = try Stage()
        let ben = try stage.benOwns()
        let store = try stage.fixture.store("a")
        func verdicts(_ name: String) async throws -> [ClaimRule.Verdict] {
            try await deliver(stage.fixture.runs, to: store, batch: 50)
            let number = try await number(stage.person(name), store)
            let answer = try #require(try await store.explainReferral(of: number))
            let listed = try await store.referrals(of: number, page: PageRequest(limit: 9))
            #expect(listed.rows.map(\.verdict) == answer.rows.map(\.verdict))
            let brought = try await store.backer(number)?.row
            #expect(answer.winner?.ambassador == brought?.ambassador)
            #expect(answer.winner?.code == brought?.code)
            return answer.rows.map(\.verdict)
        }
        try stage.say(stage.ben, "zoe", after: 1) { $0.claim = .init(code: ben.code, at: nil) }
        #expect(try await verdicts("zoe") == [.onlySaid])
        try stage.say(stage.treasurer, "zoe", after: 2) { $0.joined = .init(at: nil) }
        #expect(try await verdicts("zoe") == [.wins])
        try stage.fixture.write([try stage.fixture.registration("ANN", by: "ann")], author: 0)
        try stage.say(stage.treasurer, "zoe", after: 3) {
            $0.claim = CodeText("ANN").map { .init(code: $0, at: nil) }
        }
        #expect(try await verdicts("zoe") == [.outranked, .wins])
        try stage.say(0, "zoe", after: 4) { $0.unlink = .init(at: nil) }
        #expect(try await verdicts("zoe") == [.unlinked, .unlinked])
        try stage.say(0, "ann", after: 5) { $0.suspension = .suspended }
        try stage.say(stage.treasurer, "zoe", after: 6) {
            $0.claim = CodeText("ANN").map { .init(code: $0, at: nil) }
        }
        #expect(try await verdicts("zoe") == [.unlinked, .unlinked, .suspended])
        let credit = AmbassadorQuery(attribution: .firstTouch, currency: stage.fixture.currency)
        let ambassadors = try await store.ambassadors(PageRequest(limit: 9), credit: credit).rows
        #expect(ambassadors.filter(\.isSuspended).map(\.code) == ["ANN"])
        #expect(ambassadors.count == 2)
        try store.close()
    }

    @Test func `a pair, a ring and a claim on one's own code are flagged where they are listed`() async throws {
        let stage = try Stage()
        for (name, code) in [("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"), ("e", "E")] {
            try stage.fixture.write([try stage.fixture.registration(code, by: name)], author: 0)
        }
        let claims = [("a", "B"), ("b", "A"), ("c", "D"), ("d", "E"), ("e", "C"), ("e", "E")]
        for (index, (name, code)) in claims.enumerated() {
            try stage.say(0, name, after: UInt64(index)) {
                $0.claim = CodeText(code).map { .init(code: $0, at: nil) }
            }
        }
        let store = try stage.fixture.store("a")
        try await deliver(stage.fixture.runs, to: store, batch: 3)
        var flags: [String: [[ReferralFlag]]] = [:]
        for name in ["a", "b", "c", "d", "e"] {
            let number = try await number(stage.person(name), store)
            flags[name] = try await store.referrals(of: number, page: PageRequest(limit: 9)).rows.map(\.flags)
        }
        #expect(
            flags == [
                "a": [[.mutualPair]], "b": [[.mutualPair]], "c": [[]], "d": [[]], "e": [[.ring], [.selfReferral]],
            ])
        try store.close()
    }

    @Test func `flagged pledges are listed alone, in pages`() throws {
        let fixture = try QueryFixture()
        for number in 1...9 as ClosedRange<Int64> {
            try fixture.pledge(number)
            try fixture.execute("UPDATE state_pledges SET flags = ? WHERE number = ?", [number % 3, number])
        }
        var found: [PledgeQuery.Row] = []
        var after: String?
        repeat {
            let page = try fixture.read {
                try PledgeQuery(onlyFlagged: true).list(PageRequest(after: after, limit: 2), $0)
            }
            found += page.rows
            after = page.next
        } while after != nil
        #expect(found.map(\.pledge.id) == [1, 2, 4, 5, 7, 8].map { QueryFixture.pledge($0) }.sorted())
        #expect(Set(found.map(\.flags)) == [.overpaid, .paidAfterCancel])
    }
}
