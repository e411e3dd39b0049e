/// A backer in a list, and alone.
package struct BackerRow: Codable, Hashable, Sendable {
    /// The external id if one is held, else the printed id.
    package var backer: String
    package var id: String
    @Nullable package var name: String?
    /// True where that name looks like another one of the record: who is meant is for the id to say.
    package var nameLookalike: Bool?
    /// None if the person pledged but never joined.
    @Nullable package var joinedAt: Timestamp?
    /// The code of the claim that wins, and its owner: who brought them.
    @Nullable package var code: String?
    @Nullable package var ambassador: String?
    /// Only where the community set a qualifying amount: no payment of theirs reaches it yet.
    package var prospect: Bool?
    /// Only alone: what they gave, per currency.
    package var money: [MoneyRow]?

    enum CodingKeys: String, CodingKey {
        case backer, id, name, code, ambassador, prospect, money
        case joinedAt = "joined_at"
        case nameLookalike = "name_lookalike"
    }

    package init(
        backer: String, id: String, name: String? = nil, joinedAt: Timestamp? = nil, code: String? = nil,
        ambassador: String? = nil, prospect: Bool? = nil, money: [MoneyRow]? = nil, nameLookalike: Bool? = nil
    ) {
        self.backer = backer
        self.id = id
        self.name = name
        self.joinedAt = joinedAt
        self.code = code
        self.ambassador = ambassador
        self.prospect = prospect
        self.money = money
        self.nameLookalike = nameLookalike
    }
}

/// An ambassador in a list, and alone.
package struct AmbassadorRow: Codable, Hashable, Sendable {
    package var ambassador: String
    package var id: String
    @Nullable package var name: String?
    /// True where that name looks like another one of the record: who is meant is for the id to say.
    package var nameLookalike: Bool?
    /// The one shown; ``codes`` has all.
    package var code: String
    package var brought: Int
    package var reach: Int
    package var depth: Int
    /// By the community's own rule, in its base currency.
    package var creditedMinor: Int64
    package var creditedPledges: Int
    package var currency: String
    package var exponent: Int
    /// Only alone.
    package var codes: [String]?
    /// Nothing dated while this holds credits them.
    package var suspended: Bool
    /// Only alone: codes that were registered for them and belong to somebody else.
    package var lostCodes: [LostCodeRow]?

    enum CodingKeys: String, CodingKey {
        case ambassador, id, name, code, brought, reach, depth, currency, exponent, codes, suspended
        case creditedMinor = "credited_minor"
        case creditedPledges = "credited_pledges"
        case lostCodes = "lost_codes"
        case nameLookalike = "name_lookalike"
    }

    package init(
        ambassador: String, id: String, name: String? = nil, code: String, brought: Int, reach: Int, depth: Int,
        creditedMinor: Int64, creditedPledges: Int, currency: String, exponent: Int, codes: [String]? = nil,
        suspended: Bool = false, lostCodes: [LostCodeRow]? = nil, nameLookalike: Bool? = nil
    ) {
        self.ambassador = ambassador
        self.id = id
        self.name = name
        self.code = code
        self.brought = brought
        self.reach = reach
        self.depth = depth
        self.creditedMinor = creditedMinor
        self.creditedPledges = creditedPledges
        self.currency = currency
        self.exponent = exponent
        self.codes = codes
        self.suspended = suspended
        self.lostCodes = lostCodes
        self.nameLookalike = nameLookalike
    }
}

/// A code in a list, and alone.
package struct CodeRow: Codable, Hashable, Sendable {
    /// As first registered.
    package var code: String
    package var ambassador: String
    /// Derived from its owner's id, not chosen.
    package var own: Bool
    @Nullable package var registeredAt: Timestamp?
    /// Registrations of it that did not get it, if there are any.
    package var overtaken: [LostCodeRow]?

    enum CodingKeys: String, CodingKey {
        case code, ambassador, own, overtaken
        case registeredAt = "registered_at"
    }

    package init(
        code: String, ambassador: String, own: Bool, registeredAt: Timestamp? = nil, overtaken: [LostCodeRow]? = nil
    ) {
        self.code = code
        self.ambassador = ambassador
        self.own = own
        self.registeredAt = registeredAt
        self.overtaken = overtaken
    }
}
