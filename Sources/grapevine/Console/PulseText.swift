import API

/// The screen of `pulse`.
enum PulseText {
    static func lines(_ pulse: GetPulse.Answer) -> [String] {
        guard let asOf = pulse.asOf else {
            return ["Nothing is recorded yet: grapevine import backers FILE, or grapevine backer add"]
        }
        let alarms =
            pulse.alarms.isEmpty
            ? ["No alarms."]
            : pulse.alarms.flatMap { alarm in
                ["Alarm: \(alarm.message)\(alarm.currency.map { " (\($0))" } ?? "")", "  Do: \(alarm.action)"]
            }
        return Table(columns: Pulse.columns).lines(pulse.figures) + [""] + alarms + [
            "",
            "As of \(asOf.text), the record's latest time. Trends: \(pulse.windowDays) whole days, and those before.",
        ]
    }

    /// What people call a figure; one that this version does not know keeps its own name.
    static func name(_ figure: String) -> String {
        switch figure {
        case "kept": "promised money kept"
        case "refund_rate": "paid pledges refunded"
        case "cancel_rate": "pledges cancelled"
        case "reversals": "refunds and cancellations on a day"
        case "top_backers_share": "money from the top 1 % of backers"
        case "top_ambassadors_share": "money through the top five ambassadors"
        case "returning_backers": "returning backers"
        case "brought_per_ambassador": "people brought per ambassador"
        case "conversion": "brought people who pay"
        case "k_factor": "K factor"
        case "cycle_time": "cycle time"
        case "answer_time": "time to answer feedback"
        case "mood": "mood, -2 to +2"
        case "low_moods": "people in a bad mood on a day"
        default: figure.split(separator: "_").joined(separator: " ")
        }
    }

    static func value(_ row: PulseRow) -> String { row.value.map { with(row.unit, $0) } ?? tooFew }

    static func interval(_ row: PulseRow) -> String {
        guard let low = row.low, let high = row.high else { return "" }
        return with(row.unit, low.hasPrefix("-") ? "\(low) to \(high)" : "\(low)–\(high)")
    }

    static func cases(_ row: PulseRow) -> String {
        row.enough ? Words.grouped(row.n) : "\(Words.grouped(row.n)) of \(Words.grouped(row.minimum))"
    }

    /// `rising, 2.0 % to 4.5 %`.
    static func trend(_ row: PulseRow) -> String {
        guard row.trend.direction != .tooFew else { return tooFew }
        let moved = [row.trend.beforeValue, row.trend.recentValue].compactMap { $0 }.map { with(row.unit, $0) }
        return ([row.trend.direction.rawValue] + (moved.count == 2 ? [moved.joined(separator: " to ")] : []))
            .joined(separator: ", ")
    }

    static func slope(_ row: PulseRow) -> String {
        guard let slope = row.slope else { return "" }
        guard slope.direction != .tooFew else { return tooFew }
        return "\(slope.direction.rawValue), \(slope.value.hasPrefix("-") ? "" : "+")\(slope.value) a day"
    }

    private static func with(_ unit: PulseUnit, _ number: String) -> String {
        switch unit {
        case .percent: "\(number) %"
        case .number: number
        case .days: "\(number) days"
        }
    }

    private static let tooFew = "too few to say"
}
