import AuthorLog
import Testing

@testable import Community

/// A pulse put together by hand: its today is day 20,000, and times are days before that.
struct PulseCase {
    static let today: Int64 = 20_000
    let usd: Currency
    var survey: PulseSurvey

    /// - Parameter days: For how long there has been a record.
    init(daysOnRecord days: Int64 = 1_000) throws {
        usd = try #require(Currency("USD"))
        let (first, latest) = (Self.time(days), Self.time(0) + 3_600_000)
        let calendar = PulseCalendar(
            first: try #require(HybridTime(milliseconds: UInt64(first))),
            latest: try #require(HybridTime(milliseconds: UInt64(latest))))
        survey = PulseSurvey(calendar: calendar, base: usd)
    }

    /// Milliseconds at the beginning of the day so many days ago.
    static func time(_ daysAgo: Int64) -> Int64 { (today - daysAgo) * UTCDay.milliseconds }

    /// - Parameter paid: Nil for a pledge that is not paid yet.
    mutating func pledge(
        _ backer: Int64? = nil, daysAgo: Int64 = 200, amount: Int64 = 100, paid: Int64? = nil, refunded: Int64 = 0,
        state: PledgeState? = nil, ambassador: Int64? = nil, currency: Currency? = nil, count: Int = 1
    ) {
        for _ in 0..<count {
            survey.add(
                PulsePledge(
                    backer: backer, at: Self.time(daysAgo), currency: currency ?? usd, amount: amount, paid: paid ?? 0,
                    refunded: refunded, state: state ?? (paid == nil ? .pledged : .paid), ambassador: ambassador))
        }
    }

    mutating func reversals(_ kind: PulseReversal, daysAgo: Int64, count: Int = 1) {
        for _ in 0..<count { survey.add(kind, day: Self.today - daysAgo) }
    }

    func figure(_ name: PulseFigure.Name, in currency: Currency? = nil) throws -> PulseFigure {
        try #require(survey.figures().first { $0.name == name && (currency == nil || $0.currency == currency) })
    }

    var alarms: [PulseAlarm.Kind] { PulseAlarm.alarms(of: survey.figures()).map(\.kind) }
}
