package enum PulseUnit: String, Codable, Sendable {
    case percent, number, days
}

package enum PulseDirection: String, Codable, Sendable {
    case rising, falling, steady
    case tooFew = "too_few"
}

/// One figure of the pulse.
///
/// `value`, `low` and `high` are decimals in `unit`: a percentage has been multiplied by 100.
package struct PulseRow: Codable, Hashable, Sendable {
    package var figure: String
    /// Null for a figure that counts.
    @Nullable package var currency: String?
    package var unit: PulseUnit
    /// Money in minor units, days as milliseconds over milliseconds.
    package var numerator: Int64
    package var denominator: Int64
    /// Null where there are too few to say.
    @Nullable package var value: String?
    /// The interval at 95 %; null where there is none.
    @Nullable package var low: String?
    @Nullable package var high: String?
    /// Cases behind it, and how many it takes.
    package var n: Int
    package var minimum: Int
    package var enough: Bool
    package var trend: PulseTrendRow
    /// Null for a figure that has no daily number.
    @Nullable package var slope: PulseSlopeRow?

    package init(
        figure: String, currency: String?, unit: PulseUnit, ratio: Ratio, value: String?, low: String?,
        high: String?, n: Int, minimum: Int, enough: Bool, trend: PulseTrendRow, slope: PulseSlopeRow?
    ) {
        self.figure = figure
        self.currency = currency
        self.unit = unit
        numerator = ratio.numerator
        denominator = ratio.denominator
        self.value = value
        self.low = low
        self.high = high
        self.n = n
        self.minimum = minimum
        self.enough = enough
        self.trend = trend
        self.slope = slope
    }
}

/// The same over one window, and over the one before.
package struct PulseTrendRow: Codable, Hashable, Sendable {
    package var direction: PulseDirection
    package var recent: Ratio
    package var before: Ratio
    /// In the figure's unit; null where there is nothing to divide by.
    @Nullable package var recentValue: String?
    @Nullable package var beforeValue: String?

    enum CodingKeys: String, CodingKey {
        case direction, recent, before
        case recentValue = "recent_value"
        case beforeValue = "before_value"
    }

    package init(
        direction: PulseDirection, recent: Ratio, before: Ratio, recentValue: String?, beforeValue: String?
    ) {
        self.direction = direction
        self.recent = recent
        self.before = before
        self.recentValue = recentValue
        self.beforeValue = beforeValue
    }
}

/// By how many a day's number grows a day.
package struct PulseSlopeRow: Codable, Hashable, Sendable {
    package var direction: PulseDirection
    package var perDay: Ratio
    package var value: String
    package var events: Int
    package var days: Int

    enum CodingKeys: String, CodingKey {
        case direction, value, events, days
        case perDay = "per_day"
    }

    package init(direction: PulseDirection, perDay: Ratio, value: String, events: Int, days: Int) {
        self.direction = direction
        self.perDay = perDay
        self.value = value
        self.events = events
        self.days = days
    }
}

package struct PulseAlarmRow: Codable, Hashable, Sendable {
    package var alarm: String
    package var figure: String
    @Nullable package var currency: String?
    package var message: String
    /// What to do first.
    package var action: String

    package init(alarm: String, figure: String, currency: String?, message: String, action: String) {
        self.alarm = alarm
        self.figure = figure
        self.currency = currency
        self.message = message
        self.action = action
    }
}
