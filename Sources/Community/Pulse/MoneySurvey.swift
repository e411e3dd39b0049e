/// Money of one currency, as far as the pulse asks for it.
struct MoneySurvey {
    let currency: Currency
    /// Of all pledges, and of those made in each window.
    private var whole: Sums
    private var windows = [Sums](repeating: Sums(isDense: false), count: 3)

    private struct Sums {
        var pledges = 0
        var pledged: Int128 = 0
        var kept: Int128 = 0
        /// Kept, by named backer, and by the ambassador who is credited.
        var byBacker: PersonTable<Int128>
        var byAmbassador: [PersonNumber: Int128] = [:]

        init(isDense: Bool) { byBacker = PersonTable(blank: 0, isDense: isDense) }

        mutating func add(_ pledge: PulsePledge, isByPerson: Bool = true) {
            pledges += 1
            pledged += Int128(pledge.amount)
            let kept = Int128(pledge.paid) - Int128(pledge.refunded)
            guard kept > 0 else { return }
            self.kept += kept
            guard isByPerson else { return }
            if let backer = pledge.backer { byBacker.update(backer) { $0 += kept } }
            if let ambassador = pledge.ambassador { byAmbassador[ambassador, default: 0] += kept }
        }

        /// Of those backers who have any.
        var ofBackers: [Int128] { byBacker.compactMap { $0 > 0 ? $0 : nil } }
    }

    /// - Parameter isMain: Nearly everybody has given in it.
    init(currency: Currency, isMain: Bool) {
        self.currency = currency
        whole = Sums(isDense: isMain)
    }

    /// Nothing was ever pledged or paid.
    var isEmpty: Bool { whole.pledged == 0 && whole.kept == 0 }

    mutating func add(_ pledge: PulsePledge, window: Int?) {
        whole.add(pledge)
        // The oldest window is only asked what was kept.
        if let window { windows[window].add(pledge, isByPerson: window < 2) }
    }

    func figures() -> [PulseFigure] { [kept, topBackers, topAmbassadors] }

    /// Paid and not refunded, of all that was pledged: the sums of `totals`. The trend leaves the newest window out, whose
    /// pledges are still being paid.
    private var kept: PulseFigure {
        let (recent, before) = (windows[1], windows[2])
        return PulseFigure(
            .kept, currency: currency, value: Fraction(whole.kept, whole.pledged), count: whole.pledges,
            minimum: PulseLimits.cases,
            trend: .shares(
                recent: Fraction(recent.kept, recent.pledged), before: Fraction(before.kept, before.pledged),
                step: PulseLimits.keptStep, isEnough: min(recent.pledges, before.pledges) >= PulseLimits.cases))
    }

    /// What the richest hundredth of the named backers gave, of all that named backers gave: whose the anonymous pledges are,
    /// and how many gave them, nobody knows.
    private var topBackers: PulseFigure {
        func share(_ sums: [Int128]) -> Fraction {
            Self.share(of: (sums.count + 99) / 100, sums, in: sums.reduce(0, +))
        }
        let (all, recent, before) = (whole.ofBackers, windows[0].ofBackers, windows[1].ofBackers)
        return PulseFigure(
            .topBackers, currency: currency, value: share(all), count: all.count, minimum: PulseLimits.backers,
            trend: .shares(
                recent: share(recent), before: share(before), step: PulseLimits.dependenceStep,
                isEnough: min(recent.count, before.count) >= PulseLimits.backers))
    }

    /// What the five with the most credit brought, of all money that was kept: nobody's included.
    private var topAmbassadors: PulseFigure {
        func share(_ sums: Sums) -> Fraction {
            Self.share(of: PulseLimits.strongest, Array(sums.byAmbassador.values), in: sums.kept)
        }
        let fewest = min(windows[0].byAmbassador.count, windows[1].byAmbassador.count)
        return PulseFigure(
            .topAmbassadors, currency: currency, value: share(whole), count: whole.byAmbassador.count,
            minimum: PulseLimits.ambassadors,
            trend: .shares(
                recent: share(windows[0]), before: share(windows[1]), step: PulseLimits.dependenceStep,
                isEnough: fewest >= PulseLimits.ambassadors))
    }

    /// Whoever has equal sums has equal shares, so that no tie needs breaking.
    private static func share(of places: Int, _ sums: [Int128], in whole: Int128) -> Fraction {
        Fraction(sums.sorted(by: >).prefix(places).reduce(0, +), whole)
    }
}
