/// How often what stands is worked out anew: a tenth of the time at most goes there, and into what is folded anew because of it,
/// however much evidence somebody sends.
///
/// It delays what a node shows, and changes nothing of what it comes to.
struct StandingPace {
    /// A tenth of the time.
    private static let share = 10
    private var restsUntil: ContinuousClock.Instant?

    var isDue: Bool { restsUntil.map { ContinuousClock.now >= $0 } ?? true }

    /// How long until it is due.
    var wait: Duration { max(.zero, restsUntil.map { ContinuousClock.now.duration(to: $0) } ?? .zero) }

    mutating func took(since start: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        restsUntil = now + start.duration(to: now) * (Self.share - 1)
    }
}
