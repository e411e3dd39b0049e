/// What stewards should know of a member, as written and printed.
package enum MemberFlag: String, CaseIterable, Codable, Hashable, Sendable {
    case revoked, forked, refused, incarnations
    case overUsed = "over-used"
    case awaitsAdmit = "awaits-admit"
    case borrowedID = "borrowed-id"
}

/// A member key in a list, and alone.
package struct MemberRow: Codable, Hashable, Sendable {
    /// The key, 64 hex digits.
    package var member: String
    /// Of all keys of one member the same, 32 hex digits; none where no right stands.
    @Nullable package var memberID: String?
    /// The external id if one is held, else the printed id; none where the record does not know the person.
    @Nullable package var person: String?
    @Nullable package var name: String?
    /// The strongest that stands; `none` without one.
    package var role: String
    /// People between the root and this member; none without a right.
    @Nullable package var depth: Int?
    /// Their keys, from the root's grantee.
    package var chain: [String]
    /// Of the strongest role; none: never.
    @Nullable package var expiresAt: Timestamp?
    package var revoked: Bool
    package var flags: [MemberFlag]
    /// Only alone, as all that follows: the member's own code.
    package var code: String?
    /// Further keys of the same member.
    package var keys: [String]?
    package var rights: [RightRow]?
    package var logs: [LogRow]?
    package var invites: [InviteRow]?
    /// The flags in words.
    package var notes: [MemberNote]?

    enum CodingKeys: String, CodingKey {
        case member, person, name, role, depth, chain, revoked, flags, code, keys, rights, logs, invites, notes
        case memberID = "member_id"
        case expiresAt = "expires_at"
    }

    package init(
        member: String, memberID: String? = nil, person: String? = nil, name: String? = nil, role: String,
        depth: Int? = nil, chain: [String] = [], expiresAt: Timestamp? = nil, revoked: Bool = false,
        flags: [MemberFlag] = []
    ) {
        self.member = member
        self.memberID = memberID
        self.person = person
        self.name = name
        self.role = role
        self.depth = depth
        self.chain = chain
        self.expiresAt = expiresAt
        self.revoked = revoked
        self.flags = flags
    }
}

/// What a flag means, and what to do next.
package struct MemberNote: Codable, Hashable, Sendable {
    package var flag: MemberFlag
    package var message: String
    package var hint: String

    package init(_ flag: MemberFlag, _ message: String, hint: String) {
        self.flag = flag
        self.message = message
        self.hint = hint
    }
}

/// A right that stands.
package struct RightRow: Codable, Hashable, Sendable {
    package enum Origin: String, Codable, Hashable, Sendable {
        case root, grant, invite
    }

    package var role: String
    package var origin: Origin
    /// Hash of the root order, or bundle id of the grant or invite.
    package var reference: String
    /// From the root's grantee; the last one gave it. Empty for the root's own.
    package var chain: [String]
    package var since: Timestamp
    @Nullable package var expiresAt: Timestamp?
    /// A day, none: unlimited.
    @Nullable package var operationsPerDay: Int?
    @Nullable package var bytesPerDay: Int?
    package var sources: [String]
    /// The member has shown it in a log of its own: it holds from then on.
    package var presented: Bool
    /// The issuer's log is held so far that it is certain.
    package var proved: Bool

    enum CodingKeys: String, CodingKey {
        case role, origin, reference, chain, since, sources, presented, proved
        case expiresAt = "expires_at"
        case operationsPerDay = "operations_per_day"
        case bytesPerDay = "bytes_per_day"
    }

    package init(
        role: String, origin: Origin, reference: String, chain: [String], since: Timestamp, expiresAt: Timestamp?,
        operationsPerDay: Int?, bytesPerDay: Int?, sources: [String], presented: Bool, proved: Bool
    ) {
        self.role = role
        self.origin = origin
        self.reference = reference
        self.chain = chain
        self.since = since
        self.expiresAt = expiresAt
        self.operationsPerDay = operationsPerDay
        self.bytesPerDay = bytesPerDay
        self.sources = sources
        self.presented = presented
        self.proved = proved
    }
}

/// One log of a member.
package struct LogRow: Codable, Hashable, Sendable {
    package enum Ending: String, Codable, Hashable, Sendable {
        case open, cut, fork
        case noRight = "no-right"
        case tooManyIncarnations = "too-many-incarnations"
    }

    /// Its number; the whole name is ``log``.
    package var incarnation: Int
    /// 20 hex digits.
    package var log: String
    /// Operations that stand, and that are held.
    package var length: Int
    package var held: Int
    @Nullable package var head: String?
    package var ending: Ending
    /// Of a cut: by whom, `root` or a key.
    @Nullable package var endedBy: String?
    @Nullable package var forkedAt: Int?

    enum CodingKeys: String, CodingKey {
        case incarnation, log, length, held, head, ending
        case endedBy = "ended_by"
        case forkedAt = "forked_at"
    }

    package init(
        incarnation: Int, log: String, length: Int, held: Int, head: String?, ending: Ending, endedBy: String? = nil,
        forkedAt: Int? = nil
    ) {
        self.incarnation = incarnation
        self.log = log
        self.length = length
        self.held = held
        self.head = head
        self.ending = ending
        self.endedBy = endedBy
        self.forkedAt = forkedAt
    }
}

/// An invite that a member wrote.
package struct InviteRow: Codable, Hashable, Sendable {
    /// Its key, 64 hex digits: not the secret that a ticket holds.
    package var invite: String
    package var role: String
    package var uses: Int
    @Nullable package var expiresAt: Timestamp?
    package var revoked: Bool
    /// Keys: who is in, who of these is beyond the uses, who is not in.
    package var admitted: [String]
    package var overUsed: [String]
    package var refused: [String]

    enum CodingKeys: String, CodingKey {
        case invite, role, uses, revoked, admitted, refused
        case expiresAt = "expires_at"
        case overUsed = "over_used"
    }

    package init(
        invite: String, role: String, uses: Int, expiresAt: Timestamp?, revoked: Bool, admitted: [String],
        overUsed: [String], refused: [String]
    ) {
        self.invite = invite
        self.role = role
        self.uses = uses
        self.expiresAt = expiresAt
        self.revoked = revoked
        self.admitted = admitted
        self.overUsed = overUsed
        self.refused = refused
    }
}

/// A log that counts less far than before.
package struct CutRow: Codable, Hashable, Sendable {
    package var member: String
    package var incarnation: Int
    package var from: Int
    package var to: Int
    package var operations: Int

    package init(member: String, incarnation: Int, from: Int, to: Int) {
        self.member = member
        self.incarnation = incarnation
        self.from = from
        self.to = to
        operations = from - to
    }
}
