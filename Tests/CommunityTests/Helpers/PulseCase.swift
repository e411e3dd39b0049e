import AuthorLog
import Identity
import Testing

@testable import Community

/// A pulse put together by hand: its today is day 20,000, and times are days before that.
struct PulseCase {
    static let today: Int64 = 20_000
    let usd: Currency
    var survey: PulseSurvey
    private var fed: UInt64 = 0

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

    /// - Parameters:
    ///   - person: Number of the speaker.
    ///   - answeredAfter: Days until the first answer.
    mutating func feedback(
        _ person: Int, daysAgo: Int64, mood: Int? = nil, answeredAfter: Int64? = nil, counter: UInt16 = 0
    ) throws {
        let at = Self.time(daysAgo)
        var name: [UInt8] = []
        name.appendBigEndian(UInt64(person))
        let speaker = PersonID(raw: BLAKE2b.hash128(name, personal: BLAKE2b.Personal("test/pulse")))
        let time = HybridTime(rawValue: UInt64(at) << 16 | UInt64(counter))
        fed += 1
        let id = VoiceID(log: .test(1), position: fed)
        survey.add(
            PulseFeedback(
                id: id, time: time, person: speaker, mood: mood,
                answeredAt: answeredAfter.map { at + $0 * UTCDay.milliseconds }))
    }

    func figure(_ name: PulseFigure.Name, in currency: Currency? = nil) throws -> PulseFigure {
        try #require(survey.figures().first { $0.name == name && (currency == nil || $0.currency == currency) })
    }

    var alarms: [PulseAlarm.Kind] { PulseAlarm.alarms(of: survey.figures()).map(\.kind) }
}
