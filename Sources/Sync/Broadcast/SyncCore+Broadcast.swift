import AuthorLog
import Identity

/// What is new goes to everybody not known to hold it, along every connection. (Plumtree: later.)
extension SyncCore {
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
        let run = growth.run.flatMap { pushable($0, log: log, from: before) }
        for id in acceptedIDs {
            if id == growth.origin {
                hold(log, after, by: id)
                continue
            }
            switch peersByID[id]?.heads.standing(log, before: before, after: after) {
            case .holds: continue
            case .holdsPredecessor:
                if let run, peersByID[id]?.window.admits(run.count) == true {
                    push(run, to: id)
                    peersByID[id]?.heads.holds(log, after)
                    peersByID[id]?.announcements.remove(log)
                    continue
                }
            case .unknown, nil: break
            }
            peersByID[id]?.heads.leftBehind(log, before: before)
            announceLater(log, to: id)
        }
        satisfied(log, length: growth.row.length)
    }

    mutating func retracted(_ log: LogID, to row: FrontierRow?) {
        let before = frontier.row(for: log).map(PeerHeads.Head.init) ?? .none
        for id in acceptedIDs { peersByID[id]?.heads.leftBehind(log, before: before) }
        moves()
        if let row { frontier.set(row) } else { frontier.remove(log) }
    }

    /// A run that says what follows `head`, and is not too long to push.
    private func pushable(_ run: [UInt8], log: LogID, from head: PeerHeads.Head) -> [UInt8]? {
        guard run.count <= Limits.pushedRunByteLimit, let start = try? RunHead(startOf: run),  // else heads are told
            start.log == log, start.firstPosition == head.length, head.id == nil || start.previous == head.id
        else { return nil }
        return run
    }

    private mutating func push(_ run: [UInt8], to id: ConnectionID) {
        send(.run(pull: 0, run), to: id)
        if let nonce = peersByID[id]?.window.pushed(run.count) { send(.ping(nonce), to: id) }
    }

    /// He showed or sent it; he may have shown more.
    private mutating func hold(_ log: LogID, _ head: PeerHeads.Head, by id: ConnectionID) {
        guard peersByID[id]?.heads.standing(log, before: .none, after: head) != .holds else { return }
        peersByID[id]?.heads.holds(log, head)
    }

    mutating func received(pushed part: [UInt8], _ head: RunHead, from id: ConnectionID) {
        let waiting = peersByID[id]?.pushedByteCount ?? 0
        guard waiting + part.count <= Limits.pushedIngestByteLimit else {
            // Dropped: the frontiers will not be equal.
            peersByID[id]?.comparison.due()
            return
        }
        peersByID[id]?.pushedByteCount += part.count
        effects.append(.ingest(part: part, log: head.log, pull: 0, from: id))
    }

    private mutating func announceLater(_ log: LogID, to id: ConnectionID) {
        if peersByID[id]?.announcements.add(log, at: now) == .overflow { peersByID[id]?.comparison.due() }
    }

    /// Tells the heads collected, as they are now.
    mutating func announce(to id: ConnectionID) {
        let logs = peersByID[id]?.announcements.take(at: now) ?? []
        let rows = logs.compactMap { frontier.row(for: $0) }
        if !rows.isEmpty { send(.heads(rows), to: id) }
    }
}

extension PeerHeads.Head {
    init(_ row: FrontierRow) {
        self.init(length: row.length, id: row.head)
    }
}
