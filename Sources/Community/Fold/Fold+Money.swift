extension Fold {
    /// Paid, refunded and state of pledges; and whom they make a backer or qualify.
    func settleMoney(in batch: FoldBatch) throws {
        var affected: Set<PersonNumber> = []
        for pledge in batch.staleMoney {
            derive(&pledge.row)
            batch.setStale(pledge)
            if let stored = pledge.stored { try count(stored, sign: -1, affected: &affected, in: batch) }
            try count(pledge.row, sign: 1, affected: &affected, in: batch)
        }
        guard rules.qualifyingMinor > 0 else { return }
        for number in affected.sorted() {
            let person = try batch.person(number: number)
            if qualifies(person.row) != (person.stored.map(qualifies) ?? false) { try batch.touchPledges(by: person) }
        }
    }

    /// Adds a pledge to its backer's counts, or takes it off.
    private func count(
        _ pledge: PledgeRow, sign: Int64, affected: inout Set<PersonNumber>, in batch: FoldBatch
    ) throws {
        guard let backer = pledge.backer else { return }
        let person = try batch.person(number: backer)
        person.row.pledges += sign
        guard rules.qualifyingMinor > 0 else { return }
        person.row.qualifyingPayments += sign * pledge.qualifyingPayments
        affected.insert(backer)
    }

    func qualifies(_ person: PersonRow) -> Bool { rules.qualifyingMinor == 0 || person.qualifyingPayments > 0 }

    /// A backer who does not qualify yet.
    func isProspect(_ person: PersonRow) -> Bool { person.isBacker && !qualifies(person) }

    /// Facts in another currency than the pledge's count as nothing.
    private func derive(_ pledge: inout PledgeRow) {
        var paid: Int64 = 0
        var refunds: Int64 = 0
        var isCancelled = false
        var isLapsed = false
        pledge.qualifyingPayments = 0
        for fact in pledge.money.facts where !fact.isVoid {
            switch fact.kind {
            case .confirm where fact.amount.currency == pledge.amount.currency:
                paid = paid.addingSaturating(fact.amount.minor)
                guard rules.qualifyingMinor > 0 else { break }
                let isQualifying = fact.amount.currency == rules.currency && fact.amount.minor >= rules.qualifyingMinor
                if isQualifying { pledge.qualifyingPayments += 1 }
            case .refund where fact.amount.currency == pledge.amount.currency:
                refunds = refunds.addingSaturating(fact.amount.minor)
            case .cancel: isCancelled = true
            case .lapse: isLapsed = true
            case .confirm, .refund: break
            }
        }
        pledge.paid = paid
        pledge.refunded = min(refunds, paid)
        pledge.flags = PledgeFlags(pledge, refunds: refunds, order: order)
        pledge.state =
            switch (paid > 0, isCancelled, isLapsed) {
            case (true, _, _): pledge.refunded == paid ? .refunded : .paid
            case (false, true, _): .cancelled
            case (false, false, true): .lapsed
            case (false, false, false): .pledged
            }
    }
}

extension Int64 {
    /// Sums of capped amounts reach the limit only by abuse; then they stay there instead of trapping.
    func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
