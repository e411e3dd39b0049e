import AuthorLog
import Identity

/// What is kept of one connection: its inner machines, each with its own matter.
struct Peer: Sendable {
    let address: String
    let establishedAt: Instant
    var greeting: Greeting
    var liveness: Liveness
    var comparison: Comparison
    /// Of his hello; nil before it.
    var claim: ClaimedTotal?
    /// When something that we pulled from him was last kept; nil: never.
    var broughtAt: Instant?
    var offers = Offers()
    var pulling = Pulling()
    var serving = Serving()
    var heads = PeerHeads()
    var window = PushWindow()
    var pushes = Pushes()
    var work: TokenBucket
    var records: TokenBucket
    /// What he may say as HyParView.
    var membership: TokenBucket
    /// When a connection without neighbourhood ends; nil while there is one.
    var partAt: Instant?
    /// Hashes of root orders he has told or been told.
    var orders: Set<Hash256> = []
    /// Of the latest network key that he is known to have.
    var networkKeyNumber: UInt64 = 0
    /// Those whose proofs he has been told, or has told and we hold.
    var forks: Set<Fork> = []
    /// Told before anything of their log was held: they are looked at again when it is.
    var earlyProofs = EarlyProofs()
    var search: ForkSearch?

    init(isInitiator: Bool, noiseKey: NoiseKey, address: String, frontier: Hash256, at now: Instant) {
        self.address = address
        establishedAt = now
        greeting = Greeting(isInitiator: isInitiator, noiseKey: noiseKey)
        liveness = Liveness(at: now)
        comparison = Comparison(told: frontier, at: now)
        work = TokenBucket(burst: Limits.workBurst, perMinute: 60 * Limits.workPerSecond, at: now)
        records = TokenBucket(burst: Limits.recordBurst, perMinute: Limits.recordsPerMinute, at: now)
        membership = TokenBucket(
            burst: Limits.membershipBurst, perMinute: Limits.membershipPerMinute, at: now)
    }

    var isInitiator: Bool { greeting.isInitiator }
    var isAccepted: Bool { greeting.isAccepted }
    /// Nil until he has proved it.
    var member: MemberKey? { greeting.hello?.member }
    /// Something is wanted from him: the frontiers are compared when that is done.
    var isBusy: Bool { pulling.isActive || !offers.isEmpty }

    var greetingDeadline: Instant? { isAccepted ? nil : establishedAt + Limits.greetingTimeout }

    /// The initiator ends a connection that has grown old; the responder if the initiator forgot.
    var lifetimeDeadline: Instant {
        establishedAt + Limits.connectionLifetime + (isInitiator ? .zero : Limits.connectionLifetimeGrace)
    }

    func deadline(own: Hash256) -> Instant? {
        guard isAccepted else { return greetingDeadline }
        return [
            liveness.deadline, lifetimeDeadline, comparison.deadline(own: own, isBusy: isBusy), pulling.deadline,
            partAt,
        ].compactMap(\.self).min()
    }
}
