/// One claim that somebody was brought by a code.
package struct ReferralRow: Codable, Hashable, Sendable {
    package var person: String
    package var code: String
    /// The code's owner; none while nobody owns it.
    @Nullable package var ambassador: String?
    package var at: Timestamp
    /// By the rule that `referral explain` tells.
    package var counts: Bool
    /// The one claim, of those that count, that decides who brought them.
    package var wins: Bool
    /// What is odd about it.
    package var flags: [ReferralFlag]

    package init(
        person: String, code: String, ambassador: String?, at: Timestamp, counts: Bool, wins: Bool,
        flags: [ReferralFlag] = []
    ) {
        self.person = person
        self.code = code
        self.ambassador = ambassador
        self.at = at
        self.counts = counts
        self.wins = wins
        self.flags = flags
    }
}

/// A person and those they brought, down to the depth that was asked for.
package struct ReferralNode: Codable, Hashable, Sendable {
    package var ambassador: String
    /// As the record calls this person, if it does.
    package var name: String?
    @Nullable package var code: String?
    package var brought: Int
    package var reach: Int
    /// Of the whole tree below, shown or not.
    package var depth: Int
    package var children: [ReferralNode]
    /// Of the generation below, those that are not among ``children``; on a later page those of earlier ones, too.
    package var leftOut: Int
    /// For `after` in this person's own tree: what comes behind ``children``. None where nobody does, and where there are no children:
    /// then it is the first page that was left out.
    @Nullable package var next: String?

    enum CodingKeys: String, CodingKey {
        case ambassador, name, code, brought, reach, depth, children, next
        case leftOut = "left_out"
    }

    package init(
        ambassador: String, name: String? = nil, code: String?, brought: Int, reach: Int, depth: Int,
        children: [ReferralNode], leftOut: Int = 0, next: String? = nil
    ) {
        self.ambassador = ambassador
        self.name = name
        self.code = code
        self.brought = brought
        self.reach = reach
        self.depth = depth
        self.children = children
        self.leftOut = leftOut
        self.next = next
    }
}

/// A place on the leaderboard.
package struct LeaderboardRow: Codable, Hashable, Sendable {
    package var rank: Int
    package var ambassador: String
    /// As the record calls the ambassador, if it does.
    package var name: String?
    /// True where that name looks like another one of the record: who is meant is for the id to say.
    package var nameLookalike: Bool?
    package var code: String
    package var brought: Int
    package var reach: Int
    package var depth: Int
    package var creditedMinor: Int64
    package var creditedPledges: Int

    enum CodingKeys: String, CodingKey {
        case rank, ambassador, name, code, brought, reach, depth
        case creditedMinor = "credited_minor"
        case creditedPledges = "credited_pledges"
        case nameLookalike = "name_lookalike"
    }

    package init(
        rank: Int, ambassador: String, name: String? = nil, code: String, brought: Int, reach: Int, depth: Int,
        creditedMinor: Int64, creditedPledges: Int, nameLookalike: Bool? = nil
    ) {
        self.rank = rank
        self.ambassador = ambassador
        self.name = name
        self.code = code
        self.brought = brought
        self.reach = reach
        self.depth = depth
        self.creditedMinor = creditedMinor
        self.creditedPledges = creditedPledges
        self.nameLookalike = nameLookalike
    }
}
