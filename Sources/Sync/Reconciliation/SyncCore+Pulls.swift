import AuthorLog
import Identity

/// Both sides of a pull.
extension SyncCore {
    // MARK: Ours

    /// Gives every idle peer something to serve; no log is pulled from two at a time.
    mutating func assignPulls() {
        guard pullsAreStale, !isStopping else { return }
        pullsAreStale = false
        for id in acceptedIDs {
            guard peersByID[id]?.pulling.mayStart(at: now) == true, !searches(id) else { continue }
            guard let peer = peersByID[id], !peer.offers.isEmpty else { continue }
            let wants = wants(from: peer.offers)
            guard !wants.isEmpty else { continue }
            for want in wants { pulled[want.log] = id }
            if let pull = peersByID[id]?.pulling.start(wants, at: now) { send(.pull(pull), to: id) }
        }
    }

    private func wants(from offers: Offers) -> [Want] {
        let free = offers.logs.filter { pulled[$0.key] == nil && unsettled[$0.key].map { now >= $0 } ?? true }
        let ranked = free.map { offer in (rank: rank(offer.key), log: offer.key, length: offer.value.shown) }
        var wants: [Want] = []
        var operations: UInt64 = 0
        for offer in ranked.sorted(by: { ($0.rank, $0.log) < ($1.rank, $1.log) }).prefix(Limits.wantsPerPull) {
            let held = frontier.row(for: offer.log)
            let want = Want(
                log: offer.log, from: held?.length ?? 0, head: held?.head ?? Hash256(raw: .zero), to: offer.length)
            operations &+= want.to &- min(want.from, want.to)
            guard wants.count < Limits.wantsOfAnySize || operations <= Limits.operationsPerManyWants else { break }
            wants.append(want)
        }
        return wants
    }

    /// Our own past first, then what gives rights, then logs not held: they begin with a chain.
    private func rank(_ log: LogID) -> Int {
        if log.member == configuration.member { return 0 }
        if authorityLogs.contains(log) { return 1 }
        return frontier.row(for: log) == nil ? 2 : 3
    }

    mutating func received(part: [UInt8], pull: UInt32, from id: ConnectionID) {
        guard let head = try? RunHead(startOf: part),  // nothing to say but that it does not read
            head.community == configuration.charter.id, part.count > RunHead.byteCount
        else { return refuse(id, Goodbye(.malformed, "a part without the heading of a run of this community")) }
        switch peersByID[id]?.pulling.received(part: part.count, of: head.log, pull: pull, at: now) {
        case .ingest: effects.append(.ingest(part: part, log: head.log, pull: pull, from: id))
        case .refuse(let goodbye): refuse(id, goodbye)
        case .ignore, nil: break
        }
    }

    mutating func received(done pull: UInt32, unserved: [Unserved], from id: ConnectionID) {
        guard peersByID[id]?.pulling.done(pull: pull, unserved: unserved, at: now) == true else {
            return refuse(id, Goodbye(.malformed, "the end of a pull never begun"))
        }
        for unserved in unserved {
            isOnAnotherBranch(unserved, id: id)
            peersByID[id]?.search?.ended(pull: pull, unserved: unserved.reason)
        }
        endPullIfDue(id)
    }

    mutating func ingested(
        _ outcome: IngestOutcome, of log: LogID, byteCount: Int, pull: UInt32, from id: ConnectionID
    ) {
        guard peersByID[id] != nil else {
            // It is here, though he is gone.
            if outcome == .unsettled { awaitSettling(of: log) }
            return
        }
        if case .offence(let reason) = outcome { return refuse(id, Goodbye(.malformed, reason)) }
        switch outcome {
        // The tree waits for what `grown` tells, or for nothing any more.
        case .unsettled: offerAnnounced(log)
        case .anotherBranch, .refused: tree.forget(log)
        case .appended, .queued, .alreadyHeld, .gap, .offence: break
        }
        guard pull != 0 else { return ingested(pushed: outcome, of: log, byteCount: byteCount, from: id) }
        peersByID[id]?.search?.ingested(outcome, pull: pull)
        if let credit = peersByID[id]?.pulling.ingested(outcome, of: log, byteCount: byteCount, pull: pull, at: now) {
            send(.credit(pull: pull, byteCount: UInt64(credit)), to: id)
        }
        endPullIfDue(id)
    }

    /// Frees the logs of a pull that is over or has stalled; what the peer could not bring forward is not asked of him again
    /// before he shows it anew.
    mutating func endPullIfDue(_ id: ConnectionID) {
        peersByID[id]?.pulling.rested(at: now)
        let pull = peersByID[id]?.pulling.id
        let stalled = peersByID[id]?.pulling.stalled(frontier, at: now)
        let finished = peersByID[id]?.pulling.finish(frontier, at: now)
        if let pull, stalled ?? finished != nil { peersByID[id]?.search?.ended(pull: pull, unserved: nil) }
        pullsAreStale = true
        // What is not asked of him again is missing all the same.
        if stalled?.fruitless.isEmpty == false { interrupts(id) }
        for log in stalled?.logs ?? finished?.logs ?? [] where pulled[log] == id { pulled[log] = nil }
        for log in stalled?.fruitless ?? finished?.fruitless ?? [] { withdraw(log, from: id) }
        for log in stalled?.unsettled ?? finished?.unsettled ?? [] { awaitSettling(of: log) }
        if finished != nil { peersByID[id]?.comparison.due() }
    }

    /// Part of it is here, and waits to be worked in. There may be more, which is missing until then as what anybody offers, and asked
    /// for afterwards.
    mutating func offerAnnounced(_ log: LogID) {
        for claim in tree.forget(log) { offered(log, length: claim.length, by: claim.link) }
    }

    /// More of it is here than is known to stand: it is not fetched a second time meanwhile.
    mutating func awaitSettling(of log: LogID) {
        unsettled[log] = now + Limits.settlingTimeout
        // All wait as long: the first is the first to be over.
        unsettledDeadline = unsettledDeadline ?? now + Limits.settlingTimeout
    }

    /// Nobody has said in time whether they stand: they are asked for again.
    mutating func giveUpSettling() {
        guard let deadline = unsettledDeadline, now >= deadline else { return }
        unsettled = unsettled.filter { now < $0.value }
        unsettledDeadline = unsettled.values.min()
        pullsAreStale = true
    }

    mutating func withdraw(_ log: LogID, from id: ConnectionID) {
        let before = peersByID[id]?.offers.count ?? 0
        peersByID[id]?.offers.withdraw(log)
        offerCount -= before - (peersByID[id]?.offers.count ?? 0)
    }

    /// Our log is that long now: offers that say no more are met.
    mutating func satisfied(_ log: LogID, length: UInt64) {
        // There may be more of it to ask for.
        if unsettled.removeValue(forKey: log) != nil { pullsAreStale = true }
        for id in ids {
            let before = peersByID[id]?.offers.count ?? 0
            guard before > 0 else { continue }
            peersByID[id]?.offers.held(log, length: length)
            offerCount -= before - (peersByID[id]?.offers.count ?? 0)
        }
        if let id = pulled[log] {
            peersByID[id]?.pulling.grown(log, at: now)
            endPullIfDue(id)
        }
    }

    // MARK: His

    mutating func received(_ pull: Pull, from id: ConnectionID) {
        guard charge(pull.wants.count, to: id) else { return }
        peersByID[id]?.comparison.exchanged(at: now)
        for want in pull.wants {
            let head = PeerHeads.Head(length: want.from, id: want.from == 0 ? nil : want.head)
            peersByID[id]?.heads.holds(want.log, head)
        }
        peersByID[id]?.serving.start(pull)
        serve(id)
    }

    mutating func read(_ outcome: ReadOutcome, pull: UInt32, for id: ConnectionID) {
        peersByID[id]?.serving.read(outcome, pull: pull)
        serve(id)
    }

    mutating func serve(_ id: ConnectionID) {
        while true {
            switch peersByID[id]?.serving.next() {
            case .send(let message):
                peersByID[id]?.comparison.exchanged(at: now)
                send(message, to: id)
            case .served(let log, let length, let head):
                peersByID[id]?.heads.holds(log, PeerHeads.Head(length: length, id: head))
            case .read(let read):
                effects.append(
                    .read(
                        read.log, from: read.from, head: read.head, to: read.to, byteLimit: read.byteLimit,
                        pull: read.pull, for: id))
            case .wait, nil: return
            }
        }
    }
}
