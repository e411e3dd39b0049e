import Identity

/// Whom an invite admits, of those who used it.
struct Admission {
    let admitted: Set<MemberKey>
    /// Of these, those beyond its uses whom no `admit` names.
    let overUsed: [MemberKey]
    let isRevoked: Bool

    /// - Parameter stays: Nil where the invite is not revoked.
    init(_ invite: Invite, usedBy members: Set<MemberKey>, named: Set<MemberKey>, stays: Set<MemberKey>?) {
        isRevoked = stays != nil
        guard stays == nil else {
            admitted = members.intersection(stays ?? [])
            overUsed = []
            return
        }
        let certain = members.intersection(named)
        // Of invites of one key each may be used by one, and thousands be named for all.
        let others = members.filter { !named.contains($0) }.map { (id: MemberID(firstKey: $0), key: $0) }
            .sorted { ($0.id, $0.key) < ($1.id, $1.key) }
            .prefix(Limits.admittedPerUse * Int(invite.uses)).map(\.key)
        admitted = certain.union(others)
        // Those who are named take uses first.
        overUsed = Array(others.dropFirst(max(0, Int(invite.uses) - certain.count)))
    }
}

/// Who may revoke an invite, and name whom it makes a steward.
struct InviteSponsor: Hashable {
    let inviteKey: InviteKey
    /// Who issued it, and the people above him; nil: anybody with power.
    let people: [MemberKey]?
    /// None of them speaks from further down.
    let level: Int

    func includes<Held>(_ act: StandingEngine<Held>.Act) -> Bool {
        guard let people else { return true }
        return act.level <= level && people.contains(act.author)
    }
}
