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
    /// Operations folded at once by a rebuild: the batch at which writing winners once pays off (design §8).
    static let rebuildBatchOperations = 20_000
    /// Bundles folded at once where logs have come to stand; each may hold 4,096 operations.
    static let settledBundles = 512
    /// Operations between two reports of `verify`: some milliseconds.
    static let reportedOperations = 256
    /// Problems that `verify` lists; after so many nobody reads on.
    package static let listedProblems = 100
}
