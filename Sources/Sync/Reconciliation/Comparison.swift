import Identity

/// When the frontier is compared with one peer's, and when a new round of reconciliation begins.
///
/// A comparison is due when all pulls from the peer are done, and every 30 s while the two are not known to be equal. An
/// unequal hash begins a reconciliation, at most once a second and not while one is under way; while neither hash has moved since
/// the last, the wait doubles up to a minute, so that a peer whose rows never lead to progress costs next to nothing.
struct Comparison: Sendable {
    enum OnHash: Equatable, Sendable {
        /// - Parameter tell: He cannot know it yet: send him our hash.
        case equal(tell: Bool)
        case begin
        case later
    }

    enum OnTime: Equatable, Sendable {
        case nothing
        case tellHash
        case begin
    }

    /// The last that the peer told.
    private(set) var remote: Hash256?
    /// The last that we told.
    private var told: Hash256?
    private var toldAt: Instant
    /// Since when the two are not known to be equal.
    private var restlessSince: Instant
    /// A pull or offer made it necessary.
    private var isDue = false
    /// He told an unequal one when we could not begin.
    private var isWaiting = false
    private var last: Beginning?
    /// The last `Ranges`, his or ours, or the last that he pulled: what differs may be on its way.
    private var exchangedAt: Instant?

    private struct Beginning: Sendable {
        var own: Hash256
        var remote: Hash256
        var at: Instant
        /// Until the next, if neither hash moves.
        var wait: Duration
    }

    /// - Parameter told: Our hash in our hello. His is heard next, by ``heard(_:own:isBusy:at:)`` or ``greeted(_:)``.
    init(told: Hash256, at now: Instant) {
        self.told = told
        toldAt = now
        restlessSince = now
    }

    /// The hash in his hello; who is to begin is the caller's matter.
    mutating func greeted(_ hash: Hash256) {
        remote = hash
    }

    /// Ours moves: from now on they are not known to be equal.
    mutating func moves(from own: Hash256, at now: Instant) {
        if isEqual(to: own) { restlessSince = now }
    }

    mutating func exchanged(at now: Instant) {
        exchangedAt = now
    }

    func isEqual(to own: Hash256) -> Bool {
        remote == own && told == own
    }

    mutating func due() {
        isDue = true
    }

    mutating func tell(_ own: Hash256, at now: Instant) {
        told = own
        toldAt = now
        isDue = false
    }

    /// - Parameter isBusy: With wants from this peer: we shall compare when they are done.
    mutating func heard(_ hash: Hash256, own: Hash256, isBusy: Bool, at now: Instant) -> OnHash {
        remote = hash
        guard hash != own else {
            isWaiting = false
            last?.wait = Limits.comparisonInterval
            return .equal(tell: told != own)
        }
        isWaiting = true
        return beginIfAllowed(own: own, isBusy: isBusy, at: now) ? .begin : .later
    }

    /// We initiated the connection, or the shell wants it: ask at once.
    mutating func begin(own: Hash256, isBusy: Bool, at now: Instant) -> Bool {
        isWaiting = true
        return beginIfAllowed(own: own, isBusy: isBusy, at: now)
    }

    mutating func wokeUp(own: Hash256, isBusy: Bool, at now: Instant) -> OnTime {
        if remote == own { isWaiting = false }
        if beginIfAllowed(own: own, isBusy: isBusy, at: now) { return .begin }
        guard let deadline = tellingDeadline(own: own, isBusy: isBusy), now >= deadline else { return .nothing }
        return .tellHash
    }

    func deadline(own: Hash256, isBusy: Bool) -> Instant? {
        let isReady = isWaiting && !isBusy && remote != own
        let beginning = isReady ? nextBeginning(own: own) ?? Instant(milliseconds: 0) : nil
        return [beginning, tellingDeadline(own: own, isBusy: isBusy)].compactMap(\.self).min()
    }

    private func tellingDeadline(own: Hash256, isBusy: Bool) -> Instant? {
        if isBusy { return nil }
        if isDue { return toldAt + Limits.comparisonInterval }
        return isEqual(to: own) ? nil : max(toldAt, restlessSince) + Limits.idleComparisonInterval
    }

    private mutating func beginIfAllowed(own: Hash256, isBusy: Bool, at now: Instant) -> Bool {
        guard isWaiting, !isBusy, let remote, remote != own else { return false }
        if let next = nextBeginning(own: own), now < next { return false }
        isWaiting = false
        let wait =
            isFruitless(own: own)
            ? min((last?.wait ?? .zero) * 2, Limits.fruitlessComparisonInterval) : Limits.comparisonInterval
        last = Beginning(own: own, remote: remote, at: now, wait: wait)
        return true
    }

    /// Nil: at once.
    private func nextBeginning(own: Hash256) -> Instant? {
        let next = last.map { $0.at + (isFruitless(own: own) ? $0.wait : Limits.comparisonInterval) }
        return [next, exchangedAt.map { $0 + Limits.reconciliationPause }].compactMap(\.self).max()
    }

    /// Neither hash has moved since the last beginning.
    private func isFruitless(own: Hash256) -> Bool {
        last.map { $0.own == own && $0.remote == remote } ?? false
    }
}
