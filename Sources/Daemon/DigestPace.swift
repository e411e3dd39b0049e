/// When buckets of the state digest are hashed in the background: soon after the record grew, but not while it grows in bulk,
/// since every part of an import makes all of them stale again.
struct DigestPace {
    private var updates: UInt64 = 0
    private var restTicks = 0
    private(set) var isResting = true

    /// The record grew, or a process begins: the last one may have ended before it was done.
    mutating func stir() {
        guard isResting else { return }
        isResting = false
        restTicks = 0
    }

    /// - Parameters:
    ///   - updates: In the record now.
    ///   - isImporting: A part of an import is under way, which may take longer than a rest.
    /// - Returns: Whether this tick is for hashing.
    mutating func tick(updates: UInt64, isImporting: Bool = false) -> Bool {
        let grown = updates &- self.updates
        self.updates = updates
        restTicks = isImporting || grown > NodeLimits.bulkOperations ? 0 : restTicks + 1
        return !isResting && restTicks >= NodeLimits.digestRestTicks
    }

    /// Nothing is worth hashing any more; or it failed, which is tried again when the record has grown.
    mutating func rest() { isResting = true }
}
