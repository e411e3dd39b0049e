package import Identity

/// What a chain proves that a member may do.
package struct Right: Hashable, Sendable {
    package let role: Role
    /// Unix milliseconds; 0: never.
    package let expiresMilliseconds: UInt64
    package let quota: Quota
    package let sources: [String]
    package let memberID: MemberID
    /// Nil: made from the member id.
    package let person: PersonID?
    /// Time of the chain's last link: the author's grant.
    package let since: HybridTime
    /// People between the root and this member: 0 for the root's own grantee.
    package let issuerDepth: Int

    package init(
        role: Role, expiresMilliseconds: UInt64, quota: Quota, sources: [String], memberID: MemberID, person: PersonID?,
        since: HybridTime, issuerDepth: Int
    ) {
        self.role = role
        self.expiresMilliseconds = expiresMilliseconds
        self.quota = quota
        self.sources = sources
        self.memberID = memberID
        self.person = person
        self.since = since
        self.issuerDepth = issuerDepth
    }

    package func isValid(atMilliseconds milliseconds: UInt64) -> Bool {
        expiresMilliseconds == 0 || expiresMilliseconds > milliseconds
    }

    package func isValid(at time: HybridTime) -> Bool {
        isValid(atMilliseconds: time.milliseconds)
    }
}

extension Right {
    init(_ grant: Grant, since: HybridTime, issuerDepth: Int) {
        self.init(
            role: grant.role, expiresMilliseconds: grant.expiresMilliseconds, quota: grant.quota,
            sources: grant.sources, memberID: grant.memberID, person: grant.person, since: since,
            issuerDepth: issuerDepth)
    }

    init(_ invite: Invite, member: MemberKey, since: HybridTime, issuerDepth: Int) {
        self.init(
            role: invite.role, expiresMilliseconds: invite.grantExpiresMilliseconds, quota: invite.quota,
            sources: invite.sources, memberID: MemberID(firstKey: member), person: nil, since: since,
            issuerDepth: issuerDepth)
    }
}
