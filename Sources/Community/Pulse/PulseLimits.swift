/// From how many on a figure says something, and from where on it alarms; each with its reason.
package enum PulseLimits {
    /// Days of a window: four weeks, so that each holds the same weekdays.
    package static let windowDays: Int64 = 28
    /// Of a rate, a mean or a median: Wilson's interval is then ±17 points at the widest; below, it covers more than a third of the scale.
    package static let cases = 30
    /// Named backers with money kept: from 100 on, 1 % of them is a person.
    package static let backers = 100
    /// Ambassadors with credit: five of fewer than ten are most of them by counting alone.
    package static let ambassadors = 10
    /// Of a trend in how often something happens: Laplace's test is close to normal from here on.
    package static let events = 10
    /// Days for a slope: each weekday twice.
    package static let slopeDays = 14
    /// Days that a day is measured against: each weekday once.
    package static let baselineDays = 7
    /// Cancellations and refunds of a bad day. Where the median is 0 a day has fewer than 0.7 on average, and by chance alone five
    /// or more come once in four years (Poisson).
    package static let badDayEvents = 5
    /// The number: a bad day has more than three times the median.
    package static let badDayFactor = 3
    /// From the day after so many days on feedback is either answered or late. A guess: a week, so that each weekday is in it.
    package static let answerDays: Int64 = 7
    /// How far the kept share moves before it rises or falls, in millionths: five points. A guess: sums have no interval.
    package static let keptStep: Int128 = 50_000
    /// The same of what a few gave or brought: ten points, for one large pledge moves it by chance. A guess.
    package static let dependenceStep: Int128 = 100_000
    /// From where on one per cent of the backers, or five ambassadors, are an alarm: half of the money, in millionths. A guess.
    package static let dependence: Int128 = 500_000
    /// How many ambassadors are the strongest: domain's number.
    package static let strongest = 5
}
