import AuthorLog
import Community
import Foundation
import Identity
import Testing

@testable import Storage

/// However many operations are folded at once, and in which lanes: the state is the same.
struct LaneTests {
    /// Records about a few people and pledges, by three stewards: each state only some of it, so that they meet in many ways.
    private func records(_ fixture: ReplicaFixture, seed: UInt64, count: Int) throws {
        var dice = SplitMix(state: seed)
        func some(_ name: String, _ count: Int) -> String { "\(name)\(Int.random(in: 0..<count, using: &dice))" }
        for _ in 0..<count {
            var record = Record()
            record.source = some("shop", 3)
            let external = some("b", 12)
            let at = Int64(ReplicaFixture.start) + Int64.random(in: 0..<100_000, using: &dice)
            var told = RecordPrivate()
            if Int.random(in: 0..<4, using: &dice) > 0 {
                record.person = fixture.pseudonyms.person(source: record.source, externalID: external)
                told.externalID = external
                if Bool.random(using: &dice) { told.name = "\(external) \(some("x", 3))" }
                switch Int.random(in: 0..<9, using: &dice) {
                case 0: record.registration = Record.Registration(written: some("CODE", 4), at: at)
                case 1: record.ownCode = true
                case 2: record.suspension = Bool.random(using: &dice) ? .suspended : .lifted
                case 3: record.unlink = Record.Unlink(at: at)
                case 4...6: record.claim = Record.Claim(code: try #require(CodeText(some("CODE", 5))), at: at)
                default: record.joined = Record.Joined(at: at)
                }
            }
            let number = some("p", 20)
            let id = fixture.pseudonyms.pledge(source: record.source, externalID: number)
            let amount = Amount(minor: Int64.random(in: 1...500, using: &dice), currency: fixture.currency)
            if record.person == nil || Bool.random(using: &dice) {
                told.pledgeExternalID = number
                if record.person != nil, Bool.random(using: &dice) {
                    var pledge = Record.Pledge(id: id)
                    pledge.backer = .person
                    pledge.at = at
                    pledge.amount = amount
                    if Bool.random(using: &dice) { pledge.code = .some(CodeText(some("CODE", 5))) }
                    record.pledge = pledge
                } else {
                    record.moneyPledge = id
                }
                let kind = Record.MoneyKind.allCases.randomElement(using: &dice) ?? .confirm
                record.money = [
                    Record.MoneyFact(
                        kind: kind, reference: some("r", 2), amount: kind.carriesAmount ? amount : nil)
                ]
            }
            let salt = try #require(Bytes16([UInt8](repeating: UInt8.random(in: 1...255, using: &dice), count: 16)))
            try fixture.write(
                [
                    AuthorLog.Operation(
                        publicPart: record.encoded(currency: fixture.currency),
                        privatePart: .held(salt: salt, bytes: told.encoded))
                ], author: Int.random(in: 0..<3, using: &dice),
                wallMilliseconds: ReplicaFixture.start + 120_000 + UInt64.random(in: 0..<1_000_000, using: &dice))
        }
    }

    @Test(arguments: 0..<24) func `the state is the same whatever is folded together`(seed: UInt64) async throws {
        let fixture = try ReplicaFixture()
        try records(fixture, seed: seed, count: 150)
        let store = try fixture.store("a")
        for run in fixture.runs {
            try await store.take([Arrival(source: 1, part: run)], wallMilliseconds: ReplicaFixture.wall)
        }
        let state = try await store.stateDigest().state
        let totals = try await store.totals()
        for batchOperations in [1_000_000, 40, 7, 1] {
            store.writer.foldBatchOperations = batchOperations
            try await store.rebuild()
            #expect(try await store.stateDigest().state == state, "seed \(seed), batches of \(batchOperations)")
            #expect(try await store.totals() == totals, "seed \(seed), batches of \(batchOperations)")
            #expect(try await store.verify().problems == [], "seed \(seed), batches of \(batchOperations)")
        }
        try store.close()

        // Whatever comes in bulk waits, and is folded in lanes when there is no more.
        let late = try fixture.store("b")
        late.writer.foldBatchOperations = 20
        let cut = Int(seed) % fixture.runs.count
        for part in [fixture.runs[..<cut], fixture.runs[cut...]] {
            late.writer.bulkOperations = 3
            let arrivals = part.map { Arrival(source: 1, part: $0) }
            _ = try await late.ingest(arrivals, wallMilliseconds: ReplicaFixture.wall)
            try await late.settle(wallMilliseconds: ReplicaFixture.wall)
        }
        #expect(try await late.stateDigest().state == state, "seed \(seed), in bulk, cut at \(cut)")
        #expect(try await late.verify().problems == [], "seed \(seed), in bulk, cut at \(cut)")
        try late.close()
    }
}
