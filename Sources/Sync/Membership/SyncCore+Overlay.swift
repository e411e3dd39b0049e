import AuthorLog
import Identity

/// A newcomer who was announced before his chain was known here.
struct Newcomer: Sendable {
    var timeToLive: Int
    /// Of the neighbour who announced him.
    var neighbor: MemberKey
    var deadline: Instant
}

/// The words of HyParView, as they are on the wire: members go as their signed records.
extension SyncCore {
    // MARK: Ours

    /// Nothing where it speaks of a member whose record is not held.
    mutating func say(_ message: HyParView.Message, over id: ConnectionID) {
        let spoken: Message
        switch message {
        case .join: spoken = isGuest(over: id) ? .neighbor(.guest) : .join
        case .forwardJoin(let newcomer, let timeToLive):
            guard let record = record(of: newcomer) else { return }
            spoken = .forwardJoin(record, timeToLive: UInt32(clamping: timeToLive))
        case .neighbor(let priority): spoken = .neighbor(isGuest(over: id) ? .guest : priority)
        case .neighborReply(let isAccepted): spoken = .neighborReply(isAccepted: isAccepted)
        case .disconnect: spoken = .disconnect
        case .shuffle(let members, let timeToLive, let path):
            spoken = .shuffle(
                members.compactMap(record), timeToLive: UInt32(clamping: timeToLive), path: path)
        case .shuffleReply(let members, let path): spoken = .shuffleReply(members.compactMap(record), path: path)
        }
        switch message {
        case .join, .neighbor: if peersByID[id]?.partAt != nil { peersByID[id]?.partAt = now + Limits.strangerDuration }
        default: break
        }
        send(spoken, to: id)
    }

    private func record(of member: MemberKey) -> PeerRecord? {
        member == configuration.member ? configuration.ownRecord : book.record(of: member)
    }

    /// He is reached on a wider network than the one on which we could be: he could not dial us.
    private func isGuest(over id: ConnectionID) -> Bool {
        guard let peer = peersByID[id], peer.isInitiator, let own = NetworkAddress(configuration.listen) else {
            return false
        }
        guard let there = NetworkAddress(peer.address) else { return true }
        return own.scope < there.scope
    }

    // MARK: Theirs

    mutating func heard(_ message: Message, from id: ConnectionID) {
        guard let member = peersByID[id]?.member, let heard = vouched(message, by: member, over: id) else { return }
        if case .neighborReply = heard { reaching[member] = nil }
        perform(membership.received(heard, from: member, at: now, dice: &dice))
    }

    /// Nil where he is not listened to, or what he says is not known to be true.
    private mutating func vouched(
        _ message: Message, by member: MemberKey, over id: ConnectionID
    ) -> HyParView.Message? {
        switch message {
        // Answers cost nothing, and views that differ are not symmetric.
        case .neighborReply(let isAccepted): return .neighborReply(isAccepted: isAccepted)
        case .disconnect: return .disconnect
        default: guard peersByID[id]?.membership.take(1, at: now) == true else { return nil }
        }
        switch message {
        case .join: return .join
        case .neighbor(let priority): return .neighbor(priority)
        case .forwardJoin(let record, let timeToLive):
            let steps = Int(min(timeToLive, UInt32(Limits.activeWalk)))
            guard let newcomer = held([record], from: id).first else {
                wait(for: record, timeToLive: steps, announcedBy: member)
                return nil
            }
            return .forwardJoin(newcomer, timeToLive: steps)
        case .shuffle(let records, let timeToLive, let path):
            let steps = Int(min(timeToLive, UInt32(Limits.activeWalk)))
            return .shuffle(held(records, from: id), timeToLive: steps, path: path)
        case .shuffleReply(let records, let path): return .shuffleReply(held(records, from: id), path: path)
        default: return nil
        }
    }

    /// Those of whom a signed record is held now. He may be refused for one that is forged.
    private mutating func held(_ records: [PeerRecord], from id: ConnectionID) -> [MemberKey] {
        _ = keep(records, from: id)
        guard peersByID[id] != nil else { return [] }
        return records.compactMap { record in
            guard let address = try? PeerAddress(decoding: record.content) else { return nil }  // refused above
            return book.record(of: address.member) == nil ? nil : address.member
        }
    }

    /// His log, and in it his chain, is on its way by the same neighbour.
    private mutating func wait(for record: PeerRecord, timeToLive: Int, announcedBy neighbor: MemberKey) {
        guard let address = try? PeerAddress(decoding: record.content), book.isWaiting(address.member),
            newcomers.count < Limits.waitingNewcomers
        else { return }
        newcomers[address.member] = Newcomer(
            timeToLive: timeToLive, neighbor: neighbor, deadline: now + Limits.neighborRequestTimeout)
    }

    /// His chain is known, and with it his record: he may be talked with.
    mutating func proved(_ member: MemberKey) {
        if let newcomer = newcomers.removeValue(forKey: member) {
            let message = HyParView.Message.forwardJoin(member, timeToLive: newcomer.timeToLive)
            perform(membership.received(message, from: newcomer.neighbor, at: now, dice: &dice))
        }
        perform(membership.learned([member], at: now, dice: &dice))
    }
}
