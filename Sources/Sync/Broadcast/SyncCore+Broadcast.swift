import AuthorLog
import Identity

/// What is new goes along the tree at once: pushed where it is small, else announced.
extension SyncCore {
    // MARK: Ours

    mutating func grown(_ growth: Growth) {
        let log = growth.row.log
        let held = frontier.row(for: log)
        guard growth.row.length > held?.length ?? 0 else { return retracted(log, to: growth.row) }
        let before = held.map(PeerHeads.Head.init) ?? .none
        let after = PeerHeads.Head(growth.row)
        moves()
        frontier.set(growth.row)
        if held == nil { begins(log) }
        if growth.bearsAuthority { authorityLogs.insert(log) }
        if let origin = growth.origin { hold(log, after, by: origin) }
        let message = Plumtree.MessageID(log: log, length: growth.row.length, head: growth.row.head)
        let decided = tree.grown(
            message, hop: growth.origin.flatMap { peersByID[$0]?.pushes.hop(of: log) },
            from: growth.origin.map(linkID), at: now)
        let run = growth.run.flatMap { pushable($0, log: log, from: before) }
        var given: Set<ConnectionID> = []
        for effect in decided {
            guard case .push(let announced, let id) = effect else {
                perform([effect])
                continue
            }
            given.insert(id)
            push(run, announced, to: id, before: before, after: after)
        }
        for id in acceptedIDs where id != growth.origin && !given.contains(id) { peersByID[id]?.heads.forget(log) }
        satisfied(log, length: growth.row.length)
    }

    mutating func retracted(_ log: LogID, to row: FrontierRow?) {
        let before = frontier.row(for: log).map(PeerHeads.Head.init) ?? .none
        for id in acceptedIDs { peersByID[id]?.heads.leftBehind(log, before: before) }
        moves()
        if let row { frontier.set(row) } else { frontier.remove(log) }
        for id in ids { peersByID[id]?.offers.held(log, length: row?.length ?? 0) }
    }

    /// A run that says what follows `head`, and is not too long to push.
    private func pushable(_ run: [UInt8], log: LogID, from head: PeerHeads.Head) -> [UInt8]? {
        guard run.count <= Limits.pushedRunByteLimit, let start = try? RunHead(startOf: run),  // else heads are told
            start.log == log, start.firstPosition == head.length, head.id == nil || start.previous == head.id
        else { return nil }
        return run
    }

    /// Of whom nothing is known is pushed to: he pulls what lies between. Who is known to lack that is told, and asks for all at once.
    private mutating func push(
        _ run: [UInt8]?, _ announced: Plumtree.IHave, to id: ConnectionID, before: PeerHeads.Head,
        after: PeerHeads.Head
    ) {
        let log = announced.id.log
        switch peersByID[id]?.heads.standing(log, before: before, after: after) {
        case .holds: return
        case .holdsPredecessor, .unknown:
            guard let run, peersByID[id]?.window.admits(run.count) == true else { break }
            send(.push(run, hop: announced.hop), to: id)
            if let nonce = peersByID[id]?.window.pushed(run.count) { send(.ping(nonce), to: id) }
            peersByID[id]?.heads.holds(log, after)
            return
        case .lacks, nil: break
        }
        peersByID[id]?.heads.leftBehind(log, before: before)
        perform(tree.announce(announced, to: id, at: now))
    }

    /// He showed or sent it; he may have shown more.
    private mutating func hold(_ log: LogID, _ head: PeerHeads.Head, by id: ConnectionID) {
        guard peersByID[id]?.heads.standing(log, before: .none, after: head) != .holds else { return }
        peersByID[id]?.heads.holds(log, head)
    }

    mutating func perform(_ decided: [Plumtree.Effect]) {
        for effect in decided {
            switch effect {
            // Only what grows is pushed, where it is known what has grown.
            case .push(let announced, let id): perform(tree.announce(announced, to: id, at: now))
            case .iHave(let announced, let id): tell(announced, to: id)
            case .graft(let id): send(.graft, to: id)
            case .prune(let id): send(.prune, to: id)
            case .fetch(let log, let length, let id): fetch(log, length: length, from: id)
            case .compare(let id): peersByID[id]?.comparison.due()
            }
        }
    }

    /// As the logs stand now.
    private mutating func tell(_ announced: [Plumtree.IHave], to id: ConnectionID) {
        let told = announced.compactMap { announced in
            frontier.row(for: announced.id.log).map { (row: $0, hop: announced.hop) }
        }
        if !told.isEmpty { send(.heads(told.map(\.row), hops: told.map(\.hop)), to: id) }
    }

    /// Pulled as any other: where more of it is here that waits to be worked in, then.
    private mutating func fetch(_ log: LogID, length: UInt64, from id: ConnectionID) {
        if ended.contains(log) {
            tree.forget(log)
        } else if unsettled[log].map({ now < $0 }) ?? false {
            offerAnnounced(log)
        } else {
            offered(log, length: length, by: id)
        }
    }

    mutating func runTreeTimers() {
        guard let deadline = tree.deadline, now >= deadline else { return }
        let decided = tree.wokeUp(at: now) { [peersByID, pulled] log, id in
            pulled[log] != nil || peersByID[id].map { $0.pulling.isActive || $0.pushes.byteCount > 0 } ?? false
        }
        perform(decided)
    }

    // MARK: Theirs

    mutating func received(pushed run: [UInt8], hop: UInt32, from id: ConnectionID) {
        guard let head = try? RunHead(startOf: run),  // nothing to say but that it does not read
            head.community == configuration.charter.id, run.count > RunHead.byteCount
        else { return refuse(id, Goodbye(.malformed, "a push without the heading of a run of this community")) }
        guard peersByID[id]?.pushes.add(head.log, byteCount: run.count, hop: hop) == true else {
            // Dropped: the frontiers will not be equal.
            peersByID[id]?.comparison.due()
            return
        }
        effects.append(.ingest(part: run, log: head.log, pull: 0, from: id))
    }

    /// It is verified: only now is anybody demoted for it.
    mutating func ingested(
        pushed outcome: IngestOutcome, of log: LogID, byteCount: Int, from id: ConnectionID
    ) {
        guard let hop = peersByID[id]?.pushes.answered(log, byteCount: byteCount) else { return }
        let link = linkID(of: id)
        switch outcome {
        case .alreadyHeld: perform(tree.duplicate(from: link))
        case .gap(let first):
            // What begins at the last place of a log is no run.
            guard first < Limits.logLengthLimit else { return }
            let end = Plumtree.MessageID(log: log, length: first + 1, head: Hash256(raw: .zero))
            guard tree.isLink(link) else { return offered(log, length: end.length, by: id) }
            perform(tree.gap(end, hop: hop, from: link, at: now))
        case .appended, .queued, .unsettled, .anotherBranch, .refused, .offence: break
        }
    }

    /// - Returns: False if he is no neighbour: then it is a row as any other.
    mutating func announced(_ row: FrontierRow, hop: UInt32, by id: ConnectionID) -> Bool {
        let link = linkID(of: id)
        guard tree.isLink(link) else { return false }
        let message = Plumtree.MessageID(log: row.log, length: row.length, head: row.head)
        let held = frontier.row(for: row.log)?.length ?? 0
        perform(tree.received(Plumtree.IHave(id: message, hop: hop), holding: held, from: link, at: now))
        return true
    }
}

extension PeerHeads.Head {
    init(_ row: FrontierRow) {
        self.init(length: row.length, id: row.head)
    }
}
