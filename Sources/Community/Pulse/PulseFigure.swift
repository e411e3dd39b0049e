/// One figure of the community's pulse: what it is, how sure it is, and where it goes.
package struct PulseFigure: Hashable, Sendable {
    package enum Name: String, CaseIterable, Sendable {
        case kept
        case refundRate = "refund_rate"
        case cancelRate = "cancel_rate"
        case reversals
        case topBackers = "top_backers_share"
        case topAmbassadors = "top_ambassadors_share"
        case returningBackers = "returning_backers"
        case broughtPerAmbassador = "brought_per_ambassador"
        case conversion
        case kFactor = "k_factor"
        case cycleTime = "cycle_time"
        case answerTime = "answer_time"
        case mood
        case lowMoods = "low_moods"
    }

    /// What the ratio is read in.
    package enum Unit: String, Sendable {
        case percent, number, days
    }

    package let name: Name
    package let unit: Unit
    /// Of figures of money; nil for those that count.
    package let currency: Currency?
    package let value: Fraction
    package let interval: Interval?
    /// How many cases are behind it, and how many it needs to say anything.
    package let count: Int
    package let minimum: Int
    package let trend: PulseTrend
    package let slope: PulseSlope?

    package init(
        _ name: Name, unit: Unit = .percent, currency: Currency? = nil, value: Fraction, interval: Interval? = nil,
        count: Int, minimum: Int, trend: PulseTrend, slope: PulseSlope? = nil
    ) {
        self.name = name
        self.unit = unit
        self.currency = currency
        self.value = value
        self.interval = interval
        self.count = count
        self.minimum = minimum
        self.trend = trend
        self.slope = slope
    }

    /// False for *too few to say*.
    package var isEnough: Bool { count >= minimum && value.denominator > 0 }

    /// `97.3` per cent, `1.25`, `3.5` days; nil where there are too few to say.
    package var text: String? { isEnough ? value.millionths.map(text(of:)) : nil }

    package func text(of millionths: Int128) -> String {
        switch unit {
        case .percent: MillionthsText.decimal(millionths, digits: 1, factor: 100)
        case .number: MillionthsText.decimal(millionths, digits: 2)
        case .days: MillionthsText.decimal(millionths, digits: 1)
        }
    }
}

package enum PulseDirection: String, Sendable {
    case rising, falling, steady
    case tooFew = "too_few"
}

/// The same measured over one window, and over the one before.
package struct PulseTrend: Hashable, Sendable {
    package let direction: PulseDirection
    package let recent: Fraction
    package let before: Fraction

    package init(_ direction: PulseDirection, recent: Fraction, before: Fraction) {
        self.direction = direction
        self.recent = recent
        self.before = before
    }

    /// Rates and means: rising where the two intervals do not touch.
    ///
    /// Stricter than a test at 95 %, so that a community in which nothing changes seldom reads otherwise.
    static func intervals(
        recent: (value: Fraction, interval: Interval?), before: (value: Fraction, interval: Interval?), isEnough: Bool
    ) -> PulseTrend {
        let direction: PulseDirection
        if isEnough, let new = recent.interval, let old = before.interval {
            direction = new.low > old.high ? .rising : new.high < old.low ? .falling : .steady
        } else {
            direction = .tooFew
        }
        return PulseTrend(direction, recent: recent.value, before: before.value)
    }

    /// Two rates of which each window counted enough.
    static func rates(recent: (hits: Int, of: Int), before: (hits: Int, of: Int)) -> PulseTrend {
        intervals(
            recent: (Fraction(recent.hits, recent.of), Interval.wilson(successes: recent.hits, of: recent.of)),
            before: (Fraction(before.hits, before.of), Interval.wilson(successes: before.hits, of: before.of)),
            isEnough: min(recent.of, before.of) >= PulseLimits.cases)
    }

    /// Shares of money, which have no interval: rising where the share is higher by `step` millionths.
    static func shares(
        recent: Fraction, before: Fraction, step: Int128, isEnough: Bool
    ) -> PulseTrend {
        guard isEnough, let new = recent.millionths, let old = before.millionths else {
            return PulseTrend(.tooFew, recent: recent, before: before)
        }
        let change = new - old
        let direction: PulseDirection =
            change >= step ? .rising : change <= -step ? .falling : .steady
        return PulseTrend(direction, recent: recent, before: before)
    }

    /// How often something happened, against how often it could have: of all events, is the recent window's share above its share
    /// of the occasions?
    ///
    /// Source: Przyborowski and Wilenski, "Homogeneity of Results in Testing Samples from Poisson Series", Biometrika 31 (1940),
    /// with Wilson's interval for the exact one.
    static func events(
        recent: (events: Int, occasions: Int), before: (events: Int, occasions: Int), isKnown: Bool
    ) -> PulseTrend {
        let fractions = (Fraction(recent.events, recent.occasions), Fraction(before.events, before.occasions))
        let events = recent.events + before.events
        let isEnough =
            isKnown && events >= PulseLimits.events && min(recent.occasions, before.occasions) >= PulseLimits.cases
        let expected = Fraction(recent.occasions, recent.occasions + before.occasions).millionths
        guard isEnough, let expected, let share = Interval.wilson(successes: recent.events, of: events) else {
            return PulseTrend(.tooFew, recent: fractions.0, before: fractions.1)
        }
        let direction: PulseDirection =
            share.low > expected ? .rising : share.high < expected ? .falling : .steady
        return PulseTrend(direction, recent: fractions.0, before: fractions.1)
    }
}
