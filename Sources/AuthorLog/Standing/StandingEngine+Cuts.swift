import Identity

/// Who may end what, and where that ends it.
extension StandingEngine {
    /// Who ends a key, each with his last word.
    struct Revokers {
        typealias Revoker = (by: Authority, revocation: Revocation)

        /// Each once.
        var all: [Revoker] = []
        /// A log ends at the furthest of what these say, each at the shortest of its own. They are the root alone; or everybody with
        /// power; or of a steward the people on each of his chains, for nobody takes back what another gave.
        var groups: [[Revoker]] = []
    }

    /// Whether the act's author stands above the key's owner, on whichever of his chains; if it is no steward's, whoever he is.
    private func isAbove(_ act: Act, _ member: MemberKey) -> Bool {
        guard let protection = protections[member] else { return true }
        return act.level < protection.depth && protection.paths.contains { $0.contains(act.author) }
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
            log: log, held: held, proved: forks[log] ?? [], sealed: evidence.sealed[log], cut: cut(of: log),
            choice: choice(at:))
        return walk.end()
    }

    /// By whom the key is revoked: the root alone, or every steward with power whose last word on it that is; of a steward nobody,
    /// unless somebody on each of his chains says so.
    func revokers(of member: MemberKey) -> Revokers {
        if let known = revokers[member] { return known }
        if let order = orders.revocations[member.raw], case .member = order.content.subject {
            let root = [(by: Authority.root(order: order.hash), revocation: order.content)]
            return Revokers(all: root, groups: [root])
        }
        let all = (revocations[member.raw] ?? []).filter { isAbove($0, member) && $0.isOfMember }
            .latestOfEachAuthor().compactMap { act -> Revokers.Revoker? in
                guard case .revoke(let revocation) = act.operation else { return nil }
                return (.steward(act.author), revocation)
            }
        let groups =
            protections[member]?.paths.map { path in
                all.filter { revoker in path.contains { .steward($0) == revoker.by } }
            } ?? [all]
        return groups.contains(where: \.isEmpty) ? Revokers() : Revokers(all: all, groups: groups)
    }

    private func cut(of log: LogID) -> LogCut? {
        let sealed = evidence.sealed[log]?.length ?? 0
        let cuts = revokers(of: log.member).groups.compactMap { group in
            group.map { (by: $0.by, point: reach(of: $0, in: log, sealed)) }.min { $0.point < $1.point }
        }
        guard let furthest = cuts.max(by: { $0.point < $1.point }) else { return nil }
        let point = furthest.point
        let isNamed = point.head != Hash256(raw: .zero)
        if case .root = furthest.by {
            return LogCut(by: furthest.by, length: point.length, head: isNamed ? point.head : nil)
        }
        return LogCut(
            by: furthest.by, length: max(point.length, sealed),
            head: isNamed && point.length >= sealed ? point.head : nil)
    }

    private func reach(of revoker: Revokers.Revoker, in log: LogID, _ sealed: UInt64) -> BranchPoint {
        guard case .member(_, let stays) = revoker.revocation.subject,
            let stay = stays.first(where: { $0.incarnation == log.incarnation })
        else {
            // Only the root cuts below a sealed length, where he names the log.
            if case .root = revoker.by { return BranchPoint(length: sealed, head: Hash256(raw: .zero)) }
            return BranchPoint(length: 0, head: Hash256(raw: .zero))
        }
        return BranchPoint(length: stay.length, head: stay.head)
    }

    private func choice(at fork: Fork) -> BranchPoint? {
        if let order = orders.choices[fork.id], order.content.log == fork.log {
            return BranchPoint(length: order.content.length, head: order.content.head)
        }
        return (choices[fork.id] ?? []).filter { isAbove($0, fork.log.member) && $0.isOf(fork.log) }
            .latestOfEachAuthor()
            .compactMap { act in
                guard case .choose(let choice) = act.operation else { return nil }
                return BranchPoint(length: choice.length, head: choice.head)
            }.min()
    }

    /// - Parameter act: Of the invite, where it acts. One that makes stewards is revoked by its issuer and those above him only.
    func sponsor(of invite: Invite, _ act: Act?) -> InviteSponsor {
        let people = act.flatMap { invite.role == .steward ? $0.path + [$0.author] : nil }
        return InviteSponsor(inviteKey: invite.inviteKey, people: people, level: act?.level ?? 0)
    }

    /// The members that stay of a revoked invite; nil where it is not revoked.
    func stays(of sponsor: InviteSponsor) -> Set<MemberKey>? {
        if let order = orders.revocations[sponsor.inviteKey.raw], case .invite(_, let stays) = order.content.subject {
            return Set(stays)
        }
        let stays = (revocations[sponsor.inviteKey.raw] ?? []).filter { $0.isOfInvite && sponsor.includes($0) }
            .latestOfEachAuthor().compactMap { act -> Set<MemberKey>? in
                guard case .revoke(let revocation) = act.operation, case .invite(_, let stays) = revocation.subject
                else { return nil }
                return Set(stays)
            }
        guard let first = stays.first else { return nil }
        return stays.dropFirst().reduce(first) { $0.intersection($1) }
    }

    /// Whom anybody with power names as admitted.
    func named(by inviteKey: InviteKey) -> Set<MemberKey> {
        members(of: admits[inviteKey] ?? [])
    }

    /// A ticket can be copied: it makes nobody a steward with power until the issuer, or somebody above him, names the key.
    func admittedStewards(by sponsor: InviteSponsor) -> Set<MemberKey> {
        let named = members(of: (admits[sponsor.inviteKey] ?? []).filter { sponsor.includes($0) })
        guard let stays = stays(of: sponsor) else { return named }
        return named.intersection(stays)
    }

    private func members(of admits: [Act]) -> Set<MemberKey> {
        admits.reduce(into: []) { members, act in
            if case .admit(let admit) = act.operation { members.formUnion(admit.members) }
        }
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
