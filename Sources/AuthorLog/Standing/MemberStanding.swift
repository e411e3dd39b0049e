package import Identity

/// What a member key may do, and what stewards should know of it.
package struct MemberStanding: Hashable, Sendable {
    package enum Flag: Hashable, Sendable {
        /// His logs end where these say; the transport refuses the key.
        case revoked(by: [Authority])
        /// A log of his says two things at once.
        case forked(LogID)
        /// He was admitted beyond the uses of the invite.
        case overUsed(invite: OperationID)
        /// So many used the invite that he was not admitted.
        case refused(invite: OperationID)
        /// A steward by an invite, whom neither its issuer nor anybody above him has named: without power.
        case awaitsAdmit(invite: OperationID)
        /// He opened so many incarnations; 64 count.
        case incarnations(count: Int)
        /// His grant names the member id of somebody whom its issuer did not bring.
        case borrowedMemberID(MemberID)
    }

    package let key: MemberKey
    /// Those that stand, the shortest chain first, then the lower hash of the order, or of the bundle that holds the grant.
    package let rights: [StandingRight]
    /// How near the root he may cut and grant; nil without such power. What he wrote before it ended keeps it.
    package let stewardDepth: Int?
    package let flags: [Flag]

    init(key: MemberKey, rights: [StandingRight], stewardDepth: Int?, flags: [Flag]) {
        (self.key, self.rights, self.stewardDepth, self.flags) = (key, rights, stewardDepth, flags)
    }

    /// Of a member who has shown a chain, and written nothing that could stand or fall.
    package init?(key: MemberKey, showing presentation: Presentation) {
        guard let shown = ShownRight(presentation, member: key) else { return nil }
        let right = StandingRight(
            fromPosition: nil, right: shown.right,
            origin: shown.links.last.map { .operation($0.operation) } ?? .root(order: shown.order),
            chain: shown.links.map(\.log.member), isProved: false)
        self.init(key: key, rights: [right], stewardDepth: nil, flags: [])
    }

    /// The strongest, whether it has ended or not.
    package var role: Role { rights.map(\.right.role).max() ?? .none }
    /// Of the shortest chain.
    package var depth: Int? { rights.first?.right.issuerDepth }
    /// The people above on the shortest chain, from the root's grantee.
    package var chain: [MemberKey] { rights.first?.chain ?? [] }

    package var isRevoked: Bool {
        flags.contains { if case .revoked = $0 { true } else { false } }
    }
}

/// Whom an invite admits.
package struct InviteStanding: Hashable, Sendable {
    package let id: OperationID
    package let issuer: MemberKey
    package let invite: Invite
    /// Ascending: who used it and is in.
    package let admitted: [MemberKey]
    /// Of these, those beyond its uses whom no `admit` names.
    package let overUsed: [MemberKey]
    /// Ascending: who used it and is not in.
    package let refused: [MemberKey]
    package let isRevoked: Bool
}
