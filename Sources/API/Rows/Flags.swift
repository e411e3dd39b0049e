/// What is odd about a claim of who brought somebody: shown with its reason, never dropped for it.
package enum ReferralFlag: String, CaseIterable, Codable, Hashable, Sendable {
    /// Somebody claims to have brought themselves: it never counts.
    case selfReferral = "self-referral"
    /// Two people count as having brought each other.
    case mutualPair = "mutual-pair"
    /// It closes a circle of three or more people: the tree is cut here.
    case ring

    package var reason: String {
        switch self {
        case .selfReferral: "their own code"
        case .mutualPair: "the two brought each other"
        case .ring: "it closes a circle: the tree is cut here"
        }
    }
}

/// Facts about a pledge that contradict each other.
package enum PledgeFlag: String, CaseIterable, Codable, Hashable, Sendable {
    case overpaid
    case paidAfterCancel = "paid-after-cancel"
    case cancelledAfterPayment = "cancelled-after-payment"
    case overRefunded = "over-refunded"
    case otherCurrency = "other-currency"
    case twoAmounts = "two-amounts"

    package var reason: String {
        switch self {
        case .overpaid: "more is paid than was pledged"
        case .paidAfterCancel: "a payment was confirmed after a cancellation"
        case .cancelledAfterPayment: "it was cancelled after a payment"
        case .overRefunded: "refunds come to more than what was paid"
        case .otherCurrency: "a payment or refund in another currency counts as nothing"
        case .twoAmounts: "one payment was confirmed with two amounts"
        }
    }
}
