import Sync

/// What comes from peers: how fast, and how much of it the figures do not count yet.
struct Arrivals {
    private struct Sample {
        let at: Instant
        let count: UInt64
    }

    /// Operations that are stored, and wait to be worked in.
    private(set) var unfolded: UInt64 = 0
    /// Since the start.
    private var count: UInt64 = 0
    /// Ascending, none older than ``NodeLimits/arrivalWindow``, at least ``NodeLimits/arrivalSpacing`` apart.
    private var samples: [Sample] = []

    /// - Parameters:
    ///   - arrived: Operations stored of peers.
    ///   - waiting: Operations stored of which nobody has worked out whether they stand.
    ///   - isSettled: That was worked out for all that is stored.
    mutating func changed(arrived: UInt64, waiting: UInt64, isSettled: Bool, at now: Instant) {
        unfolded = isSettled ? 0 : unfolded + waiting
        guard arrived > 0 else { return }
        samples.removeAll { $0.at + NodeLimits.arrivalWindow < now }
        // What came before it is where counting begins.
        if samples.last.map({ $0.at + NodeLimits.arrivalSpacing <= now }) ?? true {
            samples.append(Sample(at: now, count: count))
        }
        count += arrived
    }

    /// Operations a second, over the last seconds.
    func perSecond(at now: Instant) -> UInt64 {
        guard let first = samples.first(where: { $0.at + NodeLimits.arrivalWindow >= now }) else { return 0 }
        let milliseconds = max(first.at.milliseconds.distance(to: now.milliseconds), Self.shortest)
        return (count - first.count) * 1_000 / UInt64(milliseconds)
    }

    /// Until so many are here.
    ///
    /// - Parameter isComing: Somebody is asked for them: the pace that was goes on.
    /// - Returns: Nil where nobody can tell.
    func secondsLeft(for toCome: UInt64, isComing: Bool, at now: Instant) -> UInt64? {
        let rate = perSecond(at: now)
        return isComing && rate > 0 ? toCome / rate : nil
    }

    /// Less tells no pace. A guess.
    private static let shortest = 500
}
