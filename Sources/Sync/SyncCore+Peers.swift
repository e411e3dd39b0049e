import AuthorLog
import Identity

/// Connections: the words said on them, their end, and what time does to them.
extension SyncCore {
    mutating func ownHash() -> Hash256 {
        frontier.hash(orders: ordersHash)
    }

    mutating func send(_ message: Message, to id: ConnectionID) {
        effects.append(.send(message.encoded, to: id))
    }

    /// All that are greeted, ascending.
    var acceptedIDs: [ConnectionID] {
        ids.filter { peersByID[$0]?.isAccepted == true }
    }

    /// Says goodbye and forgets him. A malformed word is an offence of the member who is known to have said it.
    mutating func refuse(_ id: ConnectionID, _ goodbye: Goodbye) {
        guard let peer = peersByID[id] else { return }
        send(.goodbye(goodbye), to: id)
        effects.append(.disconnect(id, because: goodbye))
        if goodbye.code == Goodbye.Code.malformed.rawValue, let member = peer.member {
            effects.append(.ban(member, until: members.ban(member, at: now)))
        }
        let isDuplicate = goodbye.code == Goodbye.Code.duplicateConnection.rawValue
        remove(id, isWelcome: goodbye.isWell && !isDuplicate, isWell: goodbye.isWell)
    }

    /// - Parameters:
    ///   - isWelcome: No reason to wait long before the next dial.
    ///   - isWell: One of the two has said so: the other is still there.
    mutating func remove(_ id: ConnectionID, isWelcome: Bool, isWell: Bool = false) {
        guard let peer = peersByID.removeValue(forKey: id) else { return }
        ids.removeAll { $0 == id }
        offerCount -= peer.offers.count
        let abandoned = peer.pulling.abandoned()
        for log in abandoned.logs where pulled[log] == id { pulled[log] = nil }
        // What is here and not worked in yet is not fetched a second time.
        abandoned.unsettled.forEach { awaitSettling(of: $0) }
        if peer.isAccepted, let member = peer.member { dialler.heard(member, last: peer.liveness.heardAt) }
        if peer.isInitiator { dialler.lost(peer.address, isWelcome: isWelcome, at: now, dice: &dice) }
        pullsAreStale = true
        dialsAreStale = true
        if peer.isAccepted, let member = peer.member { parted(from: member, id, isWell: isWell) }
    }

    /// False, and he is gone, if he has caused too much work.
    mutating func charge(_ work: Int, to id: ConnectionID) -> Bool {
        guard peersByID[id]?.work.take(work, at: now) == true else {
            refuse(id, Goodbye(.limit, "too much work"))
            return false
        }
        return true
    }

    mutating func runTimers() {
        let own = ownHash()
        for id in ids {
            guard let deadline = peersByID[id]?.deadline(own: own), now >= deadline else { continue }
            runTimers(of: id, own: own)
        }
        forgetInterruptedSync(own: own)
        giveUpSettling()
        runMembershipTimers()
        runTreeTimers()
    }

    private mutating func runTimers(of id: ConnectionID, own: Hash256) {
        guard let peer = peersByID[id] else { return }
        if let deadline = peer.greetingDeadline, now >= deadline {
            return refuse(id, Goodbye(.limit, "the greeting took too long"))
        }
        guard peer.isAccepted else { return }
        if now >= peer.lifetimeDeadline {
            interrupts(id)
            return refuse(id, Goodbye(.reconnect, "an hour has passed"))
        }
        switch peersByID[id]?.liveness.wokeUp(at: now) {
        case .giveUp:
            interrupts(id)
            return refuse(id, Goodbye(.limit, "nothing heard"))
        case .ping: send(.ping(0), to: id)
        case .nothing, nil: break
        }
        if let partAt = peer.partAt, now >= partAt {
            guard peer.isBusy || peer.serving.isActive else {
                return refuse(id, Goodbye(.parting, "neither is the other's neighbour"))
            }
            peersByID[id]?.partAt = now + Limits.strangerDuration
        }
        endPullIfDue(id)
        let isBusy = peersByID[id]?.isBusy ?? false
        switch peersByID[id]?.comparison.wokeUp(own: own, isBusy: isBusy, at: now) {
        case .tellHash: tellHash(to: id)
        case .begin: beginReconciliation(with: id)
        case .nothing, nil: break
        }
    }

    /// Asks to be woken at the earliest deadline, if it is another than before.
    mutating func arm() {
        let own = ownHash()
        var deadlines = ids.compactMap { peersByID[$0]?.deadline(own: own) }
        deadlines += [dialDeadline, membershipDeadline, tree.deadline, unsettledDeadline].compactMap(\.self)
        // Not in this same moment: whatever is due now has been done.
        let next = deadlines.min().map { max($0, now + .milliseconds(1)) }
        if let next, next != armed { effects.append(.wakeUp(at: next)) }
        armed = next
    }

    mutating func stop() {
        isStopping = true
        for id in ids { refuse(id, Goodbye(.stopping, "stopping")) }
    }
}
