import Community
import GRDB
import Identity
import Testing

@testable import Storage

@Suite struct DirectStatementTests {
    private func read<Value>(
        _ bind: (inout DirectStatement.Arguments) -> Void, _ read: (DirectStatement.Columns) throws -> Value
    ) throws -> Value? {
        try DatabaseQueue().read { try DirectStatement($0, "SELECT ?, typeof(?1)").first(bind, read) }
    }

    @Test func `what is bound comes back, and as the type that was meant`() throws {
        let integer = try read({ $0.add(Int64.min) }) { ($0.int(0), $0.text(1)) }
        #expect(try #require(integer) == (.min, "integer"))
        let bits = try read({ $0.add(bits: UInt64.max) }) { ($0.bits(0), $0.text(1)) }
        #expect(try #require(bits) == (.max, "integer"))
        for text in ["", "e\u{301}", String(repeating: "long ", count: 100), "a\0b"] {
            let back = try read({ $0.add(text) }) { ($0.text(0), $0.text(1)) }
            #expect(try #require(back) == (text, "text"))
        }
        for bytes in [[], [0], [UInt8](0...255)] as [[UInt8]] {
            let back = try read({ $0.add(bytes) }) { ([UInt8]($0.bytes(0)), $0.text(1)) }
            #expect(try #require(back) == (bytes, "blob"))
        }
        let null = try read({ $0.add(nil as String?) }) { ($0.isNull(0), $0.optionalInt(0)) }
        #expect(try #require(null) == (true, nil))
    }

    @Test func `sums of any width come back`() throws {
        for sum in [0, -1, Int128(Int64.max), Int128(Int64.max) + 1, .min] as [Int128] {
            #expect(try read({ $0.add(WideInteger(sum)) }) { try $0.wide(0) } == sum)
        }
    }

    @Test func `what is no id and no sum is damage, and no trap`() {
        #expect(throws: StorageError.self) {
            try read({ $0.add([1, 2]) }) { try $0.fixed(0) as PersonID }
        }
        #expect(throws: StorageError.self) { try read({ $0.add("much") }) { try $0.wide(0) } }
    }

    @Test func `a failure says what SQLite says, and the statement runs again`() throws {
        try DatabaseQueue().write { database in
            try database.execute(sql: "CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
            let insert = try DirectStatement(database, "INSERT INTO numbers VALUES (?)")
            try insert.run { $0.add(1 as Int64) }
            let failure = #expect(throws: DatabaseError.self) { try insert.run { $0.add(1 as Int64) } }
            #expect(failure?.resultCode == .SQLITE_CONSTRAINT)
            #expect(failure?.message?.contains("numbers.number") == true)
            try insert.run { $0.add(2 as Int64) }
            let numbers = try DirectStatement(database, "SELECT number FROM numbers").all({ _ in }) { $0.int(0) }
            #expect(numbers == [1, 2])
        }
    }
}
