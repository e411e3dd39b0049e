extension Fold {
    /// Of the claims that count the one of lowest place.
    func winningClaim(
        of person: FoldEntry<PersonRow>, in batch: FoldBatch
    ) throws -> (claim: ClaimRow, owner: PersonNumber)? {
        let claims = try batch.claims(of: person.row.number)
        let candidates = try claims.map {
            ClaimRule.Candidate(place: $0.place, owner: try batch.code(number: $0.code).row.owner)
        }
        guard let index = ClaimRule.winner(among: candidates, of: person.row.number, order: order),
            let owner = candidates[index].owner
        else { return nil }
        return (claims[index], owner)
    }

    /// Codes whose owner changed: everybody who claims or carries them is looked at again.
    func settleCodes(in batch: FoldBatch) throws {
        for number in batch.staleCodes.sorted() {
            guard let entry = batch.codes[number] else { continue }
            if let owner = entry.row.owner { batch.staleOwners.insert(owner) }
            guard entry.row.owner != entry.stored?.owner else { continue }
            if let former = entry.stored?.owner { batch.staleOwners.insert(former) }
            batch.stalePeople.formUnion(try batch.claimants(of: number))
            try batch.touchPledges(carrying: number)
        }
    }

    /// Winning claims of those whose claims, or whose claims' codes, changed.
    mutating func settlePeople(in batch: FoldBatch) throws {
        for number in batch.stalePeople.sorted() {
            let person = try batch.person(number: number)
            let winning = try winningClaim(of: person, in: batch)
            forest.moved(number, to: winning?.owner, edge: winning?.claim.place)
            if rules.windowDays > 0 { try batch.touchPledges(by: number) }
            guard winning?.owner != person.row.winner else { continue }
            if let former = person.row.winner { forest.brought(by: former, change: -1) }
            if let owner = winning?.owner { forest.brought(by: owner, change: 1) }
            person.row.winner = winning?.owner
            try batch.touchPledges(by: number)
        }
    }
}
