import AuthorLog
package import Identity

/// The state digest: equal on every node with the same folded operations and fold version.
///
/// Rows are spread over 4,096 buckets by the first 12 bits of their key, so that a change reads one bucket again and not the
/// state. Source: Protocol/3-community.md, *State digest*.
package enum Digest {
    package static let bucketCount = 4_096

    package static func bucket(of key: Bytes16) -> UInt16 { UInt16(key[0]) << 4 | UInt16(key[1]) >> 4 }

    /// The lowest key of a bucket; the next bucket's is its end.
    package static func lowestKey(of bucket: UInt16) -> [UInt8] {
        let number = [UInt8(truncatingIfNeeded: bucket >> 4), UInt8(truncatingIfNeeded: bucket << 4)]
        return number + [UInt8](repeating: 0, count: 14)
    }

    /// - Parameter buckets: 4,096 bucket hashes in order.
    package static func state(ofBuckets buckets: [Hash256]) -> Hash256 {
        precondition(buckets.count == bucketCount, "a state has \(bucketCount) buckets, not \(buckets.count)")
        var stream = BLAKE2b.Stream(personal: Personal.state, outputByteCount: 32)
        var version: [UInt8] = []
        version.appendBigEndian(Fold.version)
        stream.update(version)
        for bucket in buckets { bucket.withUnsafeBytes { stream.update($0) } }
        return stream.finish256()
    }
}
