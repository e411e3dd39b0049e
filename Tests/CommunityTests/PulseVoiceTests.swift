import AuthorLog
import Identity
import Testing

@testable import Community

/// Mood and answers, on cases worked out by hand.
struct PulseVoiceTests {
    /// Thirty people felt very bad long ago and good since, each; one of them says so ten times.
    @Test func `mood is the mean of what each speaker said last`() throws {
        var pulse = try PulseCase()
        for person in 1...29 {
            try pulse.feedback(person, daysAgo: 100, mood: -2)
            try pulse.feedback(person, daysAgo: 90, mood: 1)
            // No mood is no change of mood.
            try pulse.feedback(person, daysAgo: 80)
        }
        #expect(try pulse.figure(.mood).text == nil)
        for again in 0..<10 { try pulse.feedback(30, daysAgo: 90, mood: again < 9 ? -2 : 2, counter: UInt16(again)) }
        let mood = try pulse.figure(.mood)
        #expect(mood.value == Fraction(31, 30))
        #expect(mood.text == "1.03")
        #expect(mood.count == 30)
        // 1.0333 ± 1.96 √((30·33 − 31²) / (30²·29)): 0.9679 to 1.0988.
        let interval = try #require(mood.interval)
        #expect(mood.text(of: interval.low) == "0.97" && mood.text(of: interval.high) == "1.10")
    }

    @Test func `a mean of moods stays between the worst and the best`() {
        #expect(Interval.meanMood(of: [-2, -2, -2]) == Interval(low: -2_000_000, high: -2_000_000))
        let wide = Interval.meanMood(of: [-2, 2])
        #expect(wide == Interval(low: -2_000_000, high: 2_000_000))
        #expect(Interval.meanMood(of: [1]) == nil)
    }

    /// Thirty people in each window: +1 before; now −1, or +1 but for two.
    @Test(arguments: [(30, .falling), (2, .steady)] as [(Int, PulseDirection)])
    func `mood falls where the windows' intervals part`(bad: Int, direction: PulseDirection) throws {
        var pulse = try PulseCase()
        for person in 1...30 {
            try pulse.feedback(person, daysAgo: 40, mood: 1)
            try pulse.feedback(person, daysAgo: 10, mood: person <= bad ? -1 : 1)
        }
        let mood = try pulse.figure(.mood)
        #expect(mood.trend.before == Fraction(30, 30))
        #expect(mood.trend.recent == Fraction(30 - 2 * bad, 30))
        #expect(mood.trend.direction == direction)
        #expect(pulse.alarms.contains(.moodFalling) == (direction == .falling))
    }

    /// On each of 28 days one person feels bad, and four today; then a fifth does, or one of the four says it again.
    @Test(arguments: [(5, true), (4, false)])
    func `five people in a bad mood on a day are bad buzz, one five times is not`(last: Int, isAlarm: Bool) throws {
        var pulse = try PulseCase()
        for day in 1...28 as ClosedRange<Int64> { try pulse.feedback(1, daysAgo: day, mood: -1) }
        for person in [1, 2, 3, 4, last] { try pulse.feedback(person, daysAgo: 0, mood: -2) }
        try pulse.feedback(9, daysAgo: 0, mood: 0)
        let low = try pulse.figure(.lowMoods)
        #expect(low.value == Fraction(isAlarm ? 5 : 4, 1))
        #expect(low.trend.before == Fraction(2, 2))
        let alarms = PulseAlarm.alarms(of: pulse.survey.figures())
        #expect(alarms.map(\.kind) == (isAlarm ? [.badBuzz] : []))
        #expect(alarms.allSatisfy { $0.figure == .lowMoods && $0.message.contains("feel bad") })
    }

    @Test func `money that goes back is another bad buzz than a bad mood`() throws {
        var pulse = try PulseCase()
        pulse.reversals(.refund, daysAgo: 0, count: 5)
        for person in 1...5 { try pulse.feedback(person, daysAgo: 0, mood: -1) }
        let alarms = PulseAlarm.alarms(of: pulse.survey.figures())
        #expect(alarms.map(\.kind) == [.badBuzz, .badBuzz])
        #expect(Set(alarms.map(\.message)).count == 2 && Set(alarms.map(\.action)).count == 2)
    }

    /// Thirty pieces of feedback were answered after two days; then 31 more are not, and have waited for ten.
    @Test func `what nobody answers counts with the time it has waited`() throws {
        var pulse = try PulseCase()
        for person in 1...29 { try pulse.feedback(person, daysAgo: 10, answeredAfter: 2) }
        // Within its week: not late yet.
        try pulse.feedback(50, daysAgo: 7)
        #expect(try pulse.figure(.answerTime).text == nil)
        try pulse.feedback(30, daysAgo: 10, answeredAfter: -1)
        #expect(try pulse.figure(.answerTime).text == "2.0")
        for person in 31...61 { try pulse.feedback(person, daysAgo: 10) }
        let waiting = try pulse.figure(.answerTime)
        #expect(waiting.text == "10.0")
        #expect(waiting.count == 61)
        #expect(waiting.unit == .days)
    }

    /// A day before; three days now. And where nobody ever answers, nothing changes.
    @Test(
        arguments: [(1, 3, .rising), (3, 1, .falling), (nil, nil, .steady), (1, nil, .rising)]
            as [(Int64?, Int64?, PulseDirection)])
    func `answers become slower`(before: Int64?, now: Int64?, direction: PulseDirection) throws {
        var pulse = try PulseCase()
        for person in 1...30 {
            try pulse.feedback(person, daysAgo: 40, answeredAfter: before)
            try pulse.feedback(person, daysAgo: 10, answeredAfter: now)
        }
        #expect(try pulse.figure(.answerTime).trend.direction == direction)
        #expect(pulse.alarms.contains(.answersSlower) == (direction == .rising))
    }
}
