import AuthorLog
import Identity

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

/// A sync whose connection was lost in the middle. Its total is the word of one who is gone.
struct InterruptedSync: Sendable {
    /// Operations held and missing together.
    let updates: UInt64
    let bytesPerUpdate: UInt64
    let lostAt: Instant

    func shortfall(holding held: UInt64, at now: Instant) -> Shortfall? {
        guard updates > held, now < lostAt + Limits.interruptedSyncLife else { return nil }
        return Shortfall(updates: updates - held, bytesPerUpdate: bytesPerUpdate)
    }
}

extension SyncCore {
    /// By the peer who is furthest ahead of us; nil: nobody is known to be. Who was asked last and brought nothing has no word in it
    /// until he brings something. Costs a look at each peer.
    package var shortfall: Shortfall? {
        let own = frontier.totalLength
        let ahead = peersByID.values.filter(\.isAccepted).map { peer in
            let claimed = peer.claim?.missing(holding: own, at: now) ?? 0
            let offered = peer.pulling.isDoubted ? 0 : peer.offers.missing
            return Shortfall(
                updates: peer.offers.isEmpty ? claimed : offered,
                bytesPerUpdate: peer.claim?.bytesPerUpdate ?? Limits.assumedBytesPerUpdate)
        }
        let remembered = interrupted?.shortfall(holding: own, at: now)
        return (ahead + [remembered].compactMap(\.self)).filter { $0.updates > 0 }.max { $0.updates < $1.updates }
    }

    /// Something that we pulled from him is kept.
    mutating func brought(by id: ConnectionID) {
        peersByID[id]?.broughtAt = now
    }

    /// He is gone, or silent, in the middle of what he was bringing: it is still missing, until somebody says otherwise. Of whom
    /// nothing came, nothing was interrupted: what he claimed goes with him.
    mutating func interrupts(_ id: ConnectionID) {
        guard let peer = peersByID[id], peer.isAccepted, !peer.offers.isEmpty, let broughtAt = peer.broughtAt,
            // A while before he was heard last, however long ago that is.
            peer.liveness.heardAt < broughtAt + Limits.silenceBeforeClose
        else { return }
        let total = frontier.totalLength + peer.offers.missing
        guard total > interrupted?.updates ?? 0 else { return }
        let each = peer.claim?.bytesPerUpdate ?? Limits.assumedBytesPerUpdate
        interrupted = InterruptedSync(updates: total, bytesPerUpdate: each, lostAt: now)
    }

    /// Who is level with us has no more to say: he tells no rows, and not his hash again.
    mutating func forgetInterruptedSync(own: Hash256) {
        guard let lostAt = interrupted?.lostAt else { return }
        let isLevel = peersByID.values.contains { $0.isAccepted && $0.comparison.isEqual(to: own) }
        if isLevel || now >= lostAt + Limits.interruptedSyncLife { interrupted = nil }
    }

    /// His rows are told: they say what is missing.
    mutating func told(by id: ConnectionID) {
        peersByID[id]?.claim?.isTold = true
        interrupted = nil
    }
}
