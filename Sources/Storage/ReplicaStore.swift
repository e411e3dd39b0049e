package import AuthorLog
package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// One replica of a community's record, in one SQLite file.
///
/// The log is appended and the state folded in one transaction; a single connection writes and checkpoints, readers only read.
/// The caller holds the lock on the home: two processes must never open one file.
package final class ReplicaStore: Sendable {
    package let pool: DatabasePool
    package let charter: Charter
    package let rules: FoldRules
    package let path: String
    let writer: Writer

    /// Opens a replica, making its tables where there are none.
    ///
    /// - Parameters:
    ///   - path: A file in the home. Its `-wal` and `-shm` lie beside it.
    ///   - personKey: Of the community; what ids of persons are hashed with.
    package init(path: String, charter: Charter, personKey: SecretBytes) throws {
        guard let currency = Currency(charter.currency) else {
            throw StorageError.unreadable("the charter's currency \(charter.currency) is not known to this version")
        }
        self.path = path
        self.charter = charter
        rules = FoldRules(charter: charter, currency: currency, pseudonyms: Pseudonyms(personKey: personKey))
        SQLiteMemory.leaveUncounted()
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
        } catch {
            throw StorageError(error, doing: "opening \(path)")
        }
        do {
            // GRDB sets NORMAL when it opens WAL: FULL comes after, and is asserted.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try Self.assertDurable(database)
            }
            let isFolded = try pool.write { try Self.prepareTables($0, charter: charter) }
            writer = try Writer(charter: charter, rules: rules)
            try pool.writeWithoutTransaction { [writer, pool] database in
                try writer.load(from: database)
                try writer.openState(isFolded: isFolded, from: .ahead(pool), in: database)
            }
        } catch {
            throw StorageError(error, doing: "opening \(path)")
        }
    }

    /// Checkpoints and closes: one file remains. Nothing may be asked afterwards.
    ///
    /// On a full disk what could not be checkpointed stays in the `-wal` beside it, and is read from there at the next start.
    package func close() throws {
        // The readers first, and that waits for what they read: SQLite takes `-wal` and `-shm` away with the last
        // connection, but not with one that may only read.
        pool.releaseMemory()
        do {
            try pool.writeWithoutTransaction { try Self.checkpoint($0) }
        } catch StorageError.diskIsFull {
            // Nothing is lost.
        }
        try pool.close()
    }

    /// Writes what is committed into the database's own file, and empties the `-wal` unless somebody still reads from it.
    ///
    /// - Throws: ``StorageError/diskIsFull`` where the file would have to grow and cannot.
    package func checkpoint() async throws {
        try await pool.writeWithoutTransaction { try Self.checkpoint($0) }
    }

    private static func checkpoint(_ database: Database) throws {
        do {
            try database.checkpoint(.truncate)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // Done as far as it goes: readers keep the rest.
        } catch {
            throw StorageError(error, doing: "checkpointing")
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA cache_size = -\(StorageLimits.cacheKibibytes); PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF
                    """)
        }
        return configuration
    }

    private static func assertDurable(_ database: Database) throws {
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        guard synchronous == 2, journal == "wal" else {
            throw StorageError.notDurable("synchronous is \(synchronous ?? -1), journal mode \(journal ?? "none")")
        }
    }

    /// - Returns: False where the state's tables were of another shape: they are empty now, and to be folded anew.
    private static func prepareTables(_ database: Database, charter: Charter) throws -> Bool {
        if try !database.tableExists("node") {
            try Schema.create(in: database)
            try NodeValue.schema.write([UInt8(Schema.version)], to: database)
            try NodeValue.community.write(charter.id.bytes, to: database)
            try NodeValue.foldVersion.write([UInt8(Fold.version)], to: database)
            try NodeValue.stateVersion.write([UInt8(Schema.stateVersion)], to: database)
        }
        let version = try NodeValue.schema.read(from: database)?.first ?? 0
        if version != Schema.version {
            try Schema.migrate(database, from: version)
            return false
        }
        guard try NodeValue.community.read(from: database) == charter.id.bytes else {
            throw StorageError.unreadable("it holds another community's record")
        }
        if try NodeValue.stateVersion.read(from: database) == [UInt8(Schema.stateVersion)] { return true }
        try Schema.replaceState(in: database)
        return false
    }
}

/// What a node notes about its own database.
package enum NodeValue: String {
    case schema, community
    case foldVersion = "fold_version"
    /// Written last where the state is folded anew: whoever was interrupted begins again.
    case stateVersion = "state_version"
    /// Also in the mark beside the key: a database put back from elsewhere does not have it.
    case token

    func read(from database: Database) throws -> [UInt8]? {
        try Data.fetchOne(database, sql: "SELECT value FROM node WHERE key = ?", arguments: [rawValue]).map {
            Array($0)
        }
    }

    func write(_ value: [UInt8], to database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO node VALUES (?, ?)", arguments: [rawValue, Data(value)])
    }
}
