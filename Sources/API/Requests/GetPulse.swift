/// The community's maturity and risk, from the record alone.
package struct GetPulse: Request {
    package static let path = "pulse"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        /// The record's latest time; nil where nothing is recorded.
        @Nullable package var asOf: Timestamp?
        /// The community's own: its figures come first.
        package var currency: String
        /// Whole days of a window before the day of `as_of`.
        package var windowDays: Int
        package var figures: [PulseRow]
        package var alarms: [PulseAlarmRow]

        enum CodingKeys: String, CodingKey {
            case currency, figures, alarms
            case asOf = "as_of"
            case windowDays = "window_days"
        }

        package init(
            asOf: Timestamp?, currency: String, windowDays: Int, figures: [PulseRow], alarms: [PulseAlarmRow]
        ) {
            self.asOf = asOf
            self.currency = currency
            self.windowDays = windowDays
            self.figures = figures
            self.alarms = alarms
        }
    }
}
