extension Fold {
    /// Whom the touched pledges credit, and what that changes in tallies and totals.
    func settlePledges(in batch: FoldBatch, changes: inout FoldChanges) throws {
        var tallies: [TallyKey: Tally] = [:]
        for pledge in batch.stalePledges {
            let credit = try credits(of: pledge.row, in: batch)
            (pledge.row.firstTouch, pledge.row.firstShare) = (credit.first.owner, credit.first.share)
            (pledge.row.lastTouch, pledge.row.lastShare) = (credit.last.owner, credit.last.share)
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

    private struct Credit {
        var owner: PersonNumber?
        var share: Share
    }

    /// Whom a pledge credits, by first-touch and by last-touch.
    private func credits(of pledge: PledgeRow, in batch: FoldBatch) throws -> (first: Credit, last: Credit) {
        let carried = try pledge.code.map { try batch.code(number: $0).row }
        let nobodys: Share = carried != nil && carried?.owner == nil ? .unknown : .organic
        guard let backer = pledge.backer else {
            return (Credit(owner: nil, share: nobodys), Credit(owner: nil, share: nobodys))
        }
        let person = try batch.person(number: backer)
        let isQualified = qualifies(person.row)
        func credit(_ owner: PersonNumber?) throws -> Credit {
            guard let owner else { return Credit(owner: nil, share: nobodys) }
            let ambassador = try batch.person(number: owner)
            if try batch.suspensions(of: ambassador).isSuspended(at: pledge.at, order: order) {
                return Credit(owner: nil, share: .suspended)
            }
            return isQualified ? Credit(owner: owner, share: .credited) : Credit(owner: nil, share: .prospect)
        }
        let last: PersonNumber? =
            if let carried {
                carried.owner == backer ? nil : carried.owner
            } else {
                try windowOwner(of: pledge, by: backer, in: batch)
            }
        return (try credit(person.row.winner), try credit(last))
    }

    /// Of the backer's counting claims within the window before the pledge the owner of the one of highest place.
    private func windowOwner(
        of pledge: PledgeRow, by backer: PersonNumber, in batch: FoldBatch
    ) throws -> PersonNumber? {
        guard rules.windowDays > 0 else { return nil }
        let judged = try judge(try batch.person(number: backer), in: batch)
        guard judged.winner != nil else { return nil }
        let opening = pledge.at.addingSaturating(-rules.windowDays * 86_400_000)
        let verdicts = ClaimRule.verdicts(on: judged.candidates, of: backer, order: order)
        var best: ClaimRule.Candidate?
        for (candidate, verdict) in zip(judged.candidates, verdicts) where verdict.counts {
            guard candidate.place.at > opening && candidate.place.at <= pledge.at else { continue }
            if let known = best, order.isEarlier(candidate.place, than: known.place) { continue }
            best = candidate
        }
        return best?.owner
    }

    private func count(_ pledge: PledgeRow, sign: Int64, tallies: inout [TallyKey: Tally], totals: inout Totals) {
        let currency = pledge.amount.currency
        let wide = Int128(sign)
        totals.pledges += sign
        if pledge.backer == nil { totals.anonymousPledges += sign }
        if !pledge.flags.isEmpty { totals.flaggedPledges += sign }
        var money = Totals.Money()
        money.pledged = wide * Int128(pledge.amount.minor)
        money.paid = wide * Int128(pledge.paid)
        money.refunded = wide * Int128(pledge.refunded)
        if pledge.state == .cancelled || pledge.state == .lapsed { money.cancelled = money.pledged }
        totals.money[currency, default: Totals.Money()] += money
        var change = Tally()
        change.pledges = sign
        change.pledged = wide * Int128(pledge.amount.minor)
        change.paid = wide * Int128(pledge.paid)
        change.refunded = wide * Int128(pledge.refunded)
        change.creditedPledges = pledge.kept > 0 ? sign : 0
        func credit(_ owner: PersonNumber?, _ share: Share, by attribution: AttributionKind) {
            guard let owner else {
                let key = ShareKey(attribution: attribution, share: share, currency: currency)
                totals.shares[key, default: Tally()] += change
                return
            }
            tallies[TallyKey(person: owner, attribution: attribution, currency: currency), default: Tally()] += change
        }
        credit(pledge.firstTouch, pledge.firstShare, by: .firstTouch)
        credit(pledge.lastTouch, pledge.lastShare, by: .lastTouch)
    }
}
