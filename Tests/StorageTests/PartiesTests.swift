import AuthorLog
import GRDB
import Identity
import Testing

@testable import Storage

struct PartiesTests {
    @Test func `who is numbered keeps the number, in any state of the record`() throws {
        let queue = try QueryFixture().queue
        try queue.write { database in
            let parties = Parties()
            let ids = (1...5 as ClosedRange<Int64>).map { QueryFixture.bytes($0, 3) }
            let numbers = try ids.map { try parties.number(of: $0, in: database) }
            #expect(Set(numbers).count == 5)
            try Schema.replaceState(in: database)
            let later = Parties()
            #expect(try ids.reversed().map { try later.number(of: $0, in: database) } == numbers.reversed())
            #expect(try numbers.map { try Parties().id(of: $0, in: database) } == ids)
            #expect(throws: StorageError.self) { _ = try Parties().id(of: 99, in: database) }
        }
    }

    @Test func `a failed transaction leaves no number behind`() async throws {
        let fixture = try ReplicaFixture()
        try fixture.write([try fixture.registration("ANN", by: "ann")], author: 0)
        try fixture.write([try fixture.pledge(1, minor: 100)], author: 1)
        let store = try fixture.store("record")
        let arrivals = fixture.runs.map { Arrival(source: 1, part: $0) }
        try await store.pool.write {
            try $0.execute(
                sql: "CREATE TRIGGER full BEFORE INSERT ON state_buckets BEGIN SELECT raise(FAIL, 'no room'); END")
        }
        await #expect(throws: (any Error).self) {
            try await store.take(arrivals, wallMilliseconds: ReplicaFixture.wall)
        }
        try await store.pool.write { try $0.execute(sql: "DROP TRIGGER full") }
        try await store.take(arrivals, wallMilliseconds: ReplicaFixture.wall)
        #expect(try await store.verify().problems == [])
        try store.close()
    }
}
