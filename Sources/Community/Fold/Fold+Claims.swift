import AuthorLog

extension Fold {
    /// A person's claims, each as the rule sees it.
    struct Judged {
        var claims: [ClaimRow]
        var candidates: [ClaimRule.Candidate]
        var winner: (claim: ClaimRow, owner: PersonNumber)?

        var hasSaid: Bool { candidates.contains { !$0.evidence.isJoined } }
    }

    func judge(_ person: FoldEntry<PersonRow>, in batch: FoldBatch) throws -> Judged {
        let claims = try batch.claims(of: person.row.number)
        let invited = ClaimRule.Invited(witnesses: person.row.witnesses, unlinks: try batch.unlinks(of: person))
        var payments: [Int64]?
        let candidates = try claims.map { claim in
            try ClaimRule.Candidate(claim, by: try owner(of: claim.code, in: batch), of: invited, order: order) {
                let known = try payments ?? confirmations(by: person, in: batch)
                payments = known
                return known
            }
        }
        var judged = Judged(claims: claims, candidates: candidates)
        if let index = ClaimRule.winner(among: candidates, of: person.row.number, order: order),
            let owner = candidates[index].owner
        {
            judged.winner = (claims[index], owner)
        }
        return judged
    }

    private func owner(of code: CodeNumber, in batch: FoldBatch) throws -> ClaimRule.Owner? {
        guard let number = try batch.code(number: code).row.owner else { return nil }
        let owner = try batch.person(number: number)
        return ClaimRule.Owner(number: number, id: owner.row.id, suspensions: try batch.suspensions(of: owner))
    }

    /// When payments of somebody's were confirmed that count, by the headers, Unix milliseconds.
    private func confirmations(by person: FoldEntry<PersonRow>, in batch: FoldBatch) throws -> [Int64] {
        try batch.pledges(by: person).flatMap { pledge in
            try batch.money(of: pledge.row.number).entries.lazy.map(\.row)
                .filter { $0.kind == .confirm && !$0.isVoid && $0.amount.currency == pledge.row.amount.currency }
                .map { Int64(clamping: $0.stamp.time.milliseconds) }
        }
    }

    /// Suspended ambassadors, and those who are so no more: all whom they brought are looked at again.
    func settleSuspensions(in batch: FoldBatch) throws {
        let people = batch.staleSuspensions.sorted()
        guard !people.isEmpty else { return }
        let owned = try batch.codes(ownedBy: people)
        for number in people {
            let person = try batch.person(number: number)
            person.row.isSuspended = try batch.suspensions(of: person).isSuspended(order: order)
            for code in owned[number] ?? [] {
                _ = try batch.code(number: code.number)
                try batch.touchPledges(carrying: code.number)
                for claimant in try batch.claimants(of: code.number) {
                    _ = try batch.person(number: claimant)
                    try batch.touchPledges(by: claimant)
                    batch.stalePeople.insert(claimant)
                }
            }
        }
    }

    /// Payments bear out what codes' owners say: whoever has such claims is looked at again.
    func settleEvidence(in batch: FoldBatch) throws {
        for number in batch.staleMoney {
            guard let pledge = batch.pledge(number: number) else { continue }
            for case let backer? in [pledge.stored?.backer, pledge.row.backer] {
                if try batch.person(number: backer).row.hasSaidClaims { batch.stalePeople.insert(backer) }
            }
        }
    }
}
