import AuthorLog
import Identity

/// A member whom HyParView wants to talk with.
struct Reach: Sendable {
    /// A question without an answer yet; nil: he is only to be met.
    var question: HyParView.Message?
    var deadline: Instant
}

/// Carries out what ``HyParView`` decides, and vouches for those whom it hears of.
extension SyncCore {
    mutating func perform(_ decided: [HyParView.Effect]) {
        var waiting = decided[...]
        while let effect = waiting.popFirst() {
            switch effect {
            case .request(let question, let member):
                if !reach(member, asking: question) {
                    waiting += membership.failed(member, at: now, dice: &dice)
                }
            case .meet(let member):
                if !reach(member, asking: nil) { waiting += membership.failed(member, at: now, dice: &dice) }
            case .send(let message, let member):
                if let id = connections(of: member).last { say(message, over: id) }
            case .neighborUp(let member):
                if let id = connections(of: member).last { link(member, over: id) }
            case .neighborDown(let member): unlink(member)
            }
        }
    }

    // MARK: Reaching members

    /// Greeted ones, ascending: the last is the newest.
    func connections(of member: MemberKey) -> [ConnectionID] {
        acceptedIDs.filter { peersByID[$0]?.member == member }
    }

    /// False if there is neither a connection nor an address worth a dial.
    private mutating func reach(_ member: MemberKey, asking question: HyParView.Message?) -> Bool {
        guard !isStopping else { return true }
        if let id = connections(of: member).last {
            if let question { say(question, over: id) } else { peersByID[id]?.comparison.due() }
        } else if members.isBanned(member, at: now) || !dialler.canReach(member, at: now) {
            return false
        }
        if question != nil || connections(of: member).isEmpty {
            reaching[member] = Reach(question: question, deadline: now + Limits.neighborRequestTimeout)
            dialsAreStale = true
        }
        return true
    }

    /// Nobody answers at an address: a member without another is not there.
    mutating func dialFailed(_ address: String) {
        dialler.failed(address, at: now, dice: &dice)
        dialsAreStale = true
        guard let member = dialler.member(at: address), reaching[member] != nil else { return }
        guard connections(of: member).isEmpty, !dialler.canReach(member, at: now) else { return }
        reaching[member] = nil
        perform(membership.failed(member, at: now, dice: &dice))
    }

    /// The greeting is done, and all that belongs to it is said.
    mutating func met(_ member: MemberKey, over id: ConnectionID) {
        guard let peer = peersByID[id] else { return }
        peersByID[id]?.partAt = now + Limits.strangerDuration
        if membership.isActive(member) { link(member, over: id) }
        if let question = reaching[member]?.question {
            say(question, over: id)
        } else {
            reaching[member] = nil
            // Who was called has the second word: two questions at once would be one too many.
            if peer.isInitiator {
                let isAlone = membership.degree == 0 && reaching.isEmpty
                perform(
                    isAlone
                        ? membership.join(member, at: now)
                        : membership.learned([member], at: now, dice: &dice))
            }
        }
        if membership.passive.count < Limits.activeView { recall(Limits.recalled) }
    }

    /// A connection has ended.
    ///
    /// - Parameter isWell: One of the two said so: he is there, only this connection is not.
    mutating func parted(from member: MemberKey, _ id: ConnectionID, isWell: Bool) {
        let isLinked = links[member] == id
        if isLinked { unlink(member) }
        guard !isStopping else { return }
        if let other = connections(of: member).last {
            if isLinked { link(member, over: other) }
        } else if membership.isActive(member) || !isWell {
            reaching[member] = nil
            perform(membership.lost(member, at: now, dice: &dice))
            if isWell { perform(membership.learned([member], at: now, dice: &dice)) }
        }
    }

    // MARK: Links

    private mutating func link(_ member: MemberKey, over id: ConnectionID) {
        guard links[member] != id else { return }
        if links[member] != nil { unlink(member) }
        links[member] = id
        peersByID[id]?.partAt = nil
        tree.neighborUp(id)
        // What grew before went past him.
        let own = ownHash()
        if peersByID[id]?.comparison.isEqual(to: own) == false { peersByID[id]?.comparison.due() }
    }

    private mutating func unlink(_ member: MemberKey) {
        guard let id = links.removeValue(forKey: member) else { return }
        peersByID[id]?.partAt = now + Limits.strangerDuration
        perform(tree.neighborDown(id, at: now))
    }

    /// The one over which this peer is linked: of two connections with him either may be read.
    func linkID(of id: ConnectionID) -> ConnectionID {
        peersByID[id]?.member.flatMap { links[$0] } ?? id
    }

    // MARK: Time

    var membershipDeadline: Instant? {
        if isStopping { return nil }
        let others = reaching.values.map(\.deadline) + newcomers.values.map(\.deadline)
        let own = [membership.deadline, book.count > 0 ? recallAt : nil].compactMap(\.self)
        return (own + others).min()
    }

    mutating func runMembershipTimers() {
        guard let membershipDeadline, now >= membershipDeadline else { return }
        if let deadline = membership.deadline, now >= deadline {
            perform(membership.wokeUp(at: now, dice: &dice))
        }
        for member in reaching.filter({ now >= $0.value.deadline }).keys.sorted() {
            let wasQuestion = reaching.removeValue(forKey: member)?.question != nil
            // Of a question it knows by its own clock.
            if !wasQuestion { perform(membership.failed(member, at: now, dice: &dice)) }
        }
        newcomers = newcomers.filter { now < $0.value.deadline }
        if now >= recallAt {
            recallAt = now + Limits.recallInterval
            recall(membership.passive.isEmpty ? Limits.recalled : 1)
        }
    }

    /// Draws from all whose records are held: a passive view that lost them may have them again.
    private mutating func recall(_ count: Int) {
        let members = book.draw(count, dice: &dice).filter { connections(of: $0).isEmpty }
        if !members.isEmpty { perform(membership.learned(members, at: now, dice: &dice)) }
    }
}
