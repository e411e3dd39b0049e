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
        for message in Reconciler.messages(Reconciler.opening(&frontier), round: 1) { send(message, to: id) }
    }

    mutating func received(_ ranges: Ranges, from id: ConnectionID) {
        let answer = Reconciler.answer(ranges.ranges, from: &frontier, dice: &dice)
        guard charge(answer.work, to: id) else { return }
        for row in answer.shown { shown(row, by: id) }
        if !answer.shown.isEmpty { told(by: id) }
        guard ranges.round < Limits.reconciliationRounds else { return }
        for message in Reconciler.messages(answer.ranges, round: ranges.round + 1) { send(message, to: id) }
    }

    /// A row of his, from reconciliation or `Heads`: a claim.
    ///
    /// - Parameter hop: Of a row that he announces: the tree may be about to bring it.
    mutating func shown(_ row: FrontierRow, by id: ConnectionID, hop: UInt32? = nil) {
        let held = frontier.row(for: row.log)
        let isMore = row.length > held?.length ?? 0
        if row.log.member == configuration.member, isMore { report(ownHead: row, from: id) }
        if row != held || peersByID[id]?.heads.holdsOurs == false {
            peersByID[id]?.heads.holds(row.log, PeerHeads.Head(row))
        }
        // Beyond a cut or a fork nothing stands: who has not heard of it lacks what explains it.
        guard !ended.contains(row.log) else { return }
        // As long as ours, and something else.
        if let held, row.length == held.length, row.head != held.head { search(row.log, his: row.length, id: id) }
        if let hop, announced(row, hop: hop, by: id) { return }
        guard isMore else { return }
        offered(row.log, length: row.length, by: id)
    }

    mutating func offered(_ log: LogID, length: UInt64, by id: ConnectionID) {
        let held = frontier.row(for: log)?.length ?? 0
        guard peersByID[id] != nil, length <= Limits.logLengthLimit else { return }
        let isNew = peersByID[id]?.offers.show(log, length: length, held: held, room: Limits.offers - offerCount)
        if isNew == true { offerCount += 1 }
        peersByID[id]?.comparison.due()
        pullsAreStale = true
    }

    private mutating func report(ownHead row: FrontierRow, from id: ConnectionID) {
        let reported = ownHeadsReported[row.log]
        guard reported != nil || ownHeadsReported.count < Limits.ownHeadsReported, row.length > reported ?? 0 else {
            return
        }
        ownHeadsReported[row.log] = row.length
        effects.append(.ownHeadSeen(row, from: id))
    }
}
