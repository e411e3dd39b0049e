package import AuthorLog
package import Identity

/// What a ticket says, without its secrets.
package struct TicketDescription: Hashable, Sendable {
    package let community: CommunityID
    package let title: String
    package let currency: String
    package let role: Role
    /// How many may join with it.
    package let uses: UInt32
    /// Unix milliseconds; 0: never.
    package let expiresMilliseconds: UInt64
    /// When the membership itself ends. Unix milliseconds; 0: never.
    package let membershipExpiresMilliseconds: UInt64
    /// The steward who invites.
    package let invitedBy: MemberKey
    /// `host:port` of nodes to try first.
    package let addresses: [String]
    /// By which the record knows the invite; the ticket holds its secret.
    package let inviteKey: InviteKey
}

/// What a home says of itself while no daemon runs.
package struct HomeDescription: Hashable, Sendable {
    package let community: CommunityID
    package let title: String
    package let currency: String
    package let member: MemberKey
    /// As first granted: what the record says later is the daemon's to know.
    package let role: Role
    /// Absolute, without symbolic links.
    package let home: String
}

/// - Throws: `E-TICKET-…`. An expired ticket is described like any other.
package func describe(ticketText: String) throws(FoundingError) -> TicketDescription {
    let ticket = try ticket(in: ticketText)
    guard let last = ticket.excerpts.last else { throw .ticket(.noInvite) }
    return TicketDescription(
        community: ticket.charter.id, title: ticket.charter.title, currency: ticket.charter.currency,
        role: ticket.invite.role, uses: ticket.invite.uses, expiresMilliseconds: ticket.invite.expiresMilliseconds,
        membershipExpiresMilliseconds: ticket.invite.grantExpiresMilliseconds, invitedBy: last.header.member,
        addresses: ticket.addresses, inviteKey: ticket.invite.inviteKey)
}

/// - Throws: As ``Home/open(at:)``, and `E-HOME-DAMAGED`.
package func describe(home path: String) throws(FoundingError) -> HomeDescription {
    let home = try Home.open(at: path)
    let charter = try home.charter()
    let presentation = try home.presentation()
    let member: MemberKey = try home.memberKey().publicKey()
    let right: Right
    do throws(ChainError) {
        let afterwards = presentation.lastLinkTime.next ?? presentation.lastLinkTime
        right = try presentation.right(of: member, presentedAt: afterwards, charter: charter)
    } catch {
        throw .damaged(home.path(of: .presentation), "does not prove this member's role: \(error)")
    }
    return HomeDescription(
        community: charter.id, title: charter.title, currency: charter.currency, member: member, role: right.role,
        home: home.path)
}
