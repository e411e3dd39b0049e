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
            daily(\.total).worstDay(.reversals, calendar), returning(calendar, backers),
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
            slope: daily { $0[keyPath: reversed] }.series(before: calendar.today, calendar).slope)
    }

    private func daily(_ count: (Reversals) -> Int) -> DailyCounts { DailyCounts(counts: reversals.mapValues(count)) }

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
