import Identity

/// Who may end what, and where that ends it.
extension StandingEngine {
    /// Whether the act's author may cut the key and choose at its forks: a steward may, below whom on the chain the key's
    /// owner stands, or whose key is no steward's.
    private func mayCut(_ act: Act, _ member: MemberKey) -> Bool {
        guard let protection = protections[member] else { return true }
        return act.level < protection.depth && protection.path.contains(act.author)
    }

    /// Ends the log for good. Called once all are known who may.
    mutating func settle(_ log: LogID) {
        guard ends[log] == nil else { return }
        if revokers[log.member] == nil { revokers[log.member] = revokers(of: log.member) }
        let end = end(of: log)
        ends[log] = end
        let hasBranches = held.tips(of: log).count > 1
        standing[log] = (bundles[log] ?? []).filter { bundle in
            guard let point = end.point, bundle.header.end <= point.length else { return false }
            return !hasBranches
                || held.point(atOrBefore: bundle.header.end, upTo: point.head, in: log)?.head == bundle.id
        }
    }

    func end(of log: LogID) -> LogEnd {
        if let end = ends[log] { return end }
        let walk = BranchWalk(
            log: log, held: held, forks: forks[log] ?? [], sealed: evidence.sealed[log], cut: cut(of: log),
            choice: choice(at:))
        return walk.end()
    }

    /// By whom the key is revoked: the root alone, or every steward with power whose last word on it that is.
    func revokers(of member: MemberKey) -> [(by: Authority, revocation: Revocation)] {
        if let known = revokers[member] { return known }
        if let order = orders.revocations[member.raw], case .member = order.content.subject {
            return [(.root(order: order.hash), order.content)]
        }
        return (revocations[member.raw] ?? []).filter { mayCut($0, member) && $0.isOfMember }.latestOfEachAuthor()
            .compactMap { act in
                guard case .revoke(let revocation) = act.operation else { return nil }
                return (.steward(act.author), revocation)
            }
    }

    private func cut(of log: LogID) -> LogCut? {
        let sealed = evidence.sealed[log]?.length ?? 0
        let cuts = revokers(of: log.member).compactMap { revoker -> (by: Authority, point: BranchPoint)? in
            guard case .member(_, let stays) = revoker.revocation.subject else { return nil }
            let stay = stays.first { $0.incarnation == log.incarnation }
            if stay == nil, case .root = revoker.by {
                return (revoker.by, BranchPoint(length: sealed, head: Hash256(raw: .zero)))
            }
            return (revoker.by, BranchPoint(length: stay?.length ?? 0, head: stay?.head ?? Hash256(raw: .zero)))
        }
        guard let shortest = cuts.min(by: { $0.point < $1.point }) else { return nil }
        let point = shortest.point
        let isNamed = point.head != Hash256(raw: .zero)
        if case .root = shortest.by {
            return LogCut(by: shortest.by, length: point.length, head: isNamed ? point.head : nil)
        }
        return LogCut(
            by: shortest.by, length: max(point.length, sealed),
            head: isNamed && point.length >= sealed ? point.head : nil)
    }

    private func choice(at fork: Fork) -> BranchPoint? {
        if let order = orders.choices[fork.id], order.content.log == fork.log {
            return BranchPoint(length: order.content.length, head: order.content.head)
        }
        return (choices[fork.id] ?? []).filter { mayCut($0, fork.log.member) && $0.isOf(fork.log) }.latestOfEachAuthor()
            .compactMap { act in
                guard case .choose(let choice) = act.operation else { return nil }
                return BranchPoint(length: choice.length, head: choice.head)
            }.min()
    }

    /// The members that stay of a revoked invite; nil where it is not revoked.
    ///
    /// - Parameter act: Of the invite, where it is held and acts. One that makes stewards is revoked by its issuer and those above
    ///   him only.
    func stays(of inviteKey: InviteKey, _ act: Act?) -> Set<MemberKey>? {
        if let order = orders.revocations[inviteKey.raw], case .invite(_, let stays) = order.content.subject {
            return Set(stays)
        }
        let stays = (revocations[inviteKey.raw] ?? []).filter { $0.isOfInvite && mayCut($0, invite: act) }
            .latestOfEachAuthor().compactMap { act -> Set<MemberKey>? in
                guard case .revoke(let revocation) = act.operation, case .invite(_, let stays) = revocation.subject
                else { return nil }
                return Set(stays)
            }
        guard let first = stays.first else { return nil }
        return stays.dropFirst().reduce(first) { $0.intersection($1) }
    }

    private func mayCut(_ act: Act, invite: Act?) -> Bool {
        guard let invite, case .invite(let content) = invite.operation, content.role == .steward else { return true }
        return isAbove(act, invite)
    }

    /// The invite's own issuer, or somebody above him, not speaking from further down than the invite.
    private func isAbove(_ act: Act, _ invite: Act) -> Bool {
        act.level <= invite.level && (act.author == invite.author || invite.path.contains(act.author))
    }

    /// A ticket can be copied: it makes nobody a steward with power until the issuer, or somebody above him, names the key.
    func admittedStewards(of act: Act, _ invite: Invite) -> Set<MemberKey> {
        var named: Set<MemberKey> = []
        for case let (admitting, .admit(admit)) in (admits[invite.inviteKey] ?? []).map({ ($0, $0.operation) })
        where isAbove(admitting, act) {
            named.formUnion(admit.members)
        }
        guard let stays = stays(of: invite.inviteKey, act) else { return named }
        return named.intersection(stays)
    }
}

extension StandingEngine.Act {
    fileprivate var isOfMember: Bool {
        guard case .revoke(let revocation) = operation, case .member = revocation.subject else { return false }
        return true
    }

    fileprivate var isOfInvite: Bool {
        guard case .revoke(let revocation) = operation, case .invite = revocation.subject else { return false }
        return true
    }

    fileprivate func isOf(_ log: LogID) -> Bool {
        guard case .choose(let choice) = operation else { return false }
        return choice.log == log
    }
}
