package struct GetTotals: Request {
    package static let path = "totals"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        package var backers: Int
        package var ambassadors: Int
        package var attributedBackers: Int
        package var pledges: Int
        package var anonymousPledges: Int
        /// One a currency, by its code.
        package var money: [MoneyRow]
        /// The rule by which pledges credit somebody or nobody: the community's own.
        package var attribution: AttributionName
        /// Pledges that credit nobody, in all currencies; unknown ones carry a code that nobody owns.
        package var organicPledges: Int
        package var unknownPledges: Int
        /// Backers of whom no payment reaches the qualifying amount yet; 0 where the community set none.
        package var prospects: Int
        /// What it is, in the base currency's minor units, and that currency; none where the community set none.
        package var qualifying: QualifyingAmount?
        /// Facts of which contradict each other.
        package var flaggedPledges: Int
        /// They would credit somebody who was suspended on their date.
        package var suspendedPledges: Int

        enum CodingKeys: String, CodingKey {
            case backers, ambassadors, pledges, money, attribution, prospects, qualifying
            case organicPledges = "organic_pledges"
            case unknownPledges = "unknown_pledges"
            case flaggedPledges = "flagged_pledges"
            case suspendedPledges = "suspended_pledges"
            case attributedBackers = "attributed_backers"
            case anonymousPledges = "anonymous_pledges"
        }

        package init(
            backers: Int, ambassadors: Int, attributedBackers: Int, pledges: Int, anonymousPledges: Int,
            money: [MoneyRow], attribution: AttributionName = .firstTouch, organicPledges: Int = 0,
            unknownPledges: Int = 0, prospects: Int = 0, qualifying: QualifyingAmount? = nil,
            flaggedPledges: Int = 0, suspendedPledges: Int = 0
        ) {
            self.backers = backers
            self.ambassadors = ambassadors
            self.attributedBackers = attributedBackers
            self.pledges = pledges
            self.anonymousPledges = anonymousPledges
            self.money = money
            self.attribution = attribution
            self.organicPledges = organicPledges
            self.unknownPledges = unknownPledges
            self.prospects = prospects
            self.qualifying = qualifying
            self.flaggedPledges = flaggedPledges
            self.suspendedPledges = suspendedPledges
        }
    }

    /// What one payment of a backer's has to reach before their pledges credit somebody.
    package struct QualifyingAmount: Codable, Hashable, Sendable {
        package var amountMinor: Int64
        package var currency: String
        package var exponent: Int

        enum CodingKeys: String, CodingKey {
            case currency, exponent
            case amountMinor = "amount_minor"
        }

        package init(amountMinor: Int64, currency: String, exponent: Int) {
            self.amountMinor = amountMinor
            self.currency = currency
            self.exponent = exponent
        }
    }
}

package struct GetLeaderboard: Request {
    package static let path = "leaderboard"

    /// The community's own unless given.
    package var attribution: AttributionName?
    /// Credited unless given.
    package var by: LeaderboardScore?
    /// The community's own unless given.
    package var currency: String?
    /// 10 unless given; 0 for all.
    package var limit: Int?

    package init(
        attribution: AttributionName? = nil, by: LeaderboardScore? = nil, currency: String? = nil, limit: Int? = nil
    ) {
        self.attribution = attribution
        self.by = by
        self.currency = currency
        self.limit = limit
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var rows: [LeaderboardRow]
        /// Of what is credited.
        package var currency: String
        package var exponent: Int
        /// What was in force.
        package var attribution: AttributionName
        package var by: LeaderboardScore

        package init(
            rows: [LeaderboardRow], currency: String, exponent: Int, attribution: AttributionName, by: LeaderboardScore
        ) {
            self.rows = rows
            self.currency = currency
            self.exponent = exponent
            self.attribution = attribution
            self.by = by
        }
    }
}
