package enum AttributionKind: UInt8, CaseIterable, Sendable {
    case firstTouch, lastTouch
}

/// What a pledge is by one attribution rule: every pledge is one of them.
package enum Share: UInt8, CaseIterable, Sendable {
    /// It credits somebody.
    case credited
    /// It credits nobody, and carries no code that waits for its owner.
    case organic
    /// It credits nobody, and carries a code that nobody owns.
    case unknown
    /// It will credit somebody once one payment of its backer's reaches the qualifying amount.
    case prospect
    /// It would credit somebody who was suspended on its date.
    case suspended
}

package struct ShareKey: Hashable, Sendable {
    package var attribution: AttributionKind
    package var share: Share
    package var currency: Currency

    package init(attribution: AttributionKind, share: Share, currency: Currency) {
        self.attribution = attribution
        self.share = share
        self.currency = currency
    }
}

package struct TallyKey: Hashable, Sendable {
    package var person: PersonNumber
    package var attribution: AttributionKind
    package var currency: Currency

    package init(person: PersonNumber, attribution: AttributionKind, currency: Currency) {
        self.person = person
        self.attribution = attribution
        self.currency = currency
    }
}

/// Money that counts for an ambassador; exact sums, or changes of them.
package struct Tally: Equatable, Sendable {
    package var pledges: Int64 = 0
    package var pledged: Int128 = 0
    package var paid: Int128 = 0
    package var refunded: Int128 = 0
    /// Pledges with something paid and not refunded.
    package var creditedPledges: Int64 = 0
    package var credited: Int128 { paid - refunded }
    package init() {}

    package static func += (a: inout Tally, b: Tally) {
        a.pledges += b.pledges
        a.pledged += b.pledged
        a.paid += b.paid
        a.refunded += b.refunded
        a.creditedPledges += b.creditedPledges
    }
}

/// The community's counts, or changes of them.
package struct Totals: Equatable, Sendable {
    package struct Money: Equatable, Sendable {
        package var pledged: Int128 = 0
        package var paid: Int128 = 0
        package var refunded: Int128 = 0
        /// Amounts of cancelled or lapsed pledges, a part of pledged.
        package var cancelled: Int128 = 0
        package init() {}

        package static func += (a: inout Money, b: Money) {
            a.pledged += b.pledged
            a.paid += b.paid
            a.refunded += b.refunded
            a.cancelled += b.cancelled
        }
    }
    package var backers: Int64 = 0
    package var ambassadors: Int64 = 0
    package var attributedBackers: Int64 = 0
    /// Backers of whom no payment reaches the qualifying amount; 0 where the community set none.
    package var prospects: Int64 = 0
    package var pledges: Int64 = 0
    package var anonymousPledges: Int64 = 0
    /// Of which the facts contradict each other.
    package var flaggedPledges: Int64 = 0
    package var money: [Currency: Money] = [:]
    /// Of pledges that credit nobody; the others are in the tallies.
    package var shares: [ShareKey: Tally] = [:]
    package init() {}
}
