import AuthorLog
import Identity
import Logging
import Storage
import Sync

/// What a transaction of the record changed, told to the core and to whoever looks at this node.
extension Node {
    /// Durable now: the clock follows, peers hear of it.
    func changed(_ changes: Changes) {
        let wall = clocks.wallMilliseconds
        for growth in changes.growths {
            ownLog.observe(growth.time, wallMilliseconds: wall)
            // Only what is verified casts doubt: anybody can claim a row.
            if growth.source != nil, growth.log.member == member { seenElsewhere(growth) }
            recordTime = max(recordTime, growth.time)
            metrics.appended(growth.operationCount, isOwn: growth.source == nil)
        }
        noteArrivals(changes)
        compareClock()
        wake(.digest)
        if let orders = changes.orders { handle(.ordersHeld(orders)) }
        if let proofs = changes.proofs { handle(.forksHeld(proofs)) }
        if let settled = changes.settled { stands(settled) }
        var grown = changes.growths.compactMap(SyncCore.Growth.init)
        for moved in changes.moved {
            if let row = moved.row {
                grown.append(SyncCore.Growth(row: row, run: nil, origin: nil))
            } else {
                handle(.retracted(moved.log, to: nil))
            }
        }
        if !grown.isEmpty { handle(.grown(grown)) }
        learnChains(changes.growths)
        if let wait = changes.settlesIn { settle(after: wait) }
    }

    /// Works in what waits, later.
    func settle(after wait: Duration) {
        guard !isSettling else { return }
        isSettling = true
        schedule(.settle(after: wait))
    }

    private func seenElsewhere(_ growth: Storage.Growth) {
        ownLog.seenElsewhere(growth.log, growth.heldTo)
        if let doubt = ownLog.doubt { notices.doubts(doubt) }
    }

    /// What stands was worked out.
    private func stands(_ settled: Settled) {
        standing = settled.standing
        ownLog.stands(settled.standing)
        notices.stands(settled.standing, member: member)
        let revoked = settled.standing.members.filter(\.isRevoked).map(\.key)
        handle(.settled(ended: settled.ended, revoked: Set(revoked).subtracting([member])))
        useNetworkKeys(settled.standing.networkKeys)
        if settled.standing.hasGranted(member) { schedule(.takeUpRights) }
    }

    private func learnChains(_ growths: [Storage.Growth]) {
        let chains = growths.compactMap { growth -> (member: MemberKey, chain: KnownChain)? in
            guard let chain = growth.presentation,
                let right = try? chain.right(  // it was verified with the log
                    of: growth.log.member, presentedAt: growth.time, charter: charter)
            else { return nil }
            return (growth.log.member, KnownChain(hash: chain.hash, expiresMilliseconds: right.expiresMilliseconds))
        }
        if !chains.isEmpty { handle(.chainsLearned(chains)) }
    }
}

extension SyncCore.Growth {
    /// Nil where it does not stand.
    init?(_ growth: Storage.Growth) {
        guard let row = growth.row else { return nil }
        self.init(
            row: row, run: growth.run, origin: growth.source.map(ConnectionID.init(rawValue:)),
            bearsAuthority: growth.bearsAuthority)
    }
}
