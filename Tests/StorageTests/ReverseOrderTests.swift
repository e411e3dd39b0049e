import AuthorLog
import Community
import Foundation
import Identity
import Testing

@testable import Storage

/// What the order of arrival costs: it is nobody's choice but the network's.
struct ReverseOrderTests {
    private static let authors = 100
    private static let updatesOfAuthor = 100
    /// Of one bundle, and of one arrival.
    private static let updatesOfBundle = 10

    /// Logs of stewards, each written after the one before it, about the same people and pledges.
    ///
    /// - Returns: What gives them their rights, and the bundles of each log as runs.
    private func logs(_ fixture: ReplicaFixture) throws -> (rights: [[UInt8]], logs: [[[UInt8]]]) {
        var authors: [Int] = []
        for _ in 0..<Self.authors { authors.append(try fixture.addMember(.steward)) }
        for code in 0..<20 { try fixture.write([fixture.registration("CODE\(code)", by: "a\(code)")], author: 0) }
        let rights = fixture.runs
        var number = 0
        let logs = try authors.map { author in
            let start = fixture.runs.count
            for _ in 0..<Self.updatesOfAuthor / Self.updatesOfBundle {
                let operations = try (0..<Self.updatesOfBundle).map { _ in
                    number += 1
                    return try update(number, fixture)
                }
                try fixture.write(
                    operations, author: author, wallMilliseconds: ReplicaFixture.start + 200_000 + UInt64(number))
            }
            return Array(fixture.runs[start...])
        }
        return (rights, logs)
    }

    /// A claim on one of 2,000 people, and their pledge or a payment of it: each is stated several times, by several authors.
    private func update(_ number: Int, _ fixture: ReplicaFixture) throws -> AuthorLog.Operation {
        let (person, pledge) = ("b\(number * 7 % 2_000)", "p\(number * 7 % 2_000)")
        var record = Record()
        record.isImported = true
        record.source = "import"
        record.person = fixture.pseudonyms.person(source: "import", externalID: person)
        record.joined = Record.Joined(at: Int64(ReplicaFixture.start) - 1_000_000 + Int64(number))
        record.claim = Record.Claim(
            code: try #require(CodeText("CODE\(number % 20)")),
            at: Int64(ReplicaFixture.start) - 1_000_000 + Int64(number))
        var stated = Record.Pledge(id: fixture.pseudonyms.pledge(source: "import", externalID: pledge))
        stated.backer = .person
        stated.at = Int64(ReplicaFixture.start) - 500_000
        stated.amount = Amount(minor: Int64(100 + number % 50), currency: fixture.currency)
        record.pledge = stated
        record.money = [Record.MoneyFact(kind: .confirm, amount: stated.amount)]
        let told = RecordPrivate(externalID: person, pledgeExternalID: pledge)
        let salt = try #require(Bytes16([UInt8](repeating: UInt8(number % 251), count: 16)))
        return AuthorLog.Operation(
            publicPart: record.encoded(currency: fixture.currency),
            privatePart: .held(salt: salt, bytes: told.encoded))
    }

    @Test func `10,000 updates whose logs come in reverse cost at most three times those in order`() async throws {
        let fixture = try ReplicaFixture()
        let (rights, logs) = try logs(fixture)
        func take(_ logs: [[[UInt8]]], as name: String) async throws -> (seconds: Double, state: Hash256) {
            let store = try fixture.store(name)
            try await store.take(
                rights.map { Arrival(source: 1, part: $0) }, wallMilliseconds: ReplicaFixture.wall)
            let start = ContinuousClock.now
            for run in logs.joined() {
                let (outcomes, changes) = try await store.ingest(
                    [Arrival(source: 1, part: run)], wallMilliseconds: ReplicaFixture.wall)
                #expect(outcomes == [.appended(operations: Self.updatesOfBundle)])
                if changes.settlesIn != nil { try await store.settle(wallMilliseconds: ReplicaFixture.wall) }
            }
            let took = start.duration(to: .now)
            #expect(try await store.totals(by: .firstTouch).pledges == 2_000)
            return (took / .seconds(1), try await store.stateDigest().state)
        }
        let inOrder = try await take(logs, as: "in-order")
        let reversed = try await take(logs.reversed(), as: "reversed")
        let ratio = reversed.seconds / inOrder.seconds
        print("in order \(inOrder.seconds) s, in reverse \(reversed.seconds) s: \(ratio) times")
        #expect(reversed.state == inOrder.state)
        #expect(ratio <= 3)
    }
}
