/// Money of one currency, as far as the pulse asks for it.
struct MoneySurvey {
    let currency: Currency
    /// Of all pledges, and of those made in each window.
    private var whole = Sums()
    private var windows = [Sums](repeating: Sums(), count: 3)

    private struct Sums {
        var pledges = 0
        var pledged: Int128 = 0
        var kept: Int128 = 0
        /// Kept, by named backer, and by the ambassador who is credited; only where it is more than 0.
        var byBacker: [PersonNumber: Int128] = [:]
        var byAmbassador: [PersonNumber: Int128] = [:]

        mutating func add(_ pledge: PulsePledge, isByPerson: Bool = true) {
            pledges += 1
            pledged += Int128(pledge.amount)
            let kept = Int128(pledge.paid) - Int128(pledge.refunded)
            guard kept > 0 else { return }
            self.kept += kept
            guard isByPerson else { return }
            if let backer = pledge.backer { byBacker[backer, default: 0] += kept }
            if let ambassador = pledge.ambassador { byAmbassador[ambassador, default: 0] += kept }
        }
    }

    init(currency: Currency) { self.currency = currency }

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
                isEnough: min(recent.pledges, before.pledges) >= PulseLimits.cases))
    }

    /// What the richest hundredth of the named backers gave, of all that named backers gave: whose the anonymous pledges are,
    /// and how many gave them, nobody knows.
    private var topBackers: PulseFigure {
        func share(_ sums: Sums) -> Fraction {
            Self.share(of: (sums.byBacker.count + 99) / 100, sums.byBacker, in: sums.byBacker.values.reduce(0, +))
        }
        let fewest = min(windows[0].byBacker.count, windows[1].byBacker.count)
        return PulseFigure(
            .topBackers, currency: currency, value: share(whole), count: whole.byBacker.count,
            minimum: PulseLimits.backers,
            trend: .shares(
                recent: share(windows[0]), before: share(windows[1]), isEnough: fewest >= PulseLimits.backers))
    }

    /// What the five with the most credit brought, of all money that was kept: nobody's included.
    private var topAmbassadors: PulseFigure {
        func share(_ sums: Sums) -> Fraction {
            Self.share(of: PulseLimits.strongest, sums.byAmbassador, in: sums.kept)
        }
        let fewest = min(windows[0].byAmbassador.count, windows[1].byAmbassador.count)
        return PulseFigure(
            .topAmbassadors, currency: currency, value: share(whole), count: whole.byAmbassador.count,
            minimum: PulseLimits.ambassadors,
            trend: .shares(
                recent: share(windows[0]), before: share(windows[1]), isEnough: fewest >= PulseLimits.ambassadors))
    }

    /// Whoever has equal sums has equal shares, so that no tie needs breaking.
    private static func share(of places: Int, _ sums: [PersonNumber: Int128], in whole: Int128) -> Fraction {
        Fraction(sums.values.sorted(by: >).prefix(places).reduce(0, +), whole)
    }
}
