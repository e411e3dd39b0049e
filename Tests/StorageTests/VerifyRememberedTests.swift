import AuthorLog
import Community
import Foundation
import GRDB
import Identity
import Synchronization
import Testing

@testable import Storage

/// What a node remembers beside the bundles is held against them, and named where it differs.
struct VerifyRememberedTests {
    /// One change of the file.
    struct Damage: CustomTestStringConvertible, Sendable {
        let change: String
        /// What the one problem begins with; LOG and MEMBER stand for those of log 2, ORDER for the root order.
        let problem: String
        /// How many other problems follow from it.
        var consequences = 0
        var testDescription: String { change }
    }

    private static let member = "(SELECT member FROM logs WHERE number = 2)"

    static let damages = [
        Damage(
            change: "UPDATE logs SET state = flip(state, length(state) - 3) WHERE number = 2",
            problem: "log LOG: its stored state is not what its bundles give"),
        Damage(
            change: "UPDATE logs SET state = flip(state, 100) WHERE number = 2",
            problem: "log LOG: its stored state is not what its bundles give"),
        Damage(
            change: "UPDATE logs SET state = (SELECT state FROM logs WHERE number = 1) WHERE number = 2",
            problem: "log LOG: its stored state is not what its bundles give"),
        Damage(
            change: "UPDATE logs SET state = substr(state, 1, 50) WHERE number = 2",
            problem: "log LOG: its stored state does not read"),
        Damage(
            change: "UPDATE logs SET state = 'text' WHERE number = 2",
            problem: "log LOG: its stored state does not read"),
        Damage(
            change: "UPDATE logs SET length = 'text' WHERE number = 2",
            problem: "log 2: its key, length or head does not read", consequences: 1),
        Damage(change: "DELETE FROM orders", problem: "root order ORDER: is missing"),
        Damage(
            change: "UPDATE orders SET hash = flip(hash, 0)", problem: "root order ORDER: is missing", consequences: 1),
        Damage(
            change: "UPDATE orders SET bytes = flip(bytes, length(bytes) - 1)",
            problem: "root order ORDER: is not signed by the root key"),
        Damage(change: "UPDATE orders SET bytes = x'00'", problem: "root order ORDER: does not read"),
        Damage(
            change: "INSERT INTO orders SELECT x'07', bytes FROM orders",
            problem: "root order under a key that is no hash: is the order ORDER"),
        Damage(
            change:
                "UPDATE chains SET presentation = flip(presentation, length(presentation) - 1) WHERE member = \(member)",
            problem: "chain of member MEMBER: proves nothing"),
        Damage(
            change: "UPDATE chains SET presentation = x'FF' WHERE member = \(member)",
            problem: "chain of member MEMBER: does not read"),
        Damage(
            change: """
                UPDATE OR REPLACE chains SET member = \(member)
                WHERE member = (SELECT member FROM logs WHERE number = 3)
                """,
            problem: "chain of member MEMBER: proves nothing", consequences: 1),
        Damage(
            change: "DELETE FROM chains WHERE member = \(member)", problem: "chain of member MEMBER: is missing"),
        Damage(
            change: "INSERT INTO chains SELECT x'01', presentation FROM chains LIMIT 1",
            problem: "a chain is kept under a key that is no member's"),
        Damage(change: "UPDATE node SET value = x'09' WHERE key = 'schema'", problem: "note schema of the node: is 09"),
        Damage(
            change: "UPDATE node SET value = flip(value, 3) WHERE key = 'community'",
            problem: "note community of the node: is "),
        Damage(
            change: "UPDATE node SET value = x'00' WHERE key = 'fold_version'",
            problem: "note fold_version of the node: is 00"),
        Damage(
            change: "UPDATE node SET value = flip(value, 15) WHERE key = 'token'",
            problem: "note token of the node: is "),
        Damage(change: "DELETE FROM node WHERE key = 'token'", problem: "note token of the node: is missing"),
        Damage(change: "DELETE FROM node WHERE key = 'community'", problem: "note community of the node: is missing"),
        Damage(change: "INSERT INTO node VALUES ('more', x'00')", problem: "note more of the node: means nothing"),
    ]

    private func store(_ fixture: ReplicaFixture) async throws -> ReplicaStore {
        for number in 0..<9 { try fixture.write([try fixture.pledge(number, minor: 100)], author: number % 3) }
        let store = try fixture.store("a")
        for run in fixture.runs {
            _ = try await store.take([Arrival(source: 1, part: run)], wallMilliseconds: ReplicaFixture.wall)
        }
        try await store.keep([fixture.order])
        return store
    }

    @Test(arguments: damages)
    func `what is remembered wrongly is named, and nothing else`(damage: Damage) async throws {
        let fixture = try ReplicaFixture()
        let store = try await store(fixture)
        let facts = HomeFacts(token: try await store.token(), order: fixture.order)
        #expect(try await store.verify(against: facts).problems == [])
        let log = try #require(try await store.logs().first { $0.number == 2 }).log
        try await store.pool.writeWithoutTransaction { database in
            database.add(function: Self.flip)
            try database.execute(sql: damage.change)
            #expect(database.changesCount > 0)
        }
        let problems = try await store.verify(against: facts).problems
        let expected = damage.problem.replacing("LOG", with: "\(log)").replacing("MEMBER", with: "\(log.member)")
            .replacing("ORDER", with: "\(fixture.order.hash)")
        #expect(problems.contains { $0.hasPrefix(expected) }, "\(expected) is not in \(problems)")
        // The file itself may be found wanting of a type, too.
        let others = problems.filter { !$0.hasPrefix(expected) && !$0.hasPrefix("the database file: ") }
        #expect(others.count == damage.consequences, "\(others)")
        try store.close()
    }

    @Test func `progress ends at all operations, verified and folded`() async throws {
        let fixture = try ReplicaFixture()
        for number in 0..<2 * StorageLimits.reportedOperations {
            try fixture.write([try fixture.pledge(number, minor: 100)], author: 0)
        }
        let many = try (2_000..<2_000 + StorageLimits.reportedOperations).map { try fixture.pledge($0, minor: 100) }
        try fixture.write(many, author: 1)
        let store = try await store(fixture)
        let reports = Mutex<[VerificationProgress]>([])
        let found = try await store.verify { report in reports.withLock { $0.append(report) } }
        let told = reports.withLock { $0 }
        #expect(told.first == VerificationProgress(total: found.operations))
        #expect(told.count > (found.operations - 1) / StorageLimits.reportedOperations)
        #expect(told.allSatisfy { $0.total == found.operations && $0.verified <= $0.total && $0.folded <= $0.total })
        #expect(zip(told, told.dropFirst()).allSatisfy { $0.verified + $0.folded < $1.verified + $1.folded })
        #expect(told.last.map { $0.verified == found.operations && $0.folded == $0.total } == true)
        try store.close()
    }

    /// `flip(blob, index)`: the blob with one bit of a byte changed.
    private static let flip = DatabaseFunction("flip", argumentCount: 2, pure: true) { values in
        guard var bytes = Data.fromDatabaseValue(values[0]).map({ Array($0) }),
            let index = Int.fromDatabaseValue(values[1]), bytes.indices.contains(index)
        else { return nil }
        bytes[index] ^= 1
        return Data(bytes)
    }
}

extension ReplicaStore {
    fileprivate func logs() async throws -> [(number: LogNumber, log: LogID)] {
        try await pool.writeWithoutTransaction { [writer] _ in writer.logs.values.map { ($0.number, $0.state.log) } }
    }
}
