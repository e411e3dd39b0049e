extension Fold {
    /// Who owns a code now, how it is shown, and where they are in the tree.
    mutating func settleAmbassadors(in batch: FoldBatch, changes: inout FoldChanges) throws {
        let owners = batch.staleOwners.sorted()
        let owned = try batch.codes(ownedBy: owners)
        var shown: [PersonNumber: String] = [:]
        for number in owners {
            let codes = owned[number] ?? []
            let isKnown = forest[number] != nil
            guard let code = shownCode(among: codes, of: number) else {
                if isKnown {
                    forest.remove(number)
                    changes.formerAmbassadors.append(number)
                    changes.totals.ambassadors -= 1
                }
                continue
            }
            shown[number] = code
            guard !isKnown else { continue }
            let person = try batch.person(number: number)
            let edge = try edge(of: person, in: batch)
            let brought = try brought(by: codes, owner: number, in: batch)
            forest.insert(number, parent: person.row.winner, edge: edge, brought: brought)
            changes.totals.ambassadors += 1
        }
        let moved = forest.settle(order: order)
        for number in Set(moved).union(shown.keys).sorted() {
            guard let node = forest[number] else { continue }
            let isNewPerson = try batch.person(number: number).isNew
            let stored = isNewPerson ? nil : try batch.store.ambassador(number)
            var row = AmbassadorRow(person: number, shownCode: shown[number] ?? stored?.shownCode ?? "")
            row.brought = node.brought
            row.reach = node.reach
            row.depth = node.depth
            row.isCut = node.isCut
            if row != stored { changes.ambassadors.append(.init(row: row, isNew: stored == nil)) }
        }
    }

    /// Persons that the codes of a new owner brought: those whose winning claim is on one of them.
    private func brought(
        by codes: [CodeRow], owner: PersonNumber, in batch: FoldBatch
    ) throws -> Int64 {
        var people: Set<PersonNumber> = []
        for code in codes { people.formUnion(try batch.claimants(of: batch.code(number: code.number))) }
        return try people.reduce(into: 0) { if try batch.person(number: $1).row.winner == owner { $0 += 1 } }
    }

    /// The code that the owner registered at the lowest place, as written, else the own one of lowest text.
    private func shownCode(among codes: [CodeRow], of owner: PersonNumber) -> String? {
        var best: CodeRow?
        for code in codes where code.registrant == owner {
            guard let place = code.registeredAt else { continue }
            if let known = best?.registeredAt, !order.isEarlier(place, than: known) { continue }
            best = code
        }
        return best?.written ?? codes.map(\.code).min()?.text
    }
}
