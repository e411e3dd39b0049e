import Community
import GRDB

/// What one step of working stale buckets out did.
package struct DigestStep: Equatable, Sendable {
    /// Buckets hashed and kept; one that changed while it was hashed is stale again, and counted all the same.
    package var hashed: Int
    /// Buckets that are still to be hashed.
    package var left: Int
}

extension ReplicaStore {
    /// - Returns: The digest, and the hashes that ``keep(_:)`` keeps for the next time.
    package func stateDigest() async throws -> StateDigest {
        let halves: [@Sendable (UInt16) -> Bool] = [{ $0 < Digest.bucketCount / 2 }, { $0 >= Digest.bucketCount / 2 }]
        let isWorthTwo = try await answer("hashing the state") { database in
            try StateDigest.staleBuckets(database).count >= StorageLimits.bucketsForTwo
        }
        if isWorthTwo {
            async let lower = answer("hashing the state") { try StateDigest.Part($0, of: halves[0]) }
            async let upper = answer("hashing the state") { try StateDigest.Part($0, of: halves[1]) }
            if let digest = StateDigest(try await lower, try await upper) { return digest }
        }
        // Few are stale; or somebody wrote between the two.
        return try await answer("hashing the state") { try StateDigest.compute($0) }
    }

    /// Hashes some of the buckets that changed, so that the next digest finds them done.
    ///
    /// Rows are read over a reader's connection, and the writer only waits for the short write that keeps the hashes.
    ///
    /// - Parameters:
    ///   - threshold: Fewer stale buckets than these are not worth a write.
    ///   - patience: After so long no further bucket is begun; one is done in any case.
    package func hashStaleBuckets(atLeast threshold: Int, for patience: Duration) async throws -> DigestStep {
        let (computed, stale) = try await answer("hashing changed buckets") { database in
            let stale = try StateDigest.staleBuckets(database)
            guard stale.count >= threshold else { return ([StateDigest.Bucket](), 0) }
            let deadline = ContinuousClock.now + patience
            return (try StateDigest.hash(stale, in: database) { ContinuousClock.now < deadline }, stale.count)
        }
        guard !computed.isEmpty else { return DigestStep(hashed: 0, left: 0) }
        try await keep(computed)
        return DigestStep(hashed: computed.count, left: stale - computed.count)
    }
}
