/// Why somebody counts as having brought a person: every claim, and the rule that decides on it.
package struct ExplainReferral: Request {
    package static let path = "referral/explain"

    package var person: PersonReference

    package init(_ person: PersonReference) {
        self.person = person
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var person: String
        /// Who brought them, by first-touch whatever rule credits pledges; none where no claim counts.
        @Nullable package var ambassador: String?
        /// Of the claim that wins.
        @Nullable package var code: String?
        /// The claim that wins closes a circle of people: the tree is cut there.
        package var cut: Bool
        /// The community's rule for the credit of pledges.
        package var attribution: AttributionName
        /// By place, the first one before the others.
        package var claims: [ExplainedClaim]
        /// There are more claims than are listed.
        package var more: Bool

        package init(
            person: String, ambassador: String?, code: String?, cut: Bool, attribution: AttributionName,
            claims: [ExplainedClaim], more: Bool
        ) {
            self.person = person
            self.ambassador = ambassador
            self.code = code
            self.cut = cut
            self.attribution = attribution
            self.claims = claims
            self.more = more
        }
    }
}

/// One claim that somebody was brought by a code, and what comes of it.
package struct ExplainedClaim: Codable, Hashable, Sendable {
    package enum Verdict: String, CaseIterable, Codable, Sendable {
        case wins
        /// Counts, and the one that wins stands before it.
        case later
        /// The code is the person's own.
        case ownCode = "own-code"
        /// Nobody owns the code, yet.
        case unknownCode = "unknown-code"
        /// Somebody who may took it back.
        case unlinked
        /// The code's owner was suspended at its time.
        case suspended
        /// The code's owner says so himself, and nothing bears him out.
        case onlySaid = "only-said"
        /// The code's owner says so himself, and a claim that somebody else made counts.
        case outranked
    }

    /// The first part of the place by which a later claim stands behind the one that wins.
    package enum Difference: String, CaseIterable, Codable, Sendable {
        case period, time, member, incarnation, position
    }

    package var code: String
    /// Who owns the code now.
    @Nullable package var ambassador: String?
    /// As the record calls the owner, if it does.
    package var ambassadorName: String?
    /// The claimed time that counts.
    package var at: Timestamp
    /// Months since January of year 1, or 1 for what is from before the community.
    package var period: Int
    package var imported: Bool
    package var recordedAt: Timestamp
    /// Who recorded it: the member key, 64 hex digits.
    package var member: String
    /// The same as a person of the record, if they are one.
    @Nullable package var recordedBy: String?
    package var recordedByName: String?
    /// In that member's log.
    package var position: Int
    package var verdict: Verdict
    /// Only of one that is later.
    @Nullable package var laterBy: Difference?
    /// What is odd about it.
    package var flags: [ReferralFlag]

    enum CodingKeys: String, CodingKey {
        case code, ambassador, at, period, imported, member, position, verdict, flags
        case ambassadorName = "ambassador_name"
        case recordedAt = "recorded_at"
        case recordedBy = "recorded_by"
        case recordedByName = "recorded_by_name"
        case laterBy = "later_by"
    }

    package init(
        code: String, ambassador: String?, ambassadorName: String? = nil, at: Timestamp, period: Int, imported: Bool,
        recordedAt: Timestamp, member: String, recordedBy: String?, recordedByName: String? = nil, position: Int,
        verdict: Verdict, laterBy: Difference?, flags: [ReferralFlag] = []
    ) {
        self.code = code
        self.ambassador = ambassador
        self.ambassadorName = ambassadorName
        self.at = at
        self.period = period
        self.imported = imported
        self.recordedAt = recordedAt
        self.member = member
        self.recordedBy = recordedBy
        self.recordedByName = recordedByName
        self.position = position
        self.verdict = verdict
        self.laterBy = laterBy
        self.flags = flags
    }

    /// The rule, in a sentence.
    package var reason: String {
        switch (verdict, laterBy) {
        case (.wins, _): "wins: of the claims that count, the first"
        case (.ownCode, _): "does not count: it is their own code"
        case (.unknownCode, _): "does not count: nobody owns the code"
        case (.unlinked, _): "does not count: it was taken back (unlink)"
        case (.suspended, _): "does not count: the code's owner was suspended then"
        case (.onlySaid, _): "does not count: only the code's owner says so, and no other record within 90 days"
        case (.outranked, _): "does not count: the code's owner says so, and somebody else's claim counts"
        case (.later, .period): "later: claimed in a later month"
        case (.later, .time), (.later, nil): "later: claimed after the one that wins"
        case (.later, .member): "later: same time, higher member key"
        case (.later, .incarnation): "later: same time and member, a later incarnation of the log"
        case (.later, .position): "later: same time, further on in the same log"
        }
    }
}
