/// What people did with their pledges, whatever the currency: withdrew them, had them back, came again.
struct ConductSurvey {
    struct Reversals {
        var refunds = 0
        var cancellations = 0
        var total: Int { refunds + cancellations }

        mutating func add(_ reversal: PulseReversal) {
            switch reversal {
            case .refund: refunds += 1
            case .cancellation: cancellations += 1
            }
        }
    }

    private struct Counts {
        var pledges = 0
        var paid = 0
        var refunded = 0
        var cancelled = 0

        mutating func add(_ pledge: PulsePledge) {
            pledges += 1
            if pledge.paid > 0 { paid += 1 }
            if pledge.refunded > 0 { refunded += 1 }
            if pledge.state == .cancelled { cancelled += 1 }
        }
    }

    private var whole = Counts()
    private var windows = [Counts](repeating: Counts(), count: 3)
    /// By the day on which they were recorded.
    var reversals: [Int64: Reversals] = [:]

    mutating func add(_ pledge: PulsePledge, window: Int?) {
        whole.add(pledge)
        if let window { windows[window].add(pledge) }
    }

    func figures(_ calendar: PulseCalendar, _ backers: PersonTable<PulseBacker>) -> [PulseFigure] {
        [
            rate(.refundRate, of: \.refunded, in: \.paid, reversed: \.refunds, calendar),
            rate(.cancelRate, of: \.cancelled, in: \.pledges, reversed: \.cancellations, calendar),
            badDays(calendar), returning(calendar, backers),
        ]
    }

    // MARK: Refunds and cancellations

    /// The whole record's rate; its trend is what was recorded in a window, against the pledges made in it.
    private func rate(
        _ name: PulseFigure.Name, of hits: KeyPath<Counts, Int>, in all: KeyPath<Counts, Int>,
        reversed: KeyPath<Reversals, Int>, _ calendar: PulseCalendar
    ) -> PulseFigure {
        var events = [0, 0, 0]
        for (day, reversal) in reversals {
            if let window = calendar.window(of: day) { events[window] += reversal[keyPath: reversed] }
        }
        let (count, total) = (whole[keyPath: hits], whole[keyPath: all])
        return PulseFigure(
            name, value: Fraction(count, total), interval: .wilson(successes: count, of: total), count: total,
            minimum: PulseLimits.cases,
            trend: .events(
                recent: (events[0], windows[0][keyPath: all]), before: (events[1], windows[1][keyPath: all]),
                isKnown: calendar.daysOnRecord >= 2 * PulseLimits.windowDays),
            slope: series(before: calendar.today, calendar) { $0[keyPath: reversed] }.slope)
    }

    /// The counts of the window's days before `day`, as far back as the record goes.
    private func series(
        before day: Int64, _ calendar: PulseCalendar, _ count: (Reversals) -> Int = \.total
    ) -> DaySeries {
        let first = max(calendar.firstDay, day - PulseLimits.windowDays)
        return DaySeries((first..<max(first, day)).map { reversals[$0].map(count) ?? 0 })
    }

    /// Cancellations and refunds of the worse of the last two days, each against the median of the days before it. Today may not be
    /// over, but its number only grows.
    private func badDays(_ calendar: PulseCalendar) -> PulseFigure {
        let days = [calendar.today, calendar.today - 1].map { day in
            (count: reversals[day]?.total ?? 0, baseline: series(before: day, calendar))
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
            .reversals, unit: .number, value: Fraction(worse.count, 1), count: known,
            minimum: PulseLimits.baselineDays,
            trend: PulseTrend(
                direction, recent: Fraction(worse.count, 1), before: Fraction(worse.baseline.twiceMedian, 2)),
            slope: series(before: calendar.today, calendar).slope)
    }

    // MARK: Coming again

    /// Of those who first gave a window ago or earlier, who gave again a window later or more. The trend: who of a window's
    /// backers gave again in the next one.
    private func returning(_ calendar: PulseCalendar, _ backers: PersonTable<PulseBacker>) -> PulseFigure {
        var (due, came) = (0, 0)
        var windows = [(of: 0, came: 0), (of: 0, came: 0)]
        backers.forEach { backer in
            guard let visits = backer.visits else { return }
            if calendar.today - visits.first >= PulseLimits.windowDays {
                due += 1
                if visits.last - visits.first >= PulseLimits.windowDays { came += 1 }
            }
            for index in windows.indices where backer.wasThere(in: index + 1) {
                windows[index].of += 1
                if backer.wasThere(in: index) { windows[index].came += 1 }
            }
        }
        return PulseFigure(
            .returningBackers, value: Fraction(came, due), interval: .wilson(successes: came, of: due), count: due,
            minimum: PulseLimits.cases,
            trend: .rates(
                recent: (windows[0].came, windows[0].of), before: (windows[1].came, windows[1].of)))
    }
}
