import Community
import GRDB
import Identity
import Synchronization

/// What is different while empty state tables are filled: indexes that the fold hardly ever asks are made at the end, sorted, and not
/// entry by entry.
final class FirstLoad {
    let ids = KnownIDs()
    /// Of the digest, that have rows: nearly every batch has some in each.
    var buckets: Set<UInt16> = []
    private let database: Database
    private var hasIndexes = false

    /// Drops the indexes; the tables are empty.
    init(_ database: Database) throws {
        self.database = database
        for index in Schema.lateIndexes { try database.execute(sql: "DROP INDEX IF EXISTS \(index.name)") }
        try database.execute(sql: "PRAGMA cache_size = -\(StorageLimits.firstLoadCacheKibibytes)")
    }

    /// Before something is looked for by them.
    func makeIndexes() throws {
        guard !hasIndexes else { return }
        hasIndexes = true
        for index in Schema.lateIndexes { try database.execute(sql: index.sql) }
    }

    /// Nothing is different any more.
    ///
    /// - Parameter isIndexed: False where nobody will look for a single row.
    func end(isIndexed: Bool) throws {
        if isIndexed { try makeIndexes() }
        try ChangeWriter.touch(buckets.sorted(), in: database)
        try database.execute(sql: "PRAGMA cache_size = -\(StorageLimits.cacheKibibytes)")
    }
}

/// Ids that have been asked for since the tables were empty, by their first words: others are in no table, and not looked up.
final class KnownIDs: Sendable {
    private let ids = Mutex((people: Set<UInt64>(), pledges: Set<UInt64>()))

    /// - Returns: False for an id that is asked for the first time.
    func mayHold(_ id: PersonID) -> Bool { ids.withLock { Self.mayHold(id.raw.leadingWord, in: &$0.people) } }
    func mayHold(_ id: PledgeID) -> Bool { ids.withLock { Self.mayHold(id.raw.leadingWord, in: &$0.pledges) } }

    private static func mayHold(_ word: UInt64, in known: inout Set<UInt64>) -> Bool {
        known.count >= StorageLimits.knownIDs || !known.insert(word).inserted
    }
}
