extension Fold {
    /// Codes whose owner changed: everybody who claims or carries them is looked at again.
    func settleCodes(in batch: FoldBatch) throws {
        for entry in batch.staleCodes {
            if let owner = entry.row.owner { batch.staleOwners.insert(owner) }
            guard entry.row.owner != entry.stored?.owner else { continue }
            if let former = entry.stored?.owner { batch.staleOwners.insert(former) }
            for claimant in try batch.claimants(of: entry) { batch.setStale(try batch.person(number: claimant)) }
            try batch.touchPledges(carrying: entry)
        }
    }

    /// Winning claims of those whose claims, or whose claims' codes, changed.
    mutating func settlePeople(in batch: FoldBatch) throws {
        for person in batch.stalePeople {
            let judged = try judge(person, in: batch)
            let winning = judged.winner
            person.row.hasSaidClaims = judged.hasSaid
            person.row.winningClaim = winning.map { ClaimID(log: $0.place.log, position: $0.place.position) }
            forest.moved(person.row.number, to: winning?.owner, edge: winning?.place)
            if rules.windowDays > 0 { try batch.touchPledges(by: person) }
            guard winning?.owner != person.row.winner else { continue }
            if let former = person.row.winner { forest.brought(by: former, change: -1) }
            if let owner = winning?.owner { forest.brought(by: owner, change: 1) }
            person.row.winner = winning?.owner
            try batch.touchPledges(by: person)
        }
    }

    /// Where the claim stands that brought somebody.
    func edge(of person: FoldEntry<PersonRow>, in batch: FoldBatch) throws -> Place? {
        guard let id = person.row.winningClaim else { return nil }
        return try batch.claims(of: person).lazy.map(\.place)
            .first { $0.log == id.log && $0.position == id.position }
    }
}
