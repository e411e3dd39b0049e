package import AuthorLog

/// The days and windows that a pulse speaks of; they follow from the record, never from a clock.
package struct PulseCalendar: Hashable, Sendable {
    /// The day of the record's latest hybrid time. It is not over, so it belongs to no window.
    package let today: Int64
    /// The day of the record's first hybrid time: what is dated by when it was recorded is known from then on.
    package let firstDay: Int64

    package init(first: HybridTime, latest: HybridTime) {
        today = UTCDay.of(Int64(clamping: latest.milliseconds))
        firstDay = min(today, UTCDay.of(Int64(clamping: first.milliseconds)))
    }

    /// Whole days on record before today.
    package var daysOnRecord: Int64 { today - firstDay }

    /// - Returns: 0 for the last ``PulseLimits/windowDays`` whole days, 1 and 2 for those before; nil for any other day.
    package func window(of day: Int64) -> Int? {
        let (age, overflow) = today.subtractingReportingOverflow(day)
        guard !overflow, age >= 1, age <= 3 * PulseLimits.windowDays else { return nil }
        return Int((age - 1) / PulseLimits.windowDays)
    }
}

/// What a pledge has to do with the pulse.
package struct PulsePledge: Sendable {
    package var backer: PersonNumber?
    /// Unix milliseconds, 0 where never written.
    package var at: Int64
    package var currency: Currency
    package var amount: Int64
    package var paid: Int64
    package var refunded: Int64
    package var state: PledgeState
    /// Whom it credits by the community's rule.
    package var ambassador: PersonNumber?

    package init(
        backer: PersonNumber? = nil, at: Int64, currency: Currency, amount: Int64, paid: Int64 = 0,
        refunded: Int64 = 0, state: PledgeState = .pledged, ambassador: PersonNumber? = nil
    ) {
        self.backer = backer
        self.at = at
        self.currency = currency
        self.amount = amount
        self.paid = paid
        self.refunded = refunded
        self.state = state
        self.ambassador = ambassador
    }
}

/// Somebody whom an ambassador brought.
package struct PulsePerson: Sendable {
    package var number: PersonNumber
    package var broughtBy: PersonNumber
    package var joinedAt: Int64?
    /// Has made a payment of the qualifying amount, or the community asks for none.
    package var isQualified: Bool

    package init(number: PersonNumber, broughtBy: PersonNumber, joinedAt: Int64? = nil, isQualified: Bool = true) {
        self.number = number
        self.broughtBy = broughtBy
        self.joinedAt = joinedAt
        self.isQualified = isQualified
    }
}

/// Money given back, or a pledge withdrawn, on the day on which that was recorded.
package enum PulseReversal: Sendable {
    case refund, cancellation
}
