import AuthorLog
import Identity

extension SyncCore {
    mutating func heard(_ hash: Hash256, from id: ConnectionID) {
        let isBusy = peersByID[id]?.isBusy ?? false
        let own = ownHash()
        switch peersByID[id]?.comparison.heard(hash, own: own, isBusy: isBusy, at: now) {
        case .equal(let tell):
            peersByID[id]?.heads.equal()
            told(by: id)
            if tell { tellHash(to: id) }
        case .begin: beginReconciliation(with: id)
        case .later:
            if isBusy { peersByID[id]?.comparison.due() }
        case nil: break
        }
    }

    /// Our frontier is about to change.
    mutating func moves() {
        let own = ownHash()
        for id in acceptedIDs { peersByID[id]?.comparison.moves(from: own, at: now) }
    }

    mutating func tellHash(to id: ConnectionID) {
        let own = ownHash()
        peersByID[id]?.comparison.tell(own, at: now)
        send(.frontierHash(own, updates: frontier.totalLength), to: id)
    }

    mutating func beginReconciliation(with id: ConnectionID) {
        tellOrders(to: id)
        let salt = newSalt()
        let opening = Reconciler.opening(&frontier, salt: salt)
        for message in Reconciler.messages(opening, round: 1, salt: salt) { send(message, to: id) }
        peersByID[id]?.comparison.exchanged(at: now)
    }

    mutating func received(_ ranges: Ranges, from id: ConnectionID) {
        let salt = newSalt()
        let answer = Reconciler.answer(ranges, from: &frontier, salt: salt, dice: &dice)
        guard charge(answer.work, to: id) else { return }
        peersByID[id]?.comparison.exchanged(at: now)
        for claim in answer.shown { shown(claim, by: id) }
        if !answer.shown.isEmpty { told(by: id) }
        guard ranges.round < Limits.reconciliationRounds else { return }
        for message in answer.messages(round: ranges.round + 1, salt: salt) { send(message, to: id) }
    }

    /// Hashed, so that it does not show the state of the dice.
    private mutating func newSalt() -> UInt64 {
        var drawn: [UInt8] = []
        drawn.appendBigEndian(dice.next())
        return BLAKE2b.hash256(drawn, personal: .salt).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// From reconciliation.
    mutating func shown(_ claim: Claim, by id: ConnectionID) {
        guard mayStand(claim, by: id) else { return }
        offerIfMore(claim, by: id)
    }

    /// From `Heads`: the tree may be about to bring it.
    mutating func shown(_ row: FrontierRow, hop: UInt32, by id: ConnectionID) {
        let claim = Claim(row)
        guard mayStand(claim, by: id), !announced(row, hop: hop, by: id) else { return }
        offerIfMore(claim, by: id)
    }

    /// - Returns: False where he has not heard why nothing more of that log stands: he lacks what explains it.
    private mutating func mayStand(_ claim: Claim, by id: ConnectionID) -> Bool {
        let held = frontier.row(for: claim.log)
        if claim.log.member == configuration.member, claim.length > held?.length ?? 0 {
            report(ownHead: claim, from: id)
        }
        if claim != held.map(Claim.init) || peersByID[id]?.heads.holdsOurs == false {
            peersByID[id]?.heads.holds(claim.log, PeerHeads.Head(length: claim.length, id: claim.head))
        }
        guard !ended.contains(claim.log) else { return false }
        // As long as ours, and something else.
        if let held, claim.length == held.length, claim.head != held.head {
            search(claim.log, his: claim.length, id: id)
        }
        return true
    }

    private mutating func offerIfMore(_ claim: Claim, by id: ConnectionID) {
        guard claim.length > frontier.row(for: claim.log)?.length ?? 0 else { return }
        offered(claim.log, length: claim.length, by: id)
    }

    mutating func offered(_ log: LogID, length: UInt64, by id: ConnectionID) {
        let held = frontier.row(for: log)?.length ?? 0
        guard peersByID[id] != nil, length <= Limits.logLengthLimit else { return }
        let isNew = peersByID[id]?.offers.show(log, length: length, held: held, room: Limits.offers - offerCount)
        if isNew == true { offerCount += 1 }
        peersByID[id]?.comparison.due()
        pullsAreStale = true
    }

    private mutating func report(ownHead claim: Claim, from id: ConnectionID) {
        let reported = ownHeadsReported[claim.log]
        guard reported != nil || ownHeadsReported.count < Limits.ownHeadsReported, claim.length > reported ?? 0 else {
            return
        }
        ownHeadsReported[claim.log] = claim.length
        effects.append(.ownHeadSeen(claim.log, length: claim.length, from: id))
    }
}

extension BLAKE2b.Personal {
    /// Nobody else hashes it.
    fileprivate static let salt = Self("gv/salt")
}
