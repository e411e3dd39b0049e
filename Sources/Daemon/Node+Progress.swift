import API
import Founding
import Storage
import Sync

/// What this node knows of and its figures do not count yet.
extension Node {
    /// Updates; nil: none are known of. Costs a look at each peer.
    package var missingUpdates: Int? {
        let missing = max(core.shortfall?.updates ?? 0, arrivals.unfolded)
        return missing > 0 ? Int(clamping: missing) : nil
    }

    /// Nil where nothing is missing.
    var progress: SyncProgress? {
        let shortfall = core.shortfall
        let missing = max(shortfall?.updates ?? 0, arrivals.unfolded)
        guard missing > 0 else { return nil }
        let counted = core.updates
        // Lengths are claims: no sum of them is to trap.
        let toCome = missing - arrivals.unfolded
        let now = clocks.instant
        let left = arrivals.secondsLeft(for: toCome, isComing: core.isSyncing, at: now)
        return SyncProgress(
            done: Int(clamping: counted.addingClamped(arrivals.unfolded)),
            total: Int(clamping: counted.addingClamped(missing)), unfolded: Int(clamping: arrivals.unfolded),
            perSecond: Int(clamping: arrivals.perSecond(at: now)), secondsLeft: left.map { Int(clamping: $0) },
            neededBytes: Int(clamping: shortfall.map { $0.byteCount(of: toCome) } ?? 0),
            freeBytes: Int(clamping: (try? home.freeByteCount()) ?? 0))  // unknown: nothing to promise
    }

    /// Notes what came of a transaction.
    func noteArrivals(_ changes: Changes) {
        let arrived = changes.growths.lazy.filter { $0.source != nil }.map(\.operationCount).reduce(0, +)
        let waiting = changes.growths.lazy.filter { $0.row == nil }.map(\.operationCount).reduce(0, +)
        arrivals.changed(
            arrived: arrived, waiting: waiting, isSettled: changes.settled != nil, at: clocks.instant)
        // It is read for people, and zero says that it is not known.
        if arrived > 0 || changes.settled != nil { core.storedBytes = (try? home.recordByteCount()) ?? 0 }
    }
}

extension UInt64 {
    fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? .max : sum
    }
}
