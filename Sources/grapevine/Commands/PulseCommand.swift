import API
import ArgumentParser

struct Pulse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How healthy the community is: figures, where they go, and alarms.",
        discussion: """
            Examples:
              grapevine pulse
              grapevine pulse --csv > pulse.csv
              grapevine pulse --json | jq '.alarms[].action'

            Everything follows from the record, as of its own latest time: the same
            on every node that holds the same updates. A figure says nothing, and
            raises no alarm, until enough cases are behind it.

            JSON: {"as_of","currency","window_days","figures":[…],"alarms":[…]}
              figure  {"figure","currency","unit","numerator","denominator","value",
                       "low","high","n","minimum","enough","trend","slope"}
              trend   {"direction","recent","before","recent_value","before_value"}
              slope   {"direction","per_day","value","events","days"}, or null
              alarm   {"alarm","figure","currency","message","action"}
            unit is percent, number or days. Ratios are exact, {"numerator",
            "denominator"}; value, low and high are rounded once, and null where
            there are too few to say. low and high are the interval at 95 %.
            direction is rising, falling, steady or too_few.
            """)

    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions
}

extension Pulse: Tabling {
    func question() -> GetPulse { GetPulse() }

    func rows(_ answer: GetPulse.Answer) -> [PulseRow] { answer.figures }

    static var columns: [Table<PulseRow>.Column] {
        func exact(_ title: String, _ number: @escaping (PulseRow) -> Int64) -> Table<PulseRow>.Column {
            .init(title, for: .spreadsheets, isNumber: true) { String(number($0)) }
        }
        return [
            .init("figure", for: .people) { PulseText.name($0.figure) },
            .init("figure", for: .spreadsheets) { $0.figure },
            .init("currency") { $0.currency ?? "" },
            .init("unit", for: .spreadsheets) { $0.unit.rawValue },
            exact("numerator") { $0.numerator },
            exact("denominator") { $0.denominator },
            .init("value", for: .people, isNumber: true) { PulseText.value($0) },
            .init("value", for: .spreadsheets, isNumber: true) { $0.value ?? "" },
            .init("between", for: .people, isNumber: true) { PulseText.interval($0) },
            .init("low", for: .spreadsheets, isNumber: true) { $0.low ?? "" },
            .init("high", for: .spreadsheets, isNumber: true) { $0.high ?? "" },
            .init("n", for: .people, isNumber: true) { PulseText.cases($0) },
            .init("n", for: .spreadsheets, isNumber: true) { String($0.n) },
            .init("minimum", for: .spreadsheets, isNumber: true) { String($0.minimum) },
            .init("trend", for: .people) { PulseText.trend($0) },
            .init("trend", for: .spreadsheets) { $0.trend.direction.rawValue },
            exact("recent_numerator") { $0.trend.recent.numerator },
            exact("recent_denominator") { $0.trend.recent.denominator },
            exact("before_numerator") { $0.trend.before.numerator },
            exact("before_denominator") { $0.trend.before.denominator },
            .init("slope", for: .spreadsheets) { $0.slope?.direction.rawValue ?? "" },
            .init("slope", for: .people) { PulseText.slope($0) },
        ]
    }

    func lines(_ answer: GetPulse.Answer) -> [String] { PulseText.lines(answer) }
}
