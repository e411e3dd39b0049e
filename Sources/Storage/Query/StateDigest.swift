import Community
import FoundationEssentials
package import GRDB
package import Identity

/// The digest of the state, from as few rows as possible.
///
/// Each bucket's hash is kept beside the version of the bucket that it was made of; only buckets that changed since are read.
/// A bucket without a row was never touched, and its hash is zero.
package struct StateDigest: Hashable, Sendable {
    /// The hash of one bucket as it is at a version.
    package struct Bucket: Hashable, Sendable {
        package var bucket: UInt16
        package var version: Int64
        package var hash: Hash256
    }

    package var state: Hash256
    /// What had to be worked out, ascending: ``store(_:in:)`` keeps it for the next time.
    package var computed: [Bucket]

    /// - Parameter reusesHashes: False to work out every bucket.
    package static func compute(_ database: Database, reusesHashes: Bool = true) throws -> StateDigest {
        var hashes = [Hash256](repeating: Hash256(raw: .zero), count: Digest.bucketCount)
        var stale: [StaleBucket] = []
        for stored in try storedBuckets(database) {
            if reusesHashes, let hash = stored.hash {
                hashes[Int(stored.bucket)] = hash
            } else {
                stale.append((stored.bucket, stored.version))
            }
        }
        let computed = try hash(stale, in: database)
        for bucket in computed { hashes[Int(bucket.bucket)] = bucket.hash }
        return StateDigest(state: Digest.state(ofBuckets: hashes), computed: computed)
    }

    package init(state: Hash256, computed: [Bucket]) {
        self.state = state
        self.computed = computed
    }

    /// What one connection worked out, as it saw the state.
    struct Part: Sendable {
        fileprivate let stored: [StoredBucket]
        fileprivate let computed: [Bucket]

        /// - Parameter isMine: Of the stale buckets those to hash.
        init(_ database: Database, of isMine: (UInt16) -> Bool) throws {
            stored = try storedBuckets(database)
            let stale = stored.filter { $0.hash == nil && isMine($0.bucket) }.map { ($0.bucket, $0.version) }
            computed = try hash(stale, in: database)
        }
    }

    /// Puts together what two connections worked out at the same time, but not of one snapshot. A bucket's version names what it
    /// holds, so a hash holds for every snapshot in which the bucket has that version.
    ///
    /// - Returns: Nil where a bucket that is stale as `a` saw it was not hashed in that version.
    init?(_ a: Part, _ b: Part) {
        let known = Dictionary((a.computed + b.computed).map { ($0.bucket, $0) }) { first, _ in first }
        var hashes = [Hash256](repeating: Hash256(raw: .zero), count: Digest.bucketCount)
        computed = []
        for stored in a.stored {
            if let hash = stored.hash {
                hashes[Int(stored.bucket)] = hash
            } else if let bucket = known[stored.bucket], bucket.version == stored.version {
                hashes[Int(stored.bucket)] = bucket.hash
                computed.append(bucket)
            } else {
                return nil
            }
        }
        state = Digest.state(ofBuckets: hashes)
    }

    fileprivate typealias StoredBucket = (bucket: UInt16, version: Int64, hash: Hash256?)
    typealias StaleBucket = (bucket: UInt16, version: Int64)

    /// The buckets that changed since they were hashed, or never were; ascending, with their versions.
    static func staleBuckets(_ database: Database) throws -> [StaleBucket] {
        try storedBuckets(database).filter { $0.hash == nil }.map { ($0.bucket, $0.version) }
    }

    /// Hashes buckets as they are now: some in any case, and then for as long as `goesOn` says so.
    ///
    /// - Parameter buckets: With the versions that they have in the same snapshot.
    static func hash(
        _ buckets: [StaleBucket], in database: Database, while goesOn: () -> Bool = { true }
    ) throws -> [Bucket] {
        let isMost = buckets.count > Digest.bucketCount / 4
        let reader = try BucketReader(database, readsMost: isMost)
        let atOnce = isMost ? try bucketsAtOnce(database) : 1
        var computed: [Bucket] = []
        for start in stride(from: 0, to: buckets.count, by: atOnce) where computed.isEmpty || goesOn() {
            let group = buckets[start..<min(start + atOnce, buckets.count)]
            for (stale, hash) in zip(group, try reader.hashes(of: group.map(\.bucket))) {
                computed.append(Bucket(bucket: stale.bucket, version: stale.version, hash: hash))
            }
        }
        return computed
    }

    /// So many that their rows are about ``StorageLimits/hashedRows``.
    private static func bucketsAtOnce(_ database: Database) throws -> Int {
        let sql = "SELECT (SELECT max(number) FROM state_people), (SELECT max(number) FROM state_pledges)"
        let rows = try DirectStatement(database, sql).first({ _ in }, { $0.int(0).addingReportingOverflow($0.int(1)) })
        guard let rows, !rows.overflow else { return 1 }
        let perBucket = max(Int(clamping: rows.partialValue) / Digest.bucketCount, 1)
        return min(max(StorageLimits.hashedRows / perBucket, 1), Digest.bucketCount)
    }

    /// The buckets that are noted with another hash than their rows have.
    static func wronglyNoted(_ database: Database) throws -> [UInt16] {
        let stored = try storedBuckets(database)
        let computed = try hash(stored.map { ($0.bucket, $0.version) }, in: database)
        return zip(stored, computed).filter { $0.hash != nil && $0.hash != $1.hash }.map(\.0.bucket)
    }

    /// Keeps hashes for the next time; those of buckets that changed in between are dropped.
    package static func store(_ computed: [Bucket], in database: Database) throws {
        let sql = "UPDATE state_buckets SET hash = ?, hashed_version = version WHERE bucket = ? AND version = ?"
        let statement = try database.cachedStatement(sql: sql)
        for bucket in computed {
            try statement.execute(arguments: [bucket.hash.data, Int64(bucket.bucket), bucket.version])
        }
    }

    /// - Returns: Ascending; `hash` is nil where the bucket changed since it was hashed.
    private static func storedBuckets(_ database: Database) throws -> [StoredBucket] {
        let sql = """
            SELECT bucket, version, CASE WHEN hashed_version = version THEN hash END
            FROM state_buckets ORDER BY bucket
            """
        return try database.rows(sql) { row in
            guard let bucket = UInt16(exactly: row[0] as Int64), bucket < Digest.bucketCount else {
                throw StorageError.stateIsDamaged("bucket \(row[0] as Int64)")
            }
            return (bucket, row[1], try row.optionalFixed(2))
        }
    }
}
