import AuthorLog
import Foundation
import GRDB
import Testing

@testable import Storage

struct MigrationTests {
    @Test(arguments: [2, 3] as [UInt8])
    func `a record of an earlier version is brought to this one`(version: UInt8) async throws {
        let fixture = try ReplicaFixture()
        try fixture.write([try fixture.registration("ANN", by: "ann")], author: 0)
        for number in 0..<20 { try fixture.write([try fixture.pledge(number, minor: 100)], author: number % 3) }
        let store = try fixture.store("record")
        try await store.take(
            fixture.runs.map { Arrival(source: 1, part: $0) }, wallMilliseconds: ReplicaFixture.wall)
        let (chains, state) = (try await store.chains(), try await store.stateDigest().state)
        #expect(chains.count == 3)
        try store.close()

        let queue = try DatabaseQueue(path: store.path)
        try await queue.write { database in
            try database.execute(sql: "DROP TABLE parties")
            try NodeValue.schema.write([version], to: database)
            guard version < 3 else { return }
            try database.execute(
                sql: """
                    ALTER TABLE chains RENAME TO later_chains;
                    CREATE TABLE chains (member BLOB PRIMARY KEY, presentation BLOB NOT NULL) WITHOUT ROWID;
                    INSERT INTO chains SELECT member, presentation FROM later_chains;
                    DROP TABLE later_chains;
                    """)
        }
        try queue.close()

        let again = try fixture.store("record")
        #expect(try await again.chains() == chains)
        #expect(try await again.stateDigest().state == state)
        #expect(try await again.verify().problems == [])
        try again.close()
    }

    @Test(arguments: [0, UInt8(Schema.version + 1)])
    func `a record of a version that is not known is left alone`(version: UInt8) async throws {
        let fixture = try ReplicaFixture()
        let store = try fixture.store("record")
        try await store.pool.write { try NodeValue.schema.write([version], to: $0) }
        try store.close()
        #expect(throws: StorageError.self) { _ = try fixture.store("record") }
    }
}
