import NIOCore

/// So many per second on average, and a burst at once; one time stamp is all it keeps (the "generic cell rate algorithm" of ATM).
struct TokenBucket: Sendable {
    private var fullAt: NIODeadline

    /// Full.
    init(now: NIODeadline) {
        fullAt = now
    }

    func isFull(at now: NIODeadline) -> Bool { fullAt <= now }

    func hasToken(_ rate: TransportLimits.Rate, at now: NIODeadline) -> Bool {
        fullAt - now <= rate.interval * (rate.burst - 1)
    }

    mutating func take(_ rate: TransportLimits.Rate, at now: NIODeadline) {
        fullAt = max(fullAt, now) + rate.interval
    }
}

extension TransportLimits.Rate {
    fileprivate var interval: TimeAmount { .nanoseconds(1_000_000_000 / Int64(max(1, perSecond))) }
}
