import AuthorLog
import Community
import GRDB
import GRDBSQLite
import Identity

/// A prepared statement of the writing connection, bound and read column by column.
///
/// For what runs once for every row that arrives: there GRDB's boxed arguments and copied rows cost more than SQLite does.
/// Everything else speaks GRDB. Lives no longer than its `Database` is in hand.
struct DirectStatement {
    private let statement: Statement
    private let database: Database

    /// Prepares once a connection.
    init(_ database: Database, _ sql: String) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
    }

    /// Runs a statement that answers nothing.
    ///
    /// - Parameter bind: Adds the arguments, in the order of their marks.
    func run(_ bind: (inout Arguments) -> Void) throws {
        try bound(bind) { _ = try step() }
    }

    /// - Returns: The first row, read; nil where there is none.
    func first<Value>(_ bind: (inout Arguments) -> Void, _ read: (Columns) throws -> Value) throws -> Value? {
        try bound(bind) { try step() ? read(Columns(statement: statement.sqliteStatement)) : nil }
    }

    func all<Value>(_ bind: (inout Arguments) -> Void, _ read: (Columns) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try forEach(bind) { values.append(try read($0)) }
        return values
    }

    func forEach(_ bind: (inout Arguments) -> Void, _ body: (Columns) throws -> Void) throws {
        try bound(bind) {
            while try step() { try body(Columns(statement: statement.sqliteStatement)) }
        }
    }

    /// Ends with the first row of which `body` answers false.
    func forEachWhile(_ bind: (inout Arguments) -> Void, _ body: (Columns) throws -> Bool) throws {
        try bound(bind) {
            while try step(), try body(Columns(statement: statement.sqliteStatement)) {}
        }
    }

    /// Calls `body` while the statement has its arguments; afterwards it has none.
    @inline(__always)
    private func bound<Value>(_ bind: (inout Arguments) -> Void, _ body: () throws -> Value) throws -> Value {
        try withUnsafeTemporaryAllocation(byteCount: Arguments.keptByteCount, alignment: 1) { room in
            let handle = statement.sqliteStatement
            defer {
                sqlite3_reset(handle)  // its status repeats what the last step said
                sqlite3_clear_bindings(handle)
            }
            var arguments = Arguments(statement: handle, room: room)
            bind(&arguments)
            precondition(arguments.count == sqlite3_bind_parameter_count(handle), "arguments of \(statement.sql)")
            if arguments.status != SQLITE_OK { throw failure(arguments.status) }
            return try body()
        }
    }

    /// - Returns: True where there is a row.
    private func step() throws -> Bool {
        switch sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        case let status: throw failure(status)
        }
    }

    private func failure(_ status: CInt) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: status),
            message: database.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) }, sql: statement.sql)
    }
}

extension DirectStatement {
    /// Takes a statement's arguments in their order.
    struct Arguments {
        fileprivate let statement: OpaquePointer
        fileprivate var count: CInt = 0
        /// The first that SQLite refused.
        fileprivate var status = SQLITE_OK
        /// For the bytes of arguments while the statement runs: SQLite allocates for each that it has to copy.
        private var room: UnsafeMutableRawBufferPointer

        /// Of texts and blobs in ``room``, all together; of a row's nearly always.
        fileprivate static let keptByteCount = 512

        fileprivate init(statement: OpaquePointer, room: UnsafeMutableRawBufferPointer) {
            (self.statement, self.room) = (statement, room)
        }

        private mutating func took(_ status: CInt) {
            if self.status == SQLITE_OK { self.status = status }
        }

        mutating func addNull() {
            count += 1
            took(sqlite3_bind_null(statement, count))
        }

        mutating func add(_ value: Int64) {
            count += 1
            took(sqlite3_bind_int64(statement, count, value))
        }

        mutating func add(_ value: Int64?) {
            if let value { add(value) } else { addNull() }
        }

        mutating func add(_ value: Bool) { add(value ? 1 : 0 as Int64) }

        /// Positions and times: the same 64 bits.
        mutating func add(bits value: UInt64) { add(Int64(bitPattern: value)) }

        mutating func add(bits value: UInt64?) { add(value.map { Int64(bitPattern: $0) }) }

        mutating func add(_ text: String) {
            var text = text
            count += 1
            let status = text.withUTF8 { bytes in
                let (kept, lifetime) = keep(UnsafeRawBufferPointer(bytes))
                // Without an address it would be NULL.
                guard let start = kept.baseAddress else { return sqlite3_bind_text(statement, count, "", 0, nil) }
                return sqlite3_bind_text64(
                    statement, count, start.assumingMemoryBound(to: CChar.self), UInt64(kept.count), lifetime,
                    UInt8(SQLITE_UTF8))
            }
            took(status)
        }

        mutating func add(_ text: String?) {
            if let text { add(text) } else { addNull() }
        }

        mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

        mutating func add(_ bytes: [UInt8]?) {
            if let bytes { add(bytes) } else { addNull() }
        }

        mutating func add(_ id: some FixedBytes) { id.withUnsafeBytes { add($0) } }

        mutating func add(_ bytes: Bytes16) { bytes.withUnsafeBytes { add($0) } }

        mutating func add(_ sum: WideInteger) {
            if let narrow = Int64(exactly: sum.value) { add(narrow) } else { add(String(sum.value)) }
        }

        private mutating func add(_ bytes: UnsafeRawBufferPointer) {
            count += 1
            let (kept, lifetime) = keep(bytes)
            guard let start = kept.baseAddress else { return took(sqlite3_bind_zeroblob(statement, count, 0)) }
            took(sqlite3_bind_blob64(statement, count, start, UInt64(kept.count), lifetime))
        }

        /// - Returns: The bytes in ``room`` and SQLITE_STATIC; where there is no room the bytes where they lie, and SQLITE_TRANSIENT.
        private mutating func keep(
            _ bytes: UnsafeRawBufferPointer
        ) -> (bytes: UnsafeRawBufferPointer, lifetime: sqlite3_destructor_type?) {
            guard bytes.count <= room.count else { return (bytes, Self.copied) }
            let place = UnsafeMutableRawBufferPointer(rebasing: room[..<bytes.count])
            place.copyMemory(from: bytes)
            room = UnsafeMutableRawBufferPointer(rebasing: room[bytes.count...])
            return (UnsafeRawBufferPointer(place), nil)
        }

        /// SQLite's SQLITE_TRANSIENT.
        private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    /// The columns of the row that a statement stands on. A column of another type than asked for is converted as SQLite does.
    struct Columns {
        fileprivate let statement: OpaquePointer

        func isNull(_ index: CInt) -> Bool { sqlite3_column_type(statement, index) == SQLITE_NULL }
        func int(_ index: CInt) -> Int64 { sqlite3_column_int64(statement, index) }
        func optionalInt(_ index: CInt) -> Int64? { isNull(index) ? nil : int(index) }
        func bool(_ index: CInt) -> Bool { int(index) != 0 }
        func bits(_ index: CInt) -> UInt64 { UInt64(bitPattern: int(index)) }

        func text(_ index: CInt) -> String {
            String(decoding: bytes(index), as: UTF8.self)
        }

        /// Valid until the statement steps on.
        func bytes(_ index: CInt) -> UnsafeRawBufferPointer {
            let start = sqlite3_column_blob(statement, index)
            return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index)))
        }

        func fixed<Value: FixedBytes>(_ index: CInt, as type: Value.Type = Value.self) throws -> Value {
            guard let value = Value(bytes(index)) else {
                throw StorageError.stateIsDamaged("column \(index) is not \(Value.byteCount) bytes")
            }
            return value
        }

        func optionalFixed<Value: FixedBytes>(_ index: CInt, as type: Value.Type = Value.self) throws -> Value? {
            isNull(index) ? nil : try fixed(index)
        }

        func stamp(time: CInt, log: CInt, position: CInt) -> Stamp {
            Stamp(time: HybridTime(rawValue: bits(time)), log: int(log), position: bits(position))
        }

        func amount(minor: CInt, currency: CInt) throws -> Amount {
            guard let named = Currency(text(currency)), let amount = Amount(minor: int(minor), currency: named) else {
                throw StorageError.stateIsDamaged("amount \(int(minor)) \(text(currency))")
            }
            return amount
        }

        /// - Throws: Where it holds what no sum is stored as.
        func wide(_ index: CInt) throws -> Int128 {
            if sqlite3_column_type(statement, index) == SQLITE_INTEGER { return Int128(int(index)) }
            guard let value = Int128(text(index)) else {
                throw StorageError.stateIsDamaged("sum \(text(index))")
            }
            return value
        }
    }
}
