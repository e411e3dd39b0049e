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

    enum CodingKeys: String, CodingKey {
        case currency, exponent
        case pledgedMinor = "pledged_minor"
        case paidMinor = "paid_minor"
        case refundedMinor = "refunded_minor"
        case cancelledMinor = "cancelled_minor"
    }

    package init(
        currency: String, exponent: Int, pledgedMinor: Int64, paidMinor: Int64, refundedMinor: Int64,
        cancelledMinor: Int64
    ) {
        self.currency = currency
        self.exponent = exponent
        self.pledgedMinor = pledgedMinor
        self.paidMinor = paidMinor
        self.refundedMinor = refundedMinor
        self.cancelledMinor = cancelledMinor
    }
}
