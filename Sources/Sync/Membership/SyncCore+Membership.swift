import AuthorLog
import Identity

extension SyncCore {
    mutating func received(_ records: [PeerRecord], from id: ConnectionID) {
        // Who tells his own will ask, or not.
        let members = keep(records, from: id).filter { $0 != peersByID[id]?.member }
        if !members.isEmpty { perform(membership.learned(members, at: now, dice: &dice)) }
    }

    /// - Returns: Whose records are new. He may be refused for one that is forged.
    mutating func keep(_ records: [PeerRecord], from id: ConnectionID) -> [MemberKey] {
        var new: [PeerRecord] = []
        for record in records {
            guard peersByID[id]?.records.take(1, at: now) == true else { break }
            switch receive(record) {
            case .keep: new.append(record)
            case .forged:
                refuse(id, Goodbye(.malformed, "a peer record that its member has not signed"))
                return []
            case .ignore, .wait: break
            }
        }
        kept(new, from: id)
        return new.compactMap { try? PeerAddress(decoding: $0.content).member }  // it was read before
    }

    /// Judges a record, and learns its addresses if it is good.
    mutating func receive(_ record: PeerRecord) -> PeerBook.OnRecord {
        let outcome = book.receive(record) { member in
            member != configuration.member
                && members.isInStanding(member, at: now, wallMilliseconds: wallMilliseconds)
        }
        if outcome == .keep { dialLater(record) }
        return outcome
    }

    private mutating func dialLater(_ record: PeerRecord) {
        guard let address = try? PeerAddress(decoding: record.content) else { return }  // it was read before
        dialler.keepOnly(address.addresses, of: address.member)
        for text in address.addresses { dialler.add(text, member: address.member, isGiven: false, at: now) }
        dialsAreStale = true
    }

    /// Keeps new records and passes them on.
    mutating func kept(_ records: [PeerRecord], from origin: ConnectionID?) {
        guard !records.isEmpty else { return }
        for record in records { effects.append(.keep(record)) }
        for id in acceptedIDs where id != origin { send(.peerRecords(records), to: id) }
    }

    /// Ours first. The initiator's may be empty: it is the first word after the greeting.
    mutating func tellRecords(to id: ConnectionID, member: MemberKey) {
        let own = configuration.ownRecord.map { [$0] } ?? []
        let records = own + book.some(Limits.recordsTold, except: member, dice: &dice)
        if !records.isEmpty || peersByID[id]?.isInitiator == true { send(.peerRecords(records), to: id) }
    }

    mutating func learned(_ chain: KnownChain, of member: MemberKey) {
        guard member != configuration.member else { return }
        members.learn(chain, of: member)
        guard let record = book.proved(member) else { return }
        dialLater(record)
        kept([record], from: nil)
        proved(member)
    }

    /// Nothing more is asked of logs that have ended, and nobody talks to keys that are revoked.
    mutating func settled(ended: Set<LogID>, revoked: Set<MemberKey>) {
        for log in ended.subtracting(self.ended).sorted() {
            for id in ids { withdraw(log, from: id) }
        }
        self.ended = ended
        for member in members.revoke(revoked) { isRevoked(member) }
    }

    private mutating func isRevoked(_ member: MemberKey) {
        book.forget(member)
        dialler.keepOnly([], of: member)
        for id in ids where peersByID[id]?.member == member {
            refuse(id, Goodbye(.memberRefused, "the key is revoked"))
        }
    }

    mutating func dialIfDue() {
        guard !isStopping else {
            dialDeadline = nil
            return
        }
        guard dialsAreStale || dialDeadline.map({ now >= $0 }) ?? false else { return }
        dialsAreStale = false
        let taken = Set(peersByID.values.compactMap(\.member))
        let wanted = Set(reaching.keys)
        let room = Limits.connections - peersByID.count
        let isFree = { [members, now] (member: MemberKey) in
            !taken.contains(member) && !members.isBanned(member, at: now)
        }
        let address = dialler.next(
            isFree: isFree, wanted: wanted, seeks: seeksNeighbors, room: room, at: now, dice: &dice)
        if let address { effects.append(.dial(address)) }
        // A minute at most: bans end without an event.
        let deadline = dialler.deadline(isFree: isFree, wanted: wanted, seeks: seeksNeighbors, room: room)
        let fallback = dialler.count > 0 ? now + Limits.dialBackoffLimit : nil
        dialDeadline = [deadline, fallback].compactMap(\.self).min()
    }
}
