import Community
import GRDB
import GRDBSQLite

/// A state in a few numbers: of each table how many rows it has, and the sum of their keyed hashes.
///
/// Two states with the same rows have the same sums, in whatever order the rows lie and whatever numbers of their own the
/// databases gave them: a number is hashed as what it stands for. Tables are read from the first row to the last, which costs a
/// tenth of reading two of them in the order of their keys. The hash is keyed with this process's dice, so nobody can prepare
/// rows that make up for each other, and chance does so once in 2^64.
struct StateSums: Sendable {
    struct Table: Equatable, Sendable {
        var rows = 0
        var sum: UInt64 = 0
    }

    /// One for each of ``StateProjection/all``.
    let tables: [Table]

    init(_ database: Database) throws {
        let names = try Names(database)
        tables = try StateProjection.all.map { try Self.table($0, names, database) }
    }

    private static func table(_ projection: StateProjection, _ names: Names, _ database: Database) throws -> Table {
        let forms = projection.columns.map(\.form)
        var table = Table()
        try ColumnCursor(database, projection.sqlByTable).forEach { row in
            var hasher = Hasher()
            for (index, form) in zip(0..<CInt(forms.count), forms) {
                switch form {
                case .plain, .id, .hex, .text, .place, .party: row.hash(index, into: &hasher)
                case .person: row.hash(index, as: names.people, into: &hasher)
                case .pledge: row.hash(index, as: names.pledges, into: &hasher)
                case .code: row.hash(index, as: names.codes, into: &hasher)
                case .source: row.hash(index, as: names.sources, into: &hasher)
                }
            }
            table.rows += 1
            table.sum &+= UInt64(bitPattern: Int64(hasher.finalize()))
        }
        return table
    }
}

extension StateSums {
    /// What the numbers of one database stand for.
    fileprivate struct Names {
        let people: NameHashes
        let pledges: NameHashes
        let codes: NameHashes
        let sources: NameHashes

        init(_ database: Database) throws {
            people = try NameHashes(database, table: "state_people", id: "person")
            pledges = try NameHashes(database, table: "state_pledges", id: "pledge")
            codes = try NameHashes(database, table: "state_codes", id: "code")
            sources = try NameHashes(database, table: "detail_sources", id: "source")
        }
    }

    /// The hashes of ids by number: 8 bytes each.
    fileprivate struct NameHashes {
        /// Zero where nobody has the number.
        private var dense: [UInt64]
        /// Of numbers far beyond the count of rows: somebody changed the file.
        private var sparse: [Int64: UInt64] = [:]

        init(_ database: Database, table: String, id: String) throws {
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
            dense = [UInt64](repeating: 0, count: count + count / 4 + 1)
            try ColumnCursor(database, "SELECT number, \(id) FROM \(table)").forEach { row in
                var hasher = Hasher()
                row.hash(1, into: &hasher)
                let hash = UInt64(bitPattern: Int64(hasher.finalize()))
                let number = row.int(0)
                if dense.indices.contains(Int(number)) { dense[Int(number)] = hash } else { sparse[number] = hash }
            }
        }

        subscript(number: Int64) -> UInt64? {
            guard dense.indices.contains(Int(number)) else { return sparse[number] }
            let hash = dense[Int(number)]
            return hash == 0 ? nil : hash
        }
    }

    /// Rows whose columns are hashed where SQLite has them, whatever their type: what is read may be damaged.
    fileprivate struct ColumnCursor {
        private let database: Database
        private let statement: Statement

        init(_ database: Database, _ sql: String) throws {
            self.database = database
            statement = try database.cachedStatement(sql: sql)
        }

        func forEach(_ body: (Row) -> Void) throws {
            let pointer = statement.sqliteStatement
            defer { sqlite3_reset(pointer) }  // repeats what the last step said
            while true {
                switch sqlite3_step(pointer) {
                case SQLITE_ROW: body(Row(statement: pointer))
                case SQLITE_DONE: return
                case let status:
                    throw DatabaseError(
                        resultCode: ResultCode(rawValue: status),
                        message: database.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) },
                        sql: statement.sql)
                }
            }
        }

        struct Row {
            fileprivate let statement: OpaquePointer

            func int(_ index: CInt) -> Int64 { sqlite3_column_int64(statement, index) }

            /// Type and value.
            func hash(_ index: CInt, into hasher: inout Hasher) {
                let type = sqlite3_column_type(statement, index)
                hasher.combine(UInt8(truncatingIfNeeded: type))
                switch type {
                case SQLITE_NULL: break
                case SQLITE_INTEGER: hasher.combine(sqlite3_column_int64(statement, index))
                case SQLITE_FLOAT: hasher.combine(sqlite3_column_double(statement, index))
                default:
                    let start = sqlite3_column_blob(statement, index)
                    let count = Int(sqlite3_column_bytes(statement, index))
                    hasher.combine(count)
                    hasher.combine(bytes: UnsafeRawBufferPointer(start: start, count: count))
                }
            }

            /// What the number stands for; where it stands for nothing, or is none, it is hashed as it is.
            func hash(_ index: CInt, as names: NameHashes, into hasher: inout Hasher) {
                guard sqlite3_column_type(statement, index) == SQLITE_INTEGER, let name = names[int(index)] else {
                    return hash(index, into: &hasher)
                }
                hasher.combine(Self.nameTag)
                hasher.combine(name)
            }

            /// None of SQLite's types.
            private static let nameTag: UInt8 = 0
        }
    }
}
