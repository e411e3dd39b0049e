/// What somebody may do at once, and per time.
struct TokenBucket: Sendable {
    private let burst: Int
    private let perMinute: Int
    /// In 60,000ths of a token, so that a millisecond is never lost in rounding.
    private var level: Int
    private var filledAt: Instant

    private static let scale = 60_000

    /// Full at first. `burst` and `perMinute` are our own constants, below 2^40.
    init(burst: Int, perMinute: Int, at now: Instant) {
        self.burst = burst
        self.perMinute = perMinute
        level = burst * Self.scale
        filledAt = now
    }

    /// False, and nothing taken, if there are not that many.
    mutating func take(_ count: Int, at now: Instant) -> Bool {
        // An hour fills any of our buckets; a longer pause need not be multiplied.
        let pause = min(now.since(filledAt).wholeMilliseconds, 3_600_000)
        level = min(burst * Self.scale, level + Int(pause) * perMinute)
        filledAt = max(now, filledAt)
        guard count >= 0, count <= burst, level >= count * Self.scale else { return false }
        level -= count * Self.scale
        return true
    }
}
