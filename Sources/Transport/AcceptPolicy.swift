import NIOCore

/// Who may have a place: caps, rates, and what is kept free for addresses that the shell knows. Decides; touches nothing.
///
/// A link has its place from the door until the shell has heard of its end, so that a shell which lags bounds what can come.
struct AcceptPolicy: Sendable {
    private enum Standing: Sendable { case stranger, dialling, peer }

    private struct Place: Sendable {
        var standing: Standing
        /// Nil when we dialled.
        let host: IPAddress?
        let isKnown: Bool
    }

    /// From here on the table of buckets is swept. A bucket is only made where the whole had a token, and forgotten when full,
    /// so some 50 are in use at any time, and those of known addresses.
    private static let sweepCount = 1_024
    /// More than members who are worth a reserve; what is beyond is not known.
    private static let knownHostLimit = 1_024

    private let limits: TransportLimits
    private var knownHosts: Set<IPAddress> = []
    private var places: [LinkID: Place] = [:]
    private var strangersByHost: [IPAddress: Int] = [:]

    private var whole: TokenBucket
    private var hosts: [IPAddress: TokenBucket] = [:]
    private var networks: [IPAddress: TokenBucket] = [:]

    init(limits: TransportLimits, now: NIODeadline) {
        self.limits = limits
        whole = TokenBucket(now: now)
    }

    mutating func know(_ addresses: some Sequence<IPAddress>) {
        knownHosts = Set(addresses.lazy.map(\.host).prefix(Self.knownHostLimit))
    }

    /// For a connection that has come.
    ///
    /// - Returns: Why it is refused, or nil: it has a place among the strangers.
    mutating func admit(_ link: LinkID, from address: IPAddress, at now: NIODeadline) -> CloseReason? {
        let host = address.host
        let isKnown = knownHosts.contains(host)
        if let reason = takeTokens(host: host, network: address.network, isKnown: isKnown, at: now) { return reason }
        guard strangersByHost[host, default: 0] < limits.strangersPerHostLimit else { return .tooManyFromHost }
        guard hasRoom(.stranger, limit: limits.strangerLimit, reserved: limits.reservedStrangerCount, isKnown: isKnown)
        else { return .tooManyStrangers }
        guard hasRoom(.peer, limit: limits.peerLimit, reserved: limits.reservedPeerCount, isKnown: isKnown) else {
            return .tooManyPeers
        }
        places[link] = Place(standing: .stranger, host: host, isKnown: isKnown)
        strangersByHost[host, default: 0] += 1
        return nil
    }

    /// For a connection that we begin. Whom we dial we know.
    mutating func admitDial(_ link: LinkID) -> CloseReason? {
        guard count(.dialling) < limits.dialLimit else { return .tooManyDials }
        guard count(.peer) < limits.peerLimit else { return .tooManyPeers }
        places[link] = Place(standing: .dialling, host: nil, isKnown: true)
        return nil
    }

    /// The shell is content with a link.
    mutating func accept(_ link: LinkID) -> CloseReason? {
        guard var place = places[link], place.standing != .peer else { return nil }
        guard hasRoom(.peer, limit: limits.peerLimit, reserved: limits.reservedPeerCount, isKnown: place.isKnown) else {
            return .tooManyPeers
        }
        leaveHost(place)
        place.standing = .peer
        places[link] = place
        return nil
    }

    mutating func leave(_ link: LinkID) {
        guard let place = places.removeValue(forKey: link) else { return }
        leaveHost(place)
    }

    var strangerCount: Int { count(.stranger) }
    var dialCount: Int { count(.dialling) }
    var peerCount: Int { count(.peer) }

    private mutating func leaveHost(_ place: Place) {
        guard place.standing == .stranger, let host = place.host, let count = strangersByHost[host] else { return }
        strangersByHost[host] = count > 1 ? count - 1 : nil
    }

    private func count(_ standing: Standing) -> Int {
        places.values.count { $0.standing == standing }
    }

    /// The known may have all places, others all but the reserved ones.
    private func hasRoom(_ standing: Standing, limit: Int, reserved: Int, isKnown: Bool) -> Bool {
        let taken = places.values.filter { $0.standing == standing }
        return taken.count < limit && (isKnown || taken.count { !$0.isKnown } < limit - reserved)
    }

    /// All or none, so that who has no token of his own does not spend the others'.
    private mutating func takeTokens(
        host: IPAddress, network: IPAddress, isKnown: Bool, at now: NIODeadline
    ) -> CloseReason? {
        var ofHost = hosts[host] ?? TokenBucket(now: now)
        var ofNetwork = networks[network] ?? TokenBucket(now: now)
        guard ofHost.hasToken(limits.hostRate, at: now) else { return .connectsTooOften }
        if !isKnown {
            guard ofNetwork.hasToken(limits.networkRate, at: now), whole.hasToken(limits.wholeRate, at: now) else {
                return .connectsTooOften
            }
            ofNetwork.take(limits.networkRate, at: now)
            whole.take(limits.wholeRate, at: now)
            networks[network] = ofNetwork
        }
        ofHost.take(limits.hostRate, at: now)
        hosts[host] = ofHost
        if hosts.count > Self.sweepCount { hosts = hosts.filter { !$0.value.isFull(at: now) } }
        if networks.count > Self.sweepCount { networks = networks.filter { !$0.value.isFull(at: now) } }
        return nil
    }
}
