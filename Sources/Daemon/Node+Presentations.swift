import AuthorLog
import Founding
import Identity
import Logging
import Storage

/// How a member takes up what it was granted: its node shows the chain in its own log, by itself.
extension Node {
    /// Begins the log of who came by an invite that ends: whoever hears of it knows that he came in time.
    func beginLog() async throws {
        guard ownLog.incarnation == nil, ownLog.doubt == nil, !ownLog.isRevoked,
            let invite = try home.presentation().invite, invite.expiresMilliseconds != 0,
            try await ask({ [member] in try await $0.logStates(of: member) }).isEmpty
        else { return }
        _ = try await write(operations: [])
    }

    /// Presents every right that stands for this member, has not been shown in its log, and gives more than those that have. Done
    /// whenever what stands was worked out and holds such a right.
    package nonisolated func presentGrantedRights() async throws {
        try await turn.take {
            let standing = try await ask { try await $0.standing() }
            guard let own = standing[member], !own.isRevoked else { return }
            var (shown, count) = try await shownRights(in: standing)
            let granted = own.rights.filter { $0.right.isValid(atMilliseconds: wallMilliseconds) }
            for right in granted.sorted(by: { $0.right.givesMore(than: $1.right) })
            where !shown.contains(where: { $0.covers(right.right) }) {
                guard let presentation = try await presentation(of: right, in: standing) else { continue }
                if count >= AuthorLog.Limits.presentationsPerLog {
                    guard await leaveFullLog() else {
                        return logger.warning("a granted right is not taken up: there were too many")
                    }
                    (shown, count) = try await shownRights(in: standing)
                    guard !shown.contains(where: { $0.covers(right.right) }) else { continue }
                }
                _ = try await write(operations: [Operation(presentation)])
                shown.append(right.right)
                count += 1
                try await keepIfBetter(presentation, right.right)
                logger.notice("took up a granted right", metadata: ["role": "\(right.right.role.name)"])
            }
        }
    }

    /// Of the log that is written on, those that stand, and how many were ever shown; before there is one, what it will begin with,
    /// if that stands.
    private func shownRights(in standing: Standing) async throws -> (rights: [Right], count: Int) {
        let logs = try await ask { [member] in try await $0.logStates(of: member) }
        if let log = logs.last(where: { $0.log.incarnation.number == ownLog.incarnation }) {
            // One that was begun a moment ago is not judged yet.
            let shown = standing[log.log]?.rights.map(\.right) ?? log.rights.map(\.right)
            return (shown, log.rights.count)
        }
        guard let first = try right(of: try home.presentation()) else { return ([], 0) }
        let stands = standing[member]?.rights.contains { $0.right.isGiven(like: first) } ?? true
        return (stands ? [first] : [], 1)
    }

    private func leaveFullLog() -> Bool { ownLog.leaveFullLog() }

    /// What the next incarnation begins with, and peers are greeted with, loses nothing by it.
    private func keepIfBetter(_ presentation: Presentation, _ right: Right) throws {
        let before = try self.right(of: try home.presentation())
        let hasEnded = before.map { !$0.isValid(atMilliseconds: wallMilliseconds) } ?? true
        guard hasEnded || before.map(right.covers) ?? true else { return }
        try home.keep(presentation)
        ownLog.presentation = presentation
    }

    private nonisolated func right(of presentation: Presentation) throws -> Right? {
        let afterwards = presentation.lastLinkTime.next ?? presentation.lastLinkTime
        return try? presentation.right(of: member, presentedAt: afterwards, charter: charter)  // none: no right
    }

    /// - Returns: Nil where it is an invite's, which only its ticket shows, or where a link is not held.
    nonisolated func presentation(of right: StandingRight, in standing: Standing) async throws -> Presentation? {
        switch right.origin {
        case .root(let hash):
            let orders = try await ask { try await $0.orders() }
            guard let order = orders.first(where: { $0.hash == hash }) else { return nil }
            // Nil where a succession is missing.
            return try? Presentation(rootGrant: order, line: standing.line, orders: orders)
        case .operation(let id):
            guard case .grant? = standing[id]?.operation,
                let bundle = try await ask({ try await $0.authorityBundle(id.bundle) })
            else { return nil }
            for above in try await presentations(bearing: bundle.header, in: standing) {
                guard let presentation = try? Presentation(extending: above, with: bundle, index: id.index),
                    try self.right(of: presentation) != nil
                else { continue }
                return presentation
            }
            return nil
        }
    }

    /// Under which the bundle may have been written by a steward, the shortest chain first.
    private nonisolated func presentations(
        bearing header: Header, in standing: Standing
    ) async throws -> [Presentation] {
        let rights = (standing[header.log]?.rights ?? []).filter { right in
            right.right.role == .steward && right.right.isValid(at: header.time)
                && right.fromPosition.map { $0 <= header.position } ?? false
        }
        var presentations: [Presentation] = []
        for right in rights.sorted(by: { $0.chain.count < $1.chain.count }) {
            guard let log = standing[header.log], let end = right.fromPosition else { continue }
            if let shown = try await ask({ try await $0.presentation(in: log, endingAt: end) }) {
                presentations.append(shown)
            }
        }
        return presentations
    }

    /// What this member writes invites under: the chain of a steward's right that it has shown, the shortest first.
    nonisolated func issuingPresentation() async throws -> Presentation {
        let standing = try await ask { try await $0.standing() }
        guard let state = try await ask({ try await $0.logStates(of: member) }).last, let log = standing[state.log]
        else {
            return presentation
        }
        let rights = log.rights.filter { right in
            right.right.role == .steward && right.right.isValid(atMilliseconds: wallMilliseconds)
        }
        for right in rights.sorted(by: { $0.chain.count < $1.chain.count }) {
            guard let end = right.fromPosition else { continue }
            if let shown = try await ask({ try await $0.presentation(in: log, endingAt: end) }) { return shown }
        }
        return presentation
    }
}

extension Right {
    /// By the same grant, as far as can be told: standing settles depth and member id.
    fileprivate func isGiven(like other: Right) -> Bool {
        role == other.role && since == other.since && expiresMilliseconds == other.expiresMilliseconds
    }

    /// So that the first one shown covers as many of the others as may be.
    fileprivate func givesMore(than other: Right) -> Bool {
        if role != other.role { return role > other.role }
        let (end, otherEnd) = (expiresMilliseconds, other.expiresMilliseconds)
        if end != otherEnd { return end == 0 || (otherEnd != 0 && end > otherEnd) }
        return covers(other) && !other.covers(self)
    }
}
