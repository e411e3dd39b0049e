extension Fold {
    /// Whom the touched pledges credit, and what that changes in tallies and totals.
    func settlePledges(in batch: FoldBatch, changes: inout FoldChanges) throws {
        var tallies: [TallyKey: Tally] = [:]
        for number in batch.stalePledges.sorted() {
            guard let pledge = batch.pledge(number: number) else { continue }
            (pledge.row.firstTouch, pledge.row.lastTouch) = try credits(of: pledge.row, in: batch)
            if let stored = pledge.stored { count(stored, sign: -1, tallies: &tallies, totals: &changes.totals) }
            count(pledge.row, sign: 1, tallies: &tallies, totals: &changes.totals)
        }
        changes.tallies = tallies.filter { $0.value != Tally() }
            .sorted {
                ($0.key.person, $0.key.attribution.rawValue, $0.key.currency)
                    < ($1.key.person, $1.key.attribution.rawValue, $1.key.currency)
            }
            .map { (key: $0.key, change: $0.value) }
    }

    /// Whom a pledge credits, by first-touch and by last-touch.
    private func credits(
        of pledge: PledgeRow, in batch: FoldBatch
    ) throws -> (first: PersonNumber?, last: PersonNumber?) {
        guard let backer = pledge.backer else { return (nil, nil) }
        let person = try batch.person(number: backer)
        guard qualifies(person.row) else { return (nil, nil) }
        if let code = pledge.code {
            let owner = try batch.code(number: code).row.owner
            return (person.row.winner, owner == backer ? nil : owner)
        }
        guard rules.windowDays > 0 else { return (person.row.winner, nil) }
        let opening = pledge.at.addingSaturating(-rules.windowDays * 86_400_000)
        var best: (claim: ClaimRow, owner: PersonNumber)?
        for claim in try batch.claims(of: backer) where claim.place.at > opening && claim.place.at <= pledge.at {
            guard let owner = try batch.code(number: claim.code).row.owner, owner != backer else { continue }
            if let known = best, order.isEarlier(claim.place, than: known.claim.place) { continue }
            best = (claim, owner)
        }
        return (person.row.winner, best?.owner)
    }

    private func count(_ pledge: PledgeRow, sign: Int64, tallies: inout [TallyKey: Tally], totals: inout Totals) {
        let currency = pledge.amount.currency
        let wide = Int128(sign)
        totals.pledges += sign
        if pledge.backer == nil { totals.anonymousPledges += sign }
        var money = Totals.Money()
        money.pledged = wide * Int128(pledge.amount.minor)
        money.paid = wide * Int128(pledge.paid)
        money.refunded = wide * Int128(pledge.refunded)
        if pledge.state == .cancelled || pledge.state == .lapsed { money.cancelled = money.pledged }
        totals.money[currency, default: Totals.Money()] += money
        guard pledge.firstTouch != nil || pledge.lastTouch != nil else { return }
        var change = Tally()
        change.pledges = sign
        change.pledged = wide * Int128(pledge.amount.minor)
        change.paid = wide * Int128(pledge.paid)
        change.refunded = wide * Int128(pledge.refunded)
        change.creditedPledges = pledge.kept > 0 ? sign : 0
        func credit(_ owner: PersonNumber?, by attribution: AttributionKind) {
            guard let owner else { return }
            tallies[TallyKey(person: owner, attribution: attribution, currency: currency), default: Tally()] += change
        }
        credit(pledge.firstTouch, by: .firstTouch)
        credit(pledge.lastTouch, by: .lastTouch)
    }
}
