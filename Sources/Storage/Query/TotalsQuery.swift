package import Community
package import GRDB

/// What is pledged and paid in one currency, in minor units.
package struct MoneySums: Hashable, Sendable {
    package let currency: String
    /// Decimals of the currency.
    package let exponent: Int
    /// Current amounts of all pledges ever made.
    package var pledgedMinor: Int128 = 0
    /// All confirmed payments, gross.
    package var paidMinor: Int128 = 0
    package var refundedMinor: Int128 = 0
    /// Amounts of cancelled or lapsed pledges: a part of ``pledgedMinor``.
    package var cancelledMinor: Int128 = 0

    package init(currency: String, exponent: Int) {
        self.currency = currency
        self.exponent = exponent
    }

    var isZero: Bool { self == MoneySums(currency: currency, exponent: exponent) }
}

/// A part of the pledges in one currency.
package struct ShareSums: Hashable, Sendable {
    package let share: Share
    package let currency: String
    package var pledges: Int
    package var pledgedMinor: Int128
    package var paidMinor: Int128
    package var refundedMinor: Int128
}

/// The community's counts and sums.
package struct TotalsQuery: Sendable {
    package struct Answer: Hashable, Sendable {
        package var backers = 0
        package var ambassadors = 0
        package var attributedBackers = 0
        package var pledges = 0
        package var anonymousPledges = 0
        /// Backers of whom no payment reaches the qualifying amount; 0 where the community set none.
        package var prospects = 0
        /// Of which the facts contradict each other.
        package var flaggedPledges = 0
        /// By currency code. Currencies whose sums are all zero are left out: whether this node keeps a row for them depends
        /// on the order in which it met the operations, and answers must not.
        package var money: [MoneySums] = []
        /// Of the pledges that credit nobody by ``TotalsQuery/attribution``, by share, then currency code.
        package var shares: [ShareSums] = []
    }

    /// By which a pledge credits somebody or nobody.
    package var attribution: AttributionKind

    package init(by attribution: AttributionKind = .firstTouch) { self.attribution = attribution }

    package func run(_ database: Database) throws -> Answer {
        let counts = """
            SELECT backers, ambassadors, attributed_backers, pledges, anonymous_pledges, prospects, flagged_pledges
            FROM state_totals
            """
        var answer =
            try database.firstRow(counts) { row in
                Answer(
                    backers: row[0], ambassadors: row[1], attributedBackers: row[2], pledges: row[3],
                    anonymousPledges: row[4], prospects: row[5], flaggedPledges: row[6])
            } ?? Answer()
        let sums = "SELECT currency, pledged, paid, refunded, cancelled FROM state_currencies ORDER BY currency"
        answer.money = try database.rows(sums) { row in
            var money = MoneySums(currency: row[0], exponent: try row.exponent(ofCurrency: 0))
            money.pledgedMinor = (row[1] as WideInteger).value
            money.paidMinor = (row[2] as WideInteger).value
            money.refundedMinor = (row[3] as WideInteger).value
            money.cancelledMinor = (row[4] as WideInteger).value
            return money
        }.filter { !$0.isZero }
        answer.shares = try shares(database)
        return answer
    }

    private func shares(_ database: Database) throws -> [ShareSums] {
        let sql = """
            SELECT share, currency, pledges, pledged, paid, refunded FROM state_shares WHERE attribution = ?
            ORDER BY share, currency
            """
        return try database.rows(sql, [Int64(attribution.rawValue)]) { row in
            guard let share = Share(rawValue: row[0]) else {
                throw StorageError.stateIsDamaged("share \(row[0] as Int64) of the totals")
            }
            return ShareSums(
                share: share, currency: row[1], pledges: row[2], pledgedMinor: (row[3] as WideInteger).value,
                paidMinor: (row[4] as WideInteger).value, refundedMinor: (row[5] as WideInteger).value)
        }
    }
}
