import AuthorLog

extension Fold {
    /// A person's claims, each as the rule sees it.
    struct Judged {
        var candidates: [ClaimRule.Candidate] = []
        /// Of the candidates.
        var winnerIndex: Int?

        /// Owner of the winning claim's code, and where that claim stands.
        var winner: (owner: PersonNumber, place: Place)? {
            guard let winner = winnerIndex.map({ candidates[$0] }), let owner = winner.owner else { return nil }
            return (owner, winner.place)
        }

        var hasSaid: Bool { candidates.contains { !$0.evidence.isJoined } }
    }

    /// Once a batch, when all is merged.
    func judge(_ person: FoldEntry<PersonRow>, in batch: FoldBatch) throws -> Judged {
        if let known = person.notes.judged { return known }
        let judged = try judgeAnew(person, in: batch)
        person.notes.judged = judged
        return judged
    }

    private func judgeAnew(_ person: FoldEntry<PersonRow>, in batch: FoldBatch) throws -> Judged {
        let claims = try batch.claims(of: person)
        guard !claims.isEmpty else { return Judged() }
        let invited = ClaimRule.Invited(witnesses: person.row.witnesses, unlinks: try batch.unlinks(of: person))
        var payments: [Int64]?
        let candidates = try claims.map { claim in
            try ClaimRule.Candidate(claim, by: try owner(of: claim.code, in: batch), of: invited, order: order) {
                let known = try payments ?? confirmations(by: person, in: batch)
                payments = known
                return known
            }
        }
        let winner = ClaimRule.winner(among: candidates, of: person.row.number, order: order)
        return Judged(candidates: candidates, winnerIndex: winner)
    }

    private func owner(of code: CodeNumber, in batch: FoldBatch) throws -> ClaimRule.Owner? {
        guard let number = try batch.code(number: code).row.owner else { return nil }
        let owner = try batch.person(number: number)
        return ClaimRule.Owner(number: number, id: owner.row.id, suspensions: try batch.suspensions(of: owner))
    }

    /// When payments of somebody's were confirmed that count, by the headers, Unix milliseconds.
    private func confirmations(by person: FoldEntry<PersonRow>, in batch: FoldBatch) throws -> [Int64] {
        try batch.pledges(by: person).flatMap { $0.row.money.confirmations(in: $0.row.amount.currency) }
    }

    /// Suspended ambassadors, and those who are so no more: all whom they brought are looked at again.
    func settleSuspensions(in batch: FoldBatch) throws {
        let people = batch.staleSuspensions.sorted()
        guard !people.isEmpty else { return }
        let owned = try batch.codes(ownedBy: people)
        for number in people {
            let person = try batch.person(number: number)
            person.row.isSuspended = try batch.suspensions(of: person).isSuspended(order: order)
            for row in owned[number] ?? [] {
                let code = try batch.code(number: row.number)
                try batch.touchPledges(carrying: code)
                for claimant in try batch.claimants(of: code) {
                    let person = try batch.person(number: claimant)
                    try batch.touchPledges(by: person)
                    batch.setStale(person)
                }
            }
        }
    }

    /// Payments bear out what codes' owners say: whoever has such claims is looked at again.
    func settleEvidence(in batch: FoldBatch) throws {
        for pledge in batch.staleMoney {
            if let backer = pledge.stored?.backer { try settleEvidence(of: backer, in: batch) }
            if let backer = pledge.row.backer { try settleEvidence(of: backer, in: batch) }
        }
    }

    private func settleEvidence(of backer: PersonNumber, in batch: FoldBatch) throws {
        // Of whoever is new nothing is judged yet.
        guard !batch.people.isNew(number: backer) else { return }
        let person = try batch.person(number: backer)
        if person.row.hasSaidClaims { batch.setStale(person) }
    }
}
