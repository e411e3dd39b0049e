package import AuthorLog
package import Identity

/// What somebody fed back, as the pulse reads it.
package struct PulseFeedback: Sendable {
    package var id: VoiceID
    package var time: HybridTime
    package var person: PersonID
    package var mood: Int?
    /// Milliseconds of the first answer; nil where there is none.
    package var answeredAt: Int64?

    package init(id: VoiceID, time: HybridTime, person: PersonID, mood: Int? = nil, answeredAt: Int64? = nil) {
        self.id = id
        self.time = time
        self.person = person
        self.mood = mood
        self.answeredAt = answeredAt
    }

    var at: Int64 { Int64(clamping: time.milliseconds) }
    var day: Int64 { UTCDay.of(at) }
}

/// How the community feels, and how long its questions wait.
struct VoiceSurvey {
    private var feedback: [PulseFeedback] = []

    mutating func add(_ feedback: PulseFeedback) { self.feedback.append(feedback) }

    func figures(_ calendar: PulseCalendar) -> [PulseFigure] {
        [answerTime(calendar), mood(calendar), lowMoods(calendar)]
    }

    // MARK: Answers

    /// Feedback counts from the eighth day on: by then it is answered, or it counts with the time it has waited so far. So an
    /// answer that never comes makes the median longer and not shorter, and what was asked this morning does not yet. In the trend a
    /// delay is a week at most: so long each of them has been watched, and older feedback has not had more time to wait.
    private func answerTime(_ calendar: PulseCalendar) -> PulseFigure {
        let now = calendar.today * UTCDay.milliseconds
        var delays: [Int64] = []
        var windows: [[Int64]] = [[], []]
        for item in feedback where calendar.today - item.day > PulseLimits.answerDays {
            // An answer dated before its question took no time.
            let delay = max(0, min(item.answeredAt ?? now, now) - item.at)
            delays.append(delay)
            if let window = calendar.window(of: item.day + PulseLimits.answerDays), window < 2 {
                windows[window].append(min(delay, PulseLimits.answerDays * UTCDay.milliseconds))
            }
        }
        let (whole, recent, before) = (DelayMedian(delays), DelayMedian(windows[0]), DelayMedian(windows[1]))
        return PulseFigure(
            .answerTime, unit: .days, value: whole.value, interval: whole.interval, count: delays.count,
            minimum: PulseLimits.cases,
            trend: .intervals(
                recent: (recent.value, recent.interval), before: (before.value, before.interval),
                isEnough: windows.allSatisfy { $0.count >= PulseLimits.cases }))
    }

    // MARK: Mood

    /// The mean of each speaker's latest mood, on the whole record and in each window: who says it ten times says it once.
    private func mood(_ calendar: PulseCalendar) -> PulseFigure {
        func moods(_ isMeant: (PulseFeedback) -> Bool) -> [Int] {
            var latest: [PersonID: (mood: Int, time: HybridTime, id: VoiceID)] = [:]
            for item in feedback where isMeant(item) {
                guard let mood = item.mood else { continue }
                if let known = latest[item.person], (known.time, known.id) > (item.time, item.id) { continue }
                latest[item.person] = (mood, item.time, item.id)
            }
            return latest.values.map(\.mood)
        }
        let whole = moods { _ in true }
        let windows = [0, 1].map { window in moods { calendar.window(of: $0.day) == window } }
        let means = windows.map { (value: Fraction($0.reduce(0, +), $0.count), interval: Interval.meanMood(of: $0)) }
        return PulseFigure(
            .mood, unit: .number, value: Fraction(whole.reduce(0, +), whole.count), interval: .meanMood(of: whole),
            count: whole.count, minimum: PulseLimits.cases,
            trend: .intervals(
                recent: means[0], before: means[1],
                isEnough: windows.allSatisfy { $0.count >= PulseLimits.cases }))
    }

    /// People a day who said that they feel bad, each once a day.
    private func lowMoods(_ calendar: PulseCalendar) -> PulseFigure {
        struct Saying: Hashable {
            let person: PersonID
            let day: Int64
        }
        let sayings = Set(
            feedback.filter { ($0.mood ?? 0) < 0 }.map { Saying(person: $0.person, day: $0.day) })
        var daily = DailyCounts()
        for saying in sayings { daily.counts[saying.day, default: 0] += 1 }
        return daily.worstDay(.lowMoods, calendar)
    }
}

extension Interval {
    /// The interval of a mean of moods: those of the counts above the lowest mood, moved back.
    static func meanMood(of moods: [Int]) -> Interval? {
        let lowest = Limits.moodRange.lowerBound
        let shift = Int128(lowest) * Fraction.one
        return mean(of: moods.map { $0 - lowest }, members: moods.count).map {
            Interval(
                low: $0.low + shift, high: min($0.high + shift, Int128(Limits.moodRange.upperBound) * Fraction.one))
        }
    }
}
