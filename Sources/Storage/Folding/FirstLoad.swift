import Community
import GRDB
import Identity

/// What is different while empty state tables are filled: ids that nobody has written are not looked up, and indexes that the fold
/// seldom asks are made at the end, sorted, and not entry by entry.
final class FirstLoad {
    private let database: Database
    /// The first words of the ids that are, or soon will be, in the tables.
    private var people: Set<UInt64> = []
    private var pledges: Set<UInt64> = []
    private var hasIndexes = false

    /// Drops the indexes; the tables are empty.
    init(_ database: Database) throws {
        self.database = database
        for index in Schema.lateIndexes { try database.execute(sql: "DROP INDEX IF EXISTS \(index.name)") }
        try database.execute(sql: "PRAGMA cache_size = -\(StorageLimits.firstLoadCacheKibibytes)")
    }

    /// - Returns: False for an id that is asked for the first time: it is in no table.
    func mayHold(_ id: PersonID) -> Bool {
        people.count >= StorageLimits.firstLoadIDs || !people.insert(id.raw.leadingWord).inserted
    }

    /// - Returns: False for an id that is asked for the first time: it is in no table. Where it may be, there is an index to find it by.
    func mayHold(_ id: PledgeID) throws -> Bool {
        guard pledges.count >= StorageLimits.firstLoadIDs || !pledges.insert(id.raw.leadingWord).inserted else {
            return false
        }
        try makeIndexes()
        return true
    }

    private func makeIndexes() throws {
        guard !hasIndexes else { return }
        hasIndexes = true
        for index in Schema.lateIndexes { try database.execute(sql: index.sql) }
    }

    /// Nothing is different any more.
    func end() throws {
        try makeIndexes()
        try database.execute(sql: "PRAGMA cache_size = -\(StorageLimits.cacheKibibytes)")
    }
}
