/// How many of something happened on each day, and whether the last days stand out: what *bad buzz* is read from.
struct DailyCounts {
    /// By day; what has no entry is 0.
    var counts: [Int64: Int] = [:]

    /// The counts of the window's days before `day`, as far back as the record goes.
    func series(before day: Int64, _ calendar: PulseCalendar) -> DaySeries {
        let first = max(calendar.firstDay, day - PulseLimits.windowDays)
        return DaySeries((first..<max(first, day)).map { counts[$0] ?? 0 })
    }

    /// The worse of the last two days, each against the median of the days before it: rising where it is a bad day. Today may not be
    /// over, but its number only grows.
    func worstDay(_ name: PulseFigure.Name, _ calendar: PulseCalendar) -> PulseFigure {
        let days = [calendar.today, calendar.today - 1].map { day in
            (count: counts[day] ?? 0, baseline: series(before: day, calendar))
        }
        // How far it lies above three times its median.
        func excess(_ index: Int) -> Int {
            2 * days[index].count - PulseLimits.badDayFactor * days[index].baseline.twiceMedian
        }
        func isBad(_ index: Int) -> Bool {
            excess(index) > 0 && days[index].count >= PulseLimits.badDayEvents
                && days[index].baseline.counts.count >= PulseLimits.baselineDays
        }
        // A bad day is worse than any other; of equal ones the later.
        let isEarlierWorse = isBad(0) == isBad(1) ? excess(1) > excess(0) : isBad(1)
        let index = isEarlierWorse ? 1 : 0
        let worse = days[index]
        let known = worse.baseline.counts.count
        let direction: PulseDirection =
            known < PulseLimits.baselineDays ? .tooFew : isBad(index) ? .rising : .steady
        return PulseFigure(
            name, unit: .number, value: Fraction(worse.count, 1), count: known, minimum: PulseLimits.baselineDays,
            trend: PulseTrend(
                direction, recent: Fraction(worse.count, 1), before: Fraction(worse.baseline.twiceMedian, 2)),
            slope: series(before: calendar.today, calendar).slope)
    }
}
