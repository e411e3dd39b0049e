/// Bounds of one node; each with its reason.
enum NodeLimits {
    /// Parts stored in one transaction: enough to make the sync of the disk small beside the work, little enough to stay live.
    static let ingestBatchBytes = 4 << 20
    /// Operations of own writes committed together.
    static let writeBatchOperations = 16_384
    /// Private calls that wait to be written; above it callers are told to come again.
    static let writeQueueLimit = 1_024
    /// Design §5: how long the first write waits to hear from peers of this node's own log.
    static let ownHeadWaitMilliseconds: UInt64 = 10_000
    /// A record dated so far ahead of the clock is worth a word in `status`.
    static let noticedClockLagMilliseconds: UInt64 = 60_000
    /// Buckets of the state digest worked out anew before they are worth a write; fewer take some milliseconds each time.
    static let keptBucketHashes = 16
    /// Encoded in a task of their own: some milliseconds of work.
    static let encodingTaskOperations = 2_048
}
