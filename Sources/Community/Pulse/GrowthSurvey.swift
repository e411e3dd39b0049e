/// How the community grows: whom ambassadors bring, who of them pays, and how long that takes.
struct GrowthSurvey {
    /// With the time since when they are one.
    var ambassadors: [PersonNumber: Int64?] = [:]
    var brought: [PulsePerson] = []

    /// People by the ambassador who brought them: all, and those who came in each window.
    private struct Tally {
        var whole: [PersonNumber: Int] = [:]
        var windows = [[PersonNumber: Int]](repeating: [:], count: 3)

        mutating func add(_ ambassador: PersonNumber, window: Int?) {
            whole[ambassador, default: 0] += 1
            if let window { windows[window][ambassador, default: 0] += 1 }
        }
    }

    func figures(_ calendar: PulseCalendar, _ backers: PersonTable<PulseBacker>) -> [PulseFigure] {
        var (people, payers) = (Tally(), Tally())
        var delays: [Int64] = []
        var windowDelays: [[Int64]] = [[], []]
        for person in brought {
            let backer = backers[person.number]
            let came = person.joinedAt ?? backer.firstAt
            let window = came.flatMap { calendar.window(of: UTCDay.of($0)) }
            people.add(person.broughtBy, window: window)
            if person.isQualified, backer.hasKept { payers.add(person.broughtBy, window: window) }
            guard let came, let since = ambassadors[person.broughtBy].flatMap(\.self), since <= came else { continue }
            let (delay, overflow) = came.subtractingReportingOverflow(since)
            guard !overflow else { continue }
            delays.append(delay)
            if let window, window < 2 { windowDelays[window].append(delay) }
        }
        return [
            perAmbassador(.broughtPerAmbassador, people, recent: 0), conversion(people, payers),
            perAmbassador(.kFactor, payers, recent: 1), cycle(delays, windowDelays),
        ]
    }

    /// - Parameter recent: The window that the trend compares with the one before: 1 where those who came last may yet pay.
    private func perAmbassador(_ name: PulseFigure.Name, _ tally: Tally, recent: Int) -> PulseFigure {
        let members = max(ambassadors.count, tally.whole.count)
        func mean(_ counts: [PersonNumber: Int]) -> (Fraction, Interval?) {
            (Fraction(sum(counts), members), Interval.mean(of: Array(counts.values), members: members))
        }
        let (new, old) = (tally.windows[recent], tally.windows[recent + 1])
        let whole = mean(tally.whole)
        return PulseFigure(
            name, unit: .number, value: whole.0, interval: whole.1, count: members, minimum: PulseLimits.cases,
            trend: .intervals(
                recent: mean(new), before: mean(old),
                isEnough: members >= PulseLimits.cases && sum(new) + sum(old) >= PulseLimits.events))
    }

    private func conversion(_ people: Tally, _ payers: Tally) -> PulseFigure {
        let (hits, all) = (sum(payers.whole), sum(people.whole))
        return PulseFigure(
            .conversion, value: Fraction(hits, all), interval: .wilson(successes: hits, of: all), count: all,
            minimum: PulseLimits.cases,
            trend: .rates(
                recent: (sum(payers.windows[1]), sum(people.windows[1])),
                before: (sum(payers.windows[2]), sum(people.windows[2]))))
    }

    private func sum(_ counts: [PersonNumber: Int]) -> Int { counts.values.reduce(0, +) }

    // MARK: Cycle time

    private func cycle(_ delays: [Int64], _ windows: [[Int64]]) -> PulseFigure {
        let (whole, recent, before) = (DelayMedian(delays), DelayMedian(windows[0]), DelayMedian(windows[1]))
        return PulseFigure(
            .cycleTime, unit: .days, value: whole.value, interval: whole.interval, count: delays.count,
            minimum: PulseLimits.cases,
            trend: .intervals(
                recent: (recent.value, recent.interval), before: (before.value, before.interval),
                isEnough: min(windows[0].count, windows[1].count) >= PulseLimits.cases))
    }
}
