import AuthorLog

/// What peers hold and we lack, by their own word: nothing is bounded by it.
package struct Shortfall: Equatable, Sendable {
    /// Operations; at least one.
    package let updates: UInt64
    /// What one of them will take on our disk, about.
    package let bytesPerUpdate: UInt64

    /// On our disk, about.
    package func byteCount(of updates: UInt64) -> UInt64 {
        let (byteCount, isTooMuch) = updates.multipliedReportingOverflow(by: bytesPerUpdate)
        return isTooMuch ? .max : byteCount
    }
}

/// What a peer said in his hello that he holds.
struct ClaimedTotal: Sendable {
    let updates: UInt64
    /// On his disk; 0: he has not said.
    let storedBytes: UInt64
    private let heardAt: Instant
    /// His rows say log by log what we lack.
    var isTold = false

    init(_ hello: Hello, at now: Instant) {
        updates = hello.updates
        storedBytes = hello.storedBytes
        heardAt = now
    }

    /// Operations that we lack if he is right, as long as there is no more to go by.
    func missing(holding held: UInt64, at now: Instant) -> UInt64 {
        guard !isTold, updates > held, now < heardAt + Limits.claimedTotalLife else { return 0 }
        return updates - held
    }

    /// On the disk, of one operation among his.
    var bytesPerUpdate: UInt64 {
        guard storedBytes > 0, updates >= Limits.measuredRecord else { return Limits.assumedBytesPerUpdate }
        return min(max(storedBytes / updates, 1), Limits.bytesPerUpdateCeiling)
    }
}

extension SyncCore {
    /// By the peer who is furthest ahead of us; nil: nobody is known to be. Costs a look at each peer.
    package var shortfall: Shortfall? {
        let own = frontier.totalLength
        let ahead = peersByID.values.filter(\.isAccepted).map { peer in
            let claimed = peer.claim?.missing(holding: own, at: now) ?? 0
            return Shortfall(
                updates: peer.offers.isEmpty ? claimed : peer.offers.missing,
                bytesPerUpdate: peer.claim?.bytesPerUpdate ?? Limits.assumedBytesPerUpdate)
        }
        let remembered = interrupted.map { total in
            Shortfall(updates: total.updates > own ? total.updates - own : 0, bytesPerUpdate: total.bytesPerUpdate)
        }
        return (ahead + [remembered].compactMap(\.self)).filter { $0.updates > 0 }.max { $0.updates < $1.updates }
    }

    /// He is gone in the middle of what he had for us: it is still missing, until somebody's rows say otherwise.
    mutating func interrupts(_ id: ConnectionID) {
        guard let peer = peersByID[id], peer.isAccepted, !peer.offers.isEmpty else { return }
        let total = frontier.totalLength + peer.offers.missing
        guard total > interrupted?.updates ?? 0 else { return }
        let each = peer.claim?.bytesPerUpdate ?? Limits.assumedBytesPerUpdate
        interrupted = Shortfall(updates: total, bytesPerUpdate: each)
    }

    /// His rows are told: they say what is missing.
    mutating func told(by id: ConnectionID) {
        peersByID[id]?.claim?.isTold = true
        interrupted = nil
    }
}
