import Identity
import Logging
import Storage
import Sync

/// The digest of the state, and its buckets kept hashed, so that `status` finds few to hash itself.
extension Node {
    /// Nil where the node cannot stand for one.
    func stateDigest() async throws -> Hash256? {
        do {
            let digest = try await store.stateDigest()
            // Whoever asked does not wait for the writer.
            if digest.computed.count >= NodeLimits.keptBucketHashes { schedule(.keepHashes(digest.computed)) }
            return digest.state
        } catch {
            logger.error("no state digest", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// Hashes some of what is stale, if it is time to.
    ///
    /// - Throws: Where the disk failed for good.
    func hashStaleBuckets() async throws {
        guard !disk.isFull else { return digestPace.rest() }
        guard digestPace.tick(updates: core.updates, isImporting: imports.isBusy) else { return }
        do {
            let step = try await store.hashStaleBuckets(
                atLeast: NodeLimits.keptBucketHashes, for: NodeLimits.digestStep)
            if step.left == 0 { digestPace.rest() }
        } catch {
            digestPace.rest()
            try tolerate(error, doing: "hashing the state")
        }
    }
}
