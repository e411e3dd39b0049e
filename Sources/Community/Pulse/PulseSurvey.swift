/// Gathers what the record says, in any order, and reads the community's pulse from it.
///
/// Sums are of whole numbers, and nothing is ordered by a node's own numbers: the same record gives the same pulse everywhere.
package struct PulseSurvey {
    package let calendar: PulseCalendar
    private let base: Currency
    private var monies: [MoneySurvey] = []
    private var places: [Currency: Int] = [:]
    private var lastPlace = 0
    private var backers = PersonTable(blank: PulseBacker(), isDense: true)
    private var conduct = ConductSurvey()
    private var growth = GrowthSurvey()
    private var voice = VoiceSurvey()

    /// - Parameter base: The community's currency, which comes first, and even where nothing was given in it.
    package init(calendar: PulseCalendar, base: Currency) {
        self.calendar = calendar
        self.base = base
        _ = place(of: base)
    }

    private mutating func place(of currency: Currency) -> Int {
        // Nearly always the same as before.
        if lastPlace < monies.count, monies[lastPlace].currency == currency { return lastPlace }
        lastPlace = places[currency] ?? monies.count
        if lastPlace == monies.count {
            monies.append(MoneySurvey(currency: currency, isMain: currency == base))
            places[currency] = lastPlace
        }
        return lastPlace
    }

    package mutating func add(_ pledge: PulsePledge) {
        let day = pledge.at == 0 ? nil : UTCDay.of(pledge.at)
        let window = day.flatMap { calendar.window(of: $0) }
        monies[place(of: pledge.currency)].add(pledge, window: window)
        conduct.add(pledge, window: window)
        guard let backer = pledge.backer else { return }
        backers.update(backer) { $0.add(pledge, day: day.flatMap { $0 <= calendar.today ? $0 : nil }, window: window) }
    }

    /// - Parameter since: When they became an ambassador, Unix milliseconds; nil where nobody said so.
    package mutating func add(ambassador: PersonNumber, since: Int64?) { growth.ambassadors[ambassador] = .some(since) }

    package mutating func add(_ person: PulsePerson) { growth.brought.append(person) }

    package mutating func add(_ feedback: PulseFeedback) { voice.add(feedback) }

    /// - Parameter day: On which it was recorded.
    package mutating func add(_ reversal: PulseReversal, day: Int64) {
        conduct.reversals[day, default: .init()].add(reversal)
    }

    /// In the order in which they are shown: the base currency before the others, those by code.
    package func figures() -> [PulseFigure] {
        let others = monies.filter { $0.currency != base && !$0.isEmpty }.sorted { $0.currency < $1.currency }
        let money = (monies.filter { $0.currency == base } + others).map { $0.figures() }
        return money.flatMap { $0 } + conduct.figures(calendar, backers) + growth.figures(calendar, backers)
            + voice.figures(calendar)
    }
}
