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

    /// - Parameter reusesHashes: False to work out every bucket, as `verify` does.
    package static func compute(_ database: Database, reusesHashes: Bool = true) throws -> StateDigest {
        var hashes = [Hash256](repeating: Hash256(raw: .zero), count: Digest.bucketCount)
        var computed: [Bucket] = []
        let reader = try BucketReader(database)
        for stored in try storedBuckets(database) {
            if reusesHashes, let hash = stored.hash {
                hashes[Int(stored.bucket)] = hash
            } else {
                let hash = Digest.hash(ofBucket: try reader.rows(of: stored.bucket))
                hashes[Int(stored.bucket)] = hash
                computed.append(Bucket(bucket: stored.bucket, version: stored.version, hash: hash))
            }
        }
        return StateDigest(state: Digest.state(ofBuckets: hashes), computed: computed)
    }

    /// The buckets that changed since they were hashed, or never were; ascending, with their versions.
    static func staleBuckets(_ database: Database) throws -> [(bucket: UInt16, version: Int64)] {
        try storedBuckets(database).filter { $0.hash == nil }.map { ($0.bucket, $0.version) }
    }

    /// Hashes buckets as they are now: the first in any case, and then for as long as `goesOn` says so.
    ///
    /// - Parameter buckets: With the versions that they have in the same snapshot.
    static func hash(
        _ buckets: [(bucket: UInt16, version: Int64)], in database: Database, while goesOn: () -> Bool
    ) throws -> [Bucket] {
        let reader = try BucketReader(database)
        var computed: [Bucket] = []
        for (bucket, version) in buckets where computed.isEmpty || goesOn() {
            let hash = Digest.hash(ofBucket: try reader.rows(of: bucket))
            computed.append(Bucket(bucket: bucket, version: version, hash: hash))
        }
        return computed
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
    private static func storedBuckets(
        _ database: Database
    ) throws -> [(bucket: UInt16, version: Int64, hash: Hash256?)] {
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
