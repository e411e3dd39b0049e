import Identity

/// What a presentation shows, read once: where its right comes from, link by link.
struct ShownRight {
    struct Link {
        let operation: OperationID
        let log: LogID
        /// Where its bundle ends.
        let end: UInt64
        let isInvite: Bool
    }

    /// Hash of the root order.
    let order: Hash256
    /// From the root's grantee down.
    let links: [Link]
    /// As shown: its depth is the shown chain's.
    let right: Right
    /// The last link is an invite.
    let invite: Invite?

    /// Nil for a chain that is no chain, which no authentic log holds.
    init?(_ presentation: Presentation, member: MemberKey) {
        order = presentation.order.hash
        links = presentation.excerpts.map { excerpt in
            Link(
                operation: OperationID(bundle: excerpt.header.id, index: excerpt.index), log: excerpt.header.log,
                end: excerpt.header.end, isInvite: excerpt.operation.first == OperationKind.invite.rawValue)
        }
        let since = presentation.lastLinkTime
        guard let last = presentation.excerpts.last else {
            guard case .grant(let grant) = presentation.order.order.content, grant.subject == member else { return nil }
            invite = nil
            right = Right(grant, since: since, issuerDepth: 0)
            return
        }
        switch AuthorityOperation(publicPart: last.operation) {
        case .grant(let grant) where grant.subject == member:
            invite = nil
            right = Right(grant, since: since, issuerDepth: links.count)
        case .invite(let shown):
            invite = shown
            right = Right(shown, member: member, since: since, issuerDepth: links.count)
        default: return nil
        }
    }
}
