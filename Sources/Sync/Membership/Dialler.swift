import Identity

/// Which addresses are dialled, and when: those of members who are wanted, and every known one while there are few neighbours; each
/// after its back-off, not many at once.
struct Dialler: Sendable {
    private enum Contact: Sendable {
        case idle(nextAt: Instant)
        case dialling(since: Instant)
        case connected(since: Instant)
        /// It is ourselves.
        case own
    }

    private struct Entry: Sendable {
        var contact: Contact
        var backoff = Backoff()
        /// Whom we met there, or who signed it.
        var member: MemberKey?
        /// His last message, over whatever connection it came; nil: none since the start.
        var lastHeard: Instant?
        /// By hand or from a ticket: never forgotten, dialled at least until we know who is there.
        var isGiven: Bool
    }

    private let own: [String]
    /// Changed by ``set(_:at:)`` alone.
    private var entries: [String: Entry] = [:]
    /// Of each member in ``entries``: a community has 10,000, and whoever is heard of is not looked for among all.
    private var addressesOfMember: [MemberKey: Set<String>] = [:]
    private var dialling: Set<String> = []
    private var nextDial: Instant

    /// Those that must not be dialled are left out.
    init(own: [String], given: [String], at now: Instant) {
        self.own = own
        nextDial = now
        for address in given.prefix(Limits.knownAddresses) { add(address, member: nil, isGiven: true, at: now) }
    }

    var count: Int { entries.count }

    var addresses: [(address: String, member: MemberKey?, isConnected: Bool, lastHeard: Instant?)] {
        entries.keys.sorted().compactMap { address in
            guard let entry = entries[address] else { return nil }
            return switch entry.contact {
            case .own: nil
            case .connected: (address, entry.member, true, entry.lastHeard)
            case .idle, .dialling: (address, entry.member, false, entry.lastHeard)
            }
        }
    }

    /// - Returns: Whether it may ever be dialled.
    @discardableResult
    mutating func add(_ address: String, member: MemberKey?, isGiven: Bool, at now: Instant) -> Bool {
        guard !own.contains(address), let parsed = NetworkAddress(address), !parsed.isNeverDialled else { return false }
        if entries[address] == nil {
            guard isGiven || entries.count < Limits.peerRecords * Limits.addressesPerRecord else { return false }
            set(Entry(contact: .idle(nextAt: now), member: member, isGiven: isGiven), at: address)
        } else {
            change(address) { entry in
                if let member { entry.member = member }
                if isGiven { entry.isGiven = true }
            }
        }
        return true
    }

    /// A newer record of that member names others.
    mutating func keepOnly(_ addresses: [String], of member: MemberKey) {
        for address in addressesOfMember[member] ?? [] where !addresses.contains(address) {
            guard let entry = entries[address], !entry.isGiven, case .idle = entry.contact else { continue }
            set(nil, at: address)
        }
    }

    mutating func established(_ address: String, at now: Instant) {
        change(address) { $0.contact = .connected(since: now) }
    }

    /// The greeting showed who is there.
    mutating func met(_ member: MemberKey, at address: String) {
        change(address) { $0.member = member }
    }

    /// He is gone: when he was heard last stays known wherever he may be dialled.
    mutating func heard(_ member: MemberKey, last: Instant) {
        for address in addressesOfMember[member] ?? [] { change(address) { $0.lastHeard = last } }
    }

    mutating func metOurselves(at address: String) {
        change(address) { $0.contact = .own }
    }

    mutating func failed(_ address: String, at now: Instant, dice: inout SplitMix64) {
        guard let entry = entries[address], case .dialling = entry.contact else { return }
        rest(address, at: now, dice: &dice)
    }

    /// - Parameter isWelcome: Greeted, and not refused or banned.
    mutating func lost(_ address: String, isWelcome: Bool, at now: Instant, dice: inout SplitMix64) {
        guard let entry = entries[address], case .connected(let since) = entry.contact else { return }
        if isWelcome, now >= since + Limits.stableConnection { change(address) { $0.backoff.succeeded() } }
        rest(address, at: now, dice: &dice)
    }

    /// What to dial now.
    ///
    /// - Parameters:
    ///   - isFree: False for members who are connected or banned.
    ///   - wanted: Members with whom somebody wants to talk.
    ///   - seeks: Anybody will do.
    ///   - room: How many more connections there may be.
    mutating func next(
        isFree: (MemberKey) -> Bool, wanted: Set<MemberKey>, seeks: Bool, room: Int, at now: Instant,
        dice: inout SplitMix64
    ) -> String? {
        expire(at: now, dice: &dice)
        guard now >= nextDial, dialling.count < min(Limits.concurrentDials, room) else { return nil }
        let candidates = entries.filter { isCandidate($0.value, isFree: isFree, wanted: wanted, seeks: seeks, at: now) }
        // Wanted ones first, then given ones; among equals chance, so that nobody's order decides whom we know.
        let preferred = [
            candidates.filter { $0.value.member.map(wanted.contains) ?? false }, candidates.filter(\.value.isGiven),
            candidates,
        ].first { !$0.isEmpty }
        guard let address = preferred?.keys.sorted().randomElement(using: &dice) else { return nil }
        change(address) { $0.contact = .dialling(since: now) }
        nextDial = now + Limits.dialSpacing
        return address
    }

    /// When ``next(isFree:wanted:seeks:room:at:dice:)`` may have something, as far as time decides.
    func deadline(isFree: (MemberKey) -> Bool, wanted: Set<MemberKey>, seeks: Bool, room: Int) -> Instant? {
        var first: Instant?
        let mayDial = dialling.count < min(Limits.concurrentDials, room)
        for entry in entries.values {
            let at: Instant
            switch entry.contact {
            case .dialling(let since):
                at = since + Limits.dialTimeout
            case .idle(let nextAt):
                guard mayDial, isCandidate(entry, isFree: isFree, wanted: wanted, seeks: seeks, at: nextAt) else {
                    continue
                }
                at = max(nextAt, nextDial)
            case .connected, .own: continue
            }
            first = min(first ?? at, at)
        }
        return first
    }

    private func isCandidate(
        _ entry: Entry, isFree: (MemberKey) -> Bool, wanted: Set<MemberKey>, seeks: Bool, at now: Instant
    ) -> Bool {
        guard case .idle(let nextAt) = entry.contact, now >= nextAt else { return false }
        guard let member = entry.member else { return entry.isGiven || seeks }
        return (seeks || wanted.contains(member)) && isFree(member)
    }

    func member(at address: String) -> MemberKey? { entries[address]?.member }

    /// Some address of his is being dialled, or will be in a moment if he is wanted.
    func canReach(_ member: MemberKey, at now: Instant) -> Bool {
        (addressesOfMember[member] ?? []).contains { address in
            switch entries[address]?.contact {
            case .dialling, .connected: true
            case .idle(let nextAt): nextAt <= now + Limits.dialBackoffUnit
            case .own, nil: false
            }
        }
    }

    /// The shell should have said what came of it.
    private mutating func expire(at now: Instant, dice: inout SplitMix64) {
        for address in dialling.sorted() {
            if case .dialling(let since) = entries[address]?.contact, now >= since + Limits.dialTimeout {
                rest(address, at: now, dice: &dice)
            }
        }
    }

    private mutating func rest(_ address: String, at now: Instant, dice: inout SplitMix64) {
        guard let wait = entries[address]?.backoff.failed(dice: &dice) else { return }
        change(address) { $0.contact = .idle(nextAt: now + wait) }
    }

    private mutating func change(_ address: String, _ change: (inout Entry) -> Void) {
        guard var entry = entries[address] else { return }
        change(&entry)
        set(entry, at: address)
    }

    /// What is found by member and by contact goes with it.
    private mutating func set(_ entry: Entry?, at address: String) {
        let former = entries[address]?.member
        entries[address] = entry
        if case .dialling = entry?.contact { dialling.insert(address) } else { dialling.remove(address) }
        guard former != entry?.member else { return }
        if let former {
            addressesOfMember[former]?.remove(address)
            if addressesOfMember[former]?.isEmpty == true { addressesOfMember[former] = nil }
        }
        if let member = entry?.member { addressesOfMember[member, default: []].insert(address) }
    }
}
