import Sync

/// Whether the node may write, and when to try again once the disk was full.
///
/// What did not fit once is not tried at once again: reading everything anew after a failed transaction is dear.
struct DiskSpace {
    private enum State {
        case enough
        /// The reserve was given up, and what it made room for is not done yet.
        case settling
        /// Free bytes after all was given back that could be, and when a try is due though nobody made room.
        case full(free: UInt64, tryAt: Instant)
    }

    private var state = State.enough

    var isFull: Bool {
        if case .enough = state { false } else { true }
    }

    /// - Returns: False where that was known.
    mutating func filled() -> Bool {
        guard !isFull else { return false }
        state = .settling
        return true
    }

    /// What could be given back is given back.
    ///
    /// - Parameter free: Bytes.
    mutating func settled(free: UInt64, at now: Instant) {
        guard isFull else { return }
        state = .full(free: free, tryAt: now + NodeLimits.diskRetry)
    }

    /// - Parameter free: Bytes.
    func mayTry(free: UInt64, at now: Instant) -> Bool {
        guard case .full(let before, let tryAt) = state else { return false }
        return now >= tryAt || free > before && free - before >= NodeLimits.diskGainBytes
    }

    /// There is room: the reserve is back.
    mutating func emptied() { state = .enough }
}
