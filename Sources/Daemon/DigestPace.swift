/// When buckets of the state digest are hashed in the background: soon after the record grew, but not while it grows in bulk,
/// since every part of an import makes all of them stale again.
struct DigestPace {
    private var updates: UInt64 = 0
    private var restTicks = 0
    private var idleTicks = 0
    /// At the start, too: the last process may have ended before it was done.
    private var isStale = true

    /// - Parameter updates: In the record now.
    /// - Returns: Whether this tick is for hashing.
    mutating func tick(updates: UInt64) -> Bool {
        let grown = updates &- self.updates
        self.updates = updates
        restTicks = grown > NodeLimits.bulkOperations ? 0 : restTicks + 1
        idleTicks = grown > 0 || isStale ? 0 : idleTicks + 1
        if grown > 0 || idleTicks >= NodeLimits.digestReviewTicks { isStale = true }
        return isStale && restTicks >= NodeLimits.digestRestTicks
    }

    /// Nothing is worth hashing any more; or it failed, which is tried again when the record has grown, or after a while.
    mutating func rest() {
        isStale = false
        idleTicks = 0
    }
}
