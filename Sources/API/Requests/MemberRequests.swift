/// Whoever a steward means is named by a key (64 hex digits, or the first 8 or more of one that is known), an own code, or a person
/// who is a member.
package struct ListMembers: PagedRequest {
    package static let path = "member/list"

    package typealias Answer = Page<MemberRow>
    package typealias Row = MemberRow

    package var after: String?
    package var limit: Int?

    package init(after: String? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

package struct ShowMember: Request {
    package static let path = "member/show"

    package typealias Answer = MemberRow

    package var member: String

    package init(_ member: String) {
        self.member = member
    }
}

/// Gives a key a role, by this node's own right.
package struct GrantMember: Request {
    package static let path = "member/grant"

    package var key: String
    package var role: RoleName
    /// From now on; unset: for ever.
    package var validSeconds: Int?
    /// Unset: unlimited.
    package var operationsPerDay: Int?
    package var bytesPerDay: Int?
    package var sources: [String]?
    /// A member whose further key this is: id and person are that one's.
    package var asMember: String?
    package var person: PersonReference?

    enum CodingKeys: String, CodingKey {
        case key, role, sources, person
        case validSeconds = "valid_seconds"
        case operationsPerDay = "operations_per_day"
        case bytesPerDay = "bytes_per_day"
        case asMember = "as"
    }

    package init(
        key: String, role: RoleName, validSeconds: Int? = nil, operationsPerDay: Int? = nil, bytesPerDay: Int? = nil,
        sources: [String]? = nil, asMember: String? = nil, person: PersonReference? = nil
    ) {
        self.key = key
        self.role = role
        self.validSeconds = validSeconds
        self.operationsPerDay = operationsPerDay
        self.bytesPerDay = bytesPerDay
        self.sources = sources
        self.asMember = asMember
        self.person = person
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var member: String
        package var role: String
        package var memberID: String
        @Nullable package var expiresAt: Timestamp?
        /// False where the same right stands already.
        package var written: Bool
        /// The key has shown itself in the record before.
        package var known: Bool

        enum CodingKeys: String, CodingKey {
            case member, role, written, known
            case memberID = "member_id"
            case expiresAt = "expires_at"
        }

        package init(
            member: String, role: String, memberID: String, expiresAt: Timestamp?, written: Bool, known: Bool
        ) {
            self.member = member
            self.role = role
            self.memberID = memberID
            self.expiresAt = expiresAt
            self.written = written
            self.known = known
        }
    }
}

/// Puts a new key in the place of one that is lost or stolen.
package struct SucceedMember: Request {
    package static let path = "member/succeed"

    package var old: String
    package var new: String
    /// As in ``RevokeMember``.
    package var keep: String?

    package init(old: String, new: String, keep: String? = nil) {
        self.old = old
        self.new = new
        self.keep = keep
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var old: String
        package var new: String
        package var role: String
        package var memberID: String
        package var cuts: [CutRow]
        /// False where it was done before.
        package var written: Bool

        enum CodingKeys: String, CodingKey {
            case old, new, role, cuts, written
            case memberID = "member_id"
        }

        package init(old: String, new: String, role: String, memberID: String, cuts: [CutRow], written: Bool) {
            self.old = old
            self.new = new
            self.role = role
            self.memberID = memberID
            self.cuts = cuts
            self.written = written
        }
    }
}

/// Names who is in by an invite, however many others used it.
package struct AdmitMembers: Request {
    package static let path = "member/admit"

    /// The invite's key, or the first 8 or more of its digits.
    package var invite: String
    package var members: [String]

    package init(invite: String, members: [String]) {
        self.invite = invite
        self.members = members
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var invite: String
        package var members: [String]
        /// False where all were named before.
        package var written: Bool

        package init(invite: String, members: [String], written: Bool) {
            self.invite = invite
            self.members = members
            self.written = written
        }
    }
}

/// Ends a key, or an invite.
package struct RevokeMember: Request {
    package static let path = "member/revoke"

    package var member: String
    /// ``member`` is an invite's key.
    package var isInvite: Bool?
    /// What stays: `all` that is held, `none`, or so many operations of the latest incarnation. `all` unless given.
    package var keep: String?
    /// Lets count again what an earlier revocation of one's own cut.
    package var undo: Bool?
    package var dryRun: Bool?

    enum CodingKeys: String, CodingKey {
        case member, keep, undo
        case isInvite = "invite"
        case dryRun = "dry_run"
    }

    package init(
        _ member: String, isInvite: Bool? = nil, keep: String? = nil, undo: Bool? = nil, dryRun: Bool? = nil
    ) {
        self.member = member
        self.isInvite = isInvite
        self.keep = keep
        self.undo = undo
        self.dryRun = dryRun
    }

    package struct Answer: Codable, Hashable, Sendable {
        /// The key that is ended.
        package var revoked: String
        package var cuts: [CutRow]
        /// Of all cuts.
        package var operations: Int
        /// False for a dry run, and where it was done before.
        package var written: Bool

        package init(revoked: String, cuts: [CutRow], written: Bool) {
            self.revoked = revoked
            self.cuts = cuts
            operations = cuts.reduce(0) { $0 + $1.operations }
            self.written = written
        }
    }
}
