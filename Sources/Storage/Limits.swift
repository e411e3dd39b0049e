/// Bounds of one replica; each with its reason.
package enum StorageLimits {
    /// Design §5: so much of one log is kept of what is dated ahead of the clock.
    static let heldByteLimit = 1 << 20
    /// Protocol/4-sync.md, *Runs*: what one peer may have sent that no signature vouches for yet.
    static let unverifiedByteLimit = 2 << 20
    /// Other branches of one log: a treasurer's year of imports, and then somebody is making them for our disk's sake.
    static let asideByteLimit = 64 << 20
    /// Of a log where somebody has named a place that is not held: each branch is looked at whenever standing is worked out.
    static let branchesOfNamedLog = 256
    /// States of logs after bundles of other branches, each made by reading its log from the start.
    static let branchStatesKept = 64
    /// Held bundles folded in one transaction; the rest follow at the next call.
    static let releasedBundleLimit = 4_096
    /// Protocol/4-sync.md, *Live*: a run up to 64 KiB is pushed, room for its entries' frames taken off.
    static let pushedBodyByteLimit = 60_000
    /// Parts that come together are verified on every core from so many bytes on; for fewer it is not worth the turn.
    static let checkedAheadBytes = 32 << 10
    /// Operations that come together and are no conversation any more: folded with what follows.
    static let bulkOperations = 2_000
    /// Operations folded at once: two such batches are in memory, some 60 MiB; in smaller ones more rows are read and written again
    /// (design §8). With 48,000 a first sync takes as long, and 70 MiB more.
    static let foldBatchOperations = 20_000
    /// Of each connection: the upper levels of every index of a million updates.
    static let cacheKibibytes = 16 << 10
    /// Of the one that fills empty tables.
    static let firstLoadCacheKibibytes = 32 << 10
    /// Ids of people, and of pledges, that are remembered while empty tables are filled: some 32 MiB each at most.
    static let knownIDs = 1_500_000
    /// Codes, and people, that are remembered between batches: some MiB. A community has thousands of codes.
    static let rememberedCodes = 16_384
    /// Members, and persons for whom they write, that are remembered by number: some MiB. A community has thousands.
    static let knownParties = 50_000
    /// Persons' lanes at most: with the other lanes' chunks 8 MiB.
    static let foldLanes = 127
    /// Operations that are read and decoded before they are folded: chunks of so many, and so many chunks. A MiB.
    static let operationsReadAhead = 256
    static let chunksReadAhead = 4
    /// Of a lane in memory before it goes to the disk.
    static let spoolChunkBytes = 32 << 10
    /// Rows of the state digest encoded at once by each connection: about 10 MiB. With fewer, rows that lie on one page are read at different times.
    static let hashedRows = 40_000
    /// Stale buckets that two connections share: each reads all ids of persons first.
    static let bucketsForTwo = 1_024
    /// Operations between two reports of `verify`: some milliseconds.
    static let reportedOperations = 256
    /// Problems that `verify` lists; after so many nobody reads on.
    package static let listedProblems = 100
}
