package import API
import AuthorLog
import Community
import Storage

extension Node {
    package nonisolated func answer(_ request: GetPulse) async throws -> GetPulse.Answer {
        let pulse = try await ask { try await $0.pulse(by: attribution) }
        return GetPulse.Answer(
            asOf: pulse.asOf.map { Timestamp(stored: Int64(clamping: $0.milliseconds)) },
            currency: store.rules.currency.code, windowDays: Int(PulseLimits.windowDays),
            figures: try pulse.figures.map { (figure) throws(Failure) in try PulseRow(figure) },
            alarms: pulse.alarms.map { PulseAlarmRow($0) })
    }
}

extension PulseRow {
    init(_ figure: PulseFigure) throws(Failure) {
        let currency = figure.currency?.code
        self.init(
            figure: figure.name.rawValue, currency: currency, unit: PulseUnit(figure.unit),
            ratio: try Ratio(figure.value, in: currency), value: figure.text,
            low: figure.isEnough ? figure.interval.map { figure.text(of: $0.low) } : nil,
            high: figure.isEnough ? figure.interval.map { figure.text(of: $0.high) } : nil, n: figure.count,
            minimum: figure.minimum, enough: figure.isEnough, trend: try PulseTrendRow(figure),
            slope: try figure.slope.map { (slope) throws(Failure) in try PulseSlopeRow(slope) })
    }
}

extension PulseTrendRow {
    fileprivate init(_ figure: PulseFigure) throws(Failure) {
        let (trend, currency) = (figure.trend, figure.currency?.code)
        self.init(
            direction: API.PulseDirection(trend.direction), recent: try Ratio(trend.recent, in: currency),
            before: try Ratio(trend.before, in: currency),
            recentValue: trend.recent.millionths.map(figure.text(of:)),
            beforeValue: trend.before.millionths.map(figure.text(of:)))
    }
}

extension PulseSlopeRow {
    fileprivate init(_ slope: PulseSlope) throws(Failure) {
        self.init(
            direction: API.PulseDirection(slope.direction), perDay: try Ratio(slope.perDay, in: nil),
            value: MillionthsText.decimal(slope.perDay.millionths ?? 0, digits: 3), events: slope.events,
            days: slope.days)
    }
}

extension Ratio {
    fileprivate init(_ fraction: Fraction, in currency: String?) throws(Failure) {
        let unit = currency ?? "the pulse"
        self.init(
            numerator: try Int64(exact: fraction.numerator, in: unit),
            denominator: try Int64(exact: fraction.denominator, in: unit))
    }
}

extension PulseAlarmRow {
    fileprivate init(_ alarm: PulseAlarm) {
        self.init(
            alarm: alarm.kind.rawValue, figure: alarm.figure.rawValue, currency: alarm.currency?.code,
            message: alarm.message, action: alarm.action)
    }
}

extension PulseUnit {
    fileprivate init(_ unit: PulseFigure.Unit) {
        switch unit {
        case .percent: self = .percent
        case .number: self = .number
        case .days: self = .days
        }
    }
}

extension API.PulseDirection {
    fileprivate init(_ direction: Community.PulseDirection) {
        switch direction {
        case .rising: self = .rising
        case .falling: self = .falling
        case .steady: self = .steady
        case .tooFew: self = .tooFew
        }
    }
}
