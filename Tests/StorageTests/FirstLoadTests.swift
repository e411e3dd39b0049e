import AuthorLog
import Community
import Foundation
import GRDB
import GRDBSQLite
import Identity
import Synchronization
import Testing

@testable import Storage

/// Empty tables are filled without the indexes that the fold hardly asks for: whatever becomes of it, they are there afterwards.
struct FirstLoadTests {
    private static let pledges = 60
    private static let batch = 10

    enum Filling: CaseIterable { case firstSync, rebuild }

    private func filled() throws -> ReplicaFixture {
        let fixture = try ReplicaFixture()
        try fixture.write([try fixture.registration("ANN", by: "ann")], author: 0)
        for number in 0..<Self.pledges {
            try fixture.write([try fixture.pledge(number, minor: 100 + Int64(number))], author: number % 3)
        }
        return fixture
    }

    private func store(_ name: String, _ fixture: ReplicaFixture) throws -> ReplicaStore {
        let store = try fixture.store(name)
        store.writer.foldBatchOperations = Self.batch
        store.writer.bulkOperations = 3
        return store
    }

    private func deliver(_ fixture: ReplicaFixture, to store: ReplicaStore) async throws {
        try await store.take(
            fixture.runs.map { Arrival(source: 1, part: $0) }, wallMilliseconds: ReplicaFixture.wall)
    }

    /// Tables, views and indexes, as they were made.
    private func schema(_ store: ReplicaStore) async throws -> [String] {
        try await store.pool.read {
            try String.fetchAll(
                $0, sql: "SELECT type || ' ' || name || ': ' || ifnull(sql, '') FROM sqlite_schema ORDER BY 1")
        }
    }

    /// It has the tables and indexes of a new one, the state that follows from `fixture`, and nothing to find fault with.
    private func expectWhole(
        _ store: ReplicaStore, _ fixture: ReplicaFixture, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let new = try fixture.store("new-\(UUID().uuidString)")
        let found = try await schema(store)
        #expect(Set(found) == Set(try await schema(new)), sourceLocation: sourceLocation)
        for index in Schema.lateIndexes {
            #expect(
                found.contains { $0.hasPrefix("index \(index.name):") }, "\(index.name)", sourceLocation: sourceLocation
            )
        }
        // One after the other, as in a conversation: nothing is filled.
        for run in fixture.runs {
            try await new.take([Arrival(source: 1, part: run)], wallMilliseconds: ReplicaFixture.wall)
        }
        let (state, expected) = (try await store.stateDigest().state, try await new.stateDigest().state)
        #expect(state == expected, sourceLocation: sourceLocation)
        #expect(try await store.totals().pledges == Self.pledges, sourceLocation: sourceLocation)
        #expect(try await store.verify().problems == [], sourceLocation: sourceLocation)
        try new.close()
    }

    /// Runs SQL for the pledge that makes it `count` of them; gone with the connection.
    private func trip(_ store: ReplicaStore, at count: Int, _ statement: String) async throws {
        try await store.pool.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    CREATE TEMP TRIGGER trips AFTER INSERT ON main.state_pledges
                    WHEN (SELECT count(*) FROM state_pledges) = \(count) BEGIN \(statement); END
                    """)
        }
    }

    private func hasLateIndexes(_ database: Database) throws -> Bool {
        try Schema.lateIndexes.allSatisfy {
            try Bool.fetchOne(
                database, sql: "SELECT count(*) > 0 FROM sqlite_schema WHERE name = ?", arguments: [$0.name]) ?? false
        }
    }

    @Test(arguments: Filling.allCases)
    func `filled in one go, the record has every index of a new one, and the same state`(filling: Filling) async throws
    {
        let fixture = try filled()
        let store = try store("record", fixture)
        try await deliver(fixture, to: store)
        if filling == .rebuild { try await store.rebuild() }
        try await expectWhole(store, fixture)
        try store.close()
        let again = try fixture.store("record")
        try await expectWhole(again, fixture)
        try again.close()
    }

    @Test(arguments: Filling.allCases, [1, 35])
    func `a failure in the middle takes back what was filled, and it is made up for`(
        filling: Filling, count: Int
    ) async throws {
        let fixture = try filled()
        let store = try store("record", fixture)
        if filling == .rebuild { try await deliver(fixture, to: store) }
        try await trip(store, at: count, "SELECT RAISE(ABORT, 'interrupted')")
        await #expect(throws: StorageError.self) {
            if filling == .rebuild { try await store.rebuild() } else { try await deliver(fixture, to: store) }
        }
        let (cache, isIndexed) = try await store.pool.writeWithoutTransaction { database in
            (try Int.fetchOne(database, sql: "PRAGMA cache_size"), try hasLateIndexes(database))
        }
        #expect(cache == -StorageLimits.cacheKibibytes)
        #expect(isIndexed)
        if filling == .rebuild {
            // What was before is.
            try await expectWhole(store, fixture)
        } else {
            #expect(try await store.totals().pledges == 0)
        }

        // The same store goes on; so does one that is opened anew.
        let copy = fixture.folder.appending(path: "copy").path
        try await store.pool.writeWithoutTransaction { [path = store.path] database in
            try database.execute(sql: "DROP TRIGGER temp.trips")
            try copyRecord(from: path, to: copy)
        }
        try await store.settle(wallMilliseconds: ReplicaFixture.wall)
        try await expectWhole(store, fixture)
        try store.close()
        let again = try fixture.store("copy")
        try await expectWhole(again, fixture)
        try again.close()
    }

    @Test(arguments: Filling.allCases, [1, 35])
    func `killed in the middle, the record is whole after the next start`(filling: Filling, count: Int) async throws {
        let fixture = try filled()
        let store = try store("record", fixture)
        if filling == .rebuild { try await deliver(fixture, to: store) }
        let copy = fixture.folder.appending(path: "copy").path
        let seen = Mutex<(copies: Int, isIndexed: Bool)>((0, true))
        try await store.pool.writeWithoutTransaction { [path = store.path] database in
            let connection = Connection(pointer: database.sqliteConnection)
            database.add(
                function: DatabaseFunction("copy_record", argumentCount: 1) { values in
                    // What a killed process leaves behind: all that was written of a transaction that never ended.
                    _ = sqlite3_db_cacheflush(connection.pointer)
                    try copyRecord(from: path, to: copy)
                    let indexes = Int.fromDatabaseValue(values[0]) ?? 0
                    seen.withLock { $0 = ($0.copies + 1, indexes == Schema.lateIndexes.count) }
                    return nil
                })
        }
        let names = Schema.lateIndexes.map { "'\($0.name)'" }.joined(separator: ",")
        try await trip(
            store, at: count, "SELECT copy_record((SELECT count(*) FROM main.sqlite_schema WHERE name IN (\(names))))")
        if filling == .rebuild { try await store.rebuild() } else { try await deliver(fixture, to: store) }
        try store.close()
        #expect(seen.withLock { $0.copies } == 1)
        if count == 1 { #expect(!seen.withLock { $0.isIndexed }, "the indexes were there all the time") }

        let killed = try fixture.store("copy")
        try await expectWhole(killed, fixture)
        try killed.close()
    }

    @Test func `killed between new tables and their filling, the record is whole after the next start`() async throws {
        let fixture = try filled()
        let store = try store("record", fixture)
        try await deliver(fixture, to: store)
        try store.close()
        let queue = try DatabaseQueue(path: store.path)
        try await queue.write { database in
            try NodeValue.stateVersion.write([UInt8(Schema.stateVersion - 1)], to: database)
            try Schema.replaceState(in: database)
        }
        try queue.close()
        let again = try fixture.store("record")
        try await expectWhole(again, fixture)
        try again.close()
    }
}

/// SQLite's, of the thread that holds it.
private struct Connection: @unchecked Sendable {
    let pointer: OpaquePointer?
}

/// Database and `-wal` as they lie there.
private func copyRecord(from path: String, to copy: String) throws {
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
    }
}
