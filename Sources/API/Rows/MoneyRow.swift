/// Sums in one currency.
package struct MoneyRow: Codable, Hashable, Sendable {
    package var currency: String
    /// Decimals of the currency: minor units in one unit are 10 to this power.
    package var exponent: Int
    /// Current amounts of all pledges ever made.
    package var pledgedMinor: Int64
    /// All confirmed payments, gross.
    package var paidMinor: Int64
    package var refundedMinor: Int64
    /// Amounts of cancelled or lapsed pledges: a part of ``pledgedMinor``.
    package var cancelledMinor: Int64
    /// Paid minus refunded, of pledged; not there where nothing was pledged. Only in totals.
    package var kept: Ratio?
    /// Of pledges that credit nobody; unknown ones carry a code that nobody owns. Only in totals.
    package var organic: ShareRow?
    package var unknown: ShareRow?
    /// Of pledges that will credit somebody once a payment of their backer's reaches the qualifying amount. Only in totals.
    package var prospect: ShareRow?
    /// Of pledges that would credit somebody who was suspended on their date, if there are any. Only in totals.
    package var suspended: ShareRow?

    enum CodingKeys: String, CodingKey {
        case currency, exponent, kept, organic, unknown, prospect, suspended
        case pledgedMinor = "pledged_minor"
        case paidMinor = "paid_minor"
        case refundedMinor = "refunded_minor"
        case cancelledMinor = "cancelled_minor"
    }

    package init(
        currency: String, exponent: Int, pledgedMinor: Int64, paidMinor: Int64, refundedMinor: Int64,
        cancelledMinor: Int64, kept: Ratio? = nil, organic: ShareRow? = nil, unknown: ShareRow? = nil,
        prospect: ShareRow? = nil, suspended: ShareRow? = nil
    ) {
        self.currency = currency
        self.exponent = exponent
        self.pledgedMinor = pledgedMinor
        self.paidMinor = paidMinor
        self.refundedMinor = refundedMinor
        self.cancelledMinor = cancelledMinor
        self.kept = kept
        self.organic = organic
        self.unknown = unknown
        self.prospect = prospect
        self.suspended = suspended
    }
}

/// A part of the pledges in one currency.
package struct ShareRow: Codable, Hashable, Sendable {
    package var pledges: Int
    package var pledgedMinor: Int64
    package var paidMinor: Int64
    package var refundedMinor: Int64

    enum CodingKeys: String, CodingKey {
        case pledges
        case pledgedMinor = "pledged_minor"
        case paidMinor = "paid_minor"
        case refundedMinor = "refunded_minor"
    }

    package init(pledges: Int = 0, pledgedMinor: Int64 = 0, paidMinor: Int64 = 0, refundedMinor: Int64 = 0) {
        self.pledges = pledges
        self.pledgedMinor = pledgedMinor
        self.paidMinor = paidMinor
        self.refundedMinor = refundedMinor
    }
}
