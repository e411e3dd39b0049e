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
    /// A part of an import and the one before it come over two connections at once; after so long one of them comes no more. A guess.
    static let importOrderWait = Duration.seconds(10)
    /// How often it is looked whether the part before is here: a small part of the time that storing one takes.
    static let importOrderLook = Duration.milliseconds(1)
    /// Files imported at a time whose parts are kept in order; of more, those that rest longest are to be begun anew. Some 100 bytes each.
    static let importRuns = 64
    /// While bundles are held: somebody may set the wall clock, and a sleep does not notice. A guess.
    static let wallClockLookMilliseconds: UInt64 = 5_000
    /// After the disk failed us with held bundles. A guess.
    static let heldRetryMilliseconds: UInt64 = 5_000
    /// A record dated so far ahead of the clock is worth a word in `status`.
    static let noticedClockLagMilliseconds: UInt64 = 60_000
    /// Peers who are away that `status` names; the rest it counts, and `peers` lists. A guess.
    static let awayPeersInStatus = 64
    /// Lost codes that `status` names one by one: it is to stay one screen. A guess.
    static let noticedLostCodes = 5
    /// Encoded in a task of their own: some milliseconds of work.
    static let encodingTaskOperations = 2_048
    /// Buckets of the state digest worked out anew before they are worth a write: at a million updates each takes 3 ms
    /// (measured, 2 cores), and `status` has 50.
    static let keptBucketHashes = 8
    /// How often the background looks whether it is time to hash.
    static let digestTick = Duration.milliseconds(100)
    /// How long stale buckets are hashed at a stretch; then a tick passes: half a core at most.
    static let digestStep = Duration.milliseconds(100)
    /// Operations within one tick that are a bulk: it makes every bucket stale again at once.
    static let bulkOperations: UInt64 = 64
    /// Ticks without a bulk before stale buckets are hashed: half a second, longer than parts of an import lie apart.
    static let digestRestTicks = 5
    /// Incarnations up to which a log that is full of presented rights is left for a new one: half of those that count, for a doubt
    /// needs one, too.
    static let incarnationsOpenedForRights: UInt16 = 32
    /// What must become free on a full disk before a write is tried at once: room for several ordinary ones.
    static let diskGainBytes: UInt64 = 1 << 20
    /// After so long one is tried anyway, as a smaller one may fit: a third of the 30 s in which a node is to catch up.
    static let diskRetry = Duration.seconds(10)
    /// Over so long the pace of what comes is measured: a batch of a bulk takes a second or two.
    static let arrivalWindow = Duration.seconds(10)
    /// Between the samples that are kept of it.
    static let arrivalSpacing = Duration.milliseconds(250)
    /// How often a full disk is looked at.
    static let diskLook = Duration.milliseconds(500)
}
