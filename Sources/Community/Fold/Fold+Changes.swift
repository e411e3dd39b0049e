import Identity

extension Fold {
    /// Rows that differ from what is stored, and what the counts gained by them.
    func collect(_ batch: FoldBatch<some FoldStore>, into changes: inout FoldChanges) {
        var buckets: Set<UInt16> = []
        for number in batch.people.keys.sorted() {
            guard let entry = batch.people[number], entry.stored != entry.row else { continue }
            changes.people.append(.init(row: entry.row, isNew: entry.stored == nil))
            buckets.insert(Digest.bucket(of: entry.row.id.raw))
            for (row, sign) in [(entry.stored, Int64(-1)), (entry.row, 1)] {
                if row?.isBacker == true { changes.totals.backers += sign }
                if row?.winner != nil { changes.totals.attributedBackers += sign }
            }
        }
        for number in batch.codes.keys.sorted() {
            guard let entry = batch.codes[number], entry.stored != entry.row else { continue }
            changes.codes.append(.init(row: entry.row, isNew: entry.stored == nil))
            buckets.insert(Digest.bucket(of: entry.row.code.key))
        }
        for number in batch.pledges.keys.sorted() {
            guard let entry = batch.pledges[number], entry.stored != entry.row else { continue }
            changes.pledges.append(.init(row: entry.row, isNew: entry.stored == nil))
            buckets.insert(Digest.bucket(of: entry.row.id.raw))
        }
        changes.newClaims = batch.newClaims
        for claim in batch.newClaims {
            if let person = batch.people[claim.person] { buckets.insert(Digest.bucket(of: person.row.id.raw)) }
        }
        changes.money = batch.changedMoney()
        for change in changes.money {
            if let pledge = batch.pledges[change.row.pledge] { buckets.insert(Digest.bucket(of: pledge.row.id.raw)) }
        }
        changes.buckets = buckets.sorted()
        changes.skipped = batch.skipped
        changes.told = batch.told
    }
}
