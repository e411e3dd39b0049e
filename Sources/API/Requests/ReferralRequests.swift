package struct AddReferral: Request {
    package static let path = "referral/add"

    package var person: PersonReference
    package var code: String
    /// When they were brought; now unless given.
    package var at: Timestamp?
    package var allowUnknown: Bool?

    enum CodingKeys: String, CodingKey {
        case person, code, at
        case allowUnknown = "allow_unknown"
    }

    package init(_ person: PersonReference, code: String, at: Timestamp? = nil, allowUnknown: Bool? = nil) {
        self.person = person
        self.code = code
        self.at = at
        self.allowUnknown = allowUnknown
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var person: String
        package var code: String
        /// Who counts as having brought them now: an earlier claim may stand.
        @Nullable package var ambassador: String?

        package init(person: String, code: String, ambassador: String?) {
            self.person = person
            self.code = code
            self.ambassador = ambassador
        }
    }
}

/// A person's claims, by place.
package struct ListReferrals: PagedRequest {
    package static let path = "referral/list"

    package typealias Answer = Page<ReferralRow>
    package typealias Row = ReferralRow

    package var person: PersonReference
    package var after: String?
    package var limit: Int?

    package init(_ person: PersonReference, after: String? = nil, limit: Int? = nil) {
        self.person = person
        self.after = after
        self.limit = limit
    }
}

/// Those below the owner of a code: of each person some, and how many are left out. These are to be had page by page, each
/// person's by their own code.
package struct GetReferralTree: Request {
    package static let path = "referral/tree"

    package typealias Answer = ReferralNode

    package var code: String
    /// Generations shown, at most ``Limits/treeDepthCeiling``; ``Limits/treeDepth`` if unset.
    package var depth: Int?
    /// Of the owner's own children: ``ReferralNode/next`` of the page before.
    package var after: String?
    /// Children shown of one person, 1 to ``Limits/pageRowsCeiling``; ``Limits/treeChildren`` if unset. Ten times as many persons in
    /// all, and 10,000 at most.
    package var limit: Int?

    package init(code: String, depth: Int? = nil, after: String? = nil, limit: Int? = nil) {
        self.code = code
        self.depth = depth
        self.after = after
        self.limit = limit
    }
}

/// A person, who brought them, who brought those, and so on.
package struct GetReferralPath: Request {
    package static let path = "referral/path"

    package var person: PersonReference

    package init(_ person: PersonReference) {
        self.person = person
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var path: [String]
        /// What the record calls each of ``path``, null for whom it calls nothing; left out if that is everybody.
        package var names: [String?]?

        package init(path: [String], names: [String?]? = nil) {
            self.path = path
            self.names = names
        }
    }
}
