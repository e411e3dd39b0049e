import Identity

extension Fold {
    /// Rows that differ from what is stored, and what the counts gained by them.
    func collect(_ batch: FoldBatch, into changes: inout FoldChanges) {
        var buckets = [Bool](repeating: false, count: Digest.bucketCount)
        func touch(_ key: Bytes16) { buckets[Int(Digest.bucket(of: key))] = true }
        for entry in batch.people.changed {
            changes.people.append(.init(row: entry.row, isNew: entry.isNew))
            touch(entry.row.id.raw)
            changes.totals.count(entry.stored, sign: -1, isProspect: isProspect)
            changes.totals.count(entry.row, sign: 1, isProspect: isProspect)
        }
        for entry in batch.codes.changed {
            changes.codes.append(.init(row: entry.row, isNew: entry.isNew))
            touch(entry.row.code.key)
        }
        changes.pledges.reserveCapacity(batch.pledges.count)
        for entry in batch.pledges.changed {
            changes.pledges.append(.init(row: entry.row, isNew: entry.isNew))
            touch(entry.row.id.raw)
        }
        changes.newClaims = batch.newClaims
        changes.newUnlinks = batch.newUnlinks
        changes.newSuspensions = batch.newSuspensions
        let stated = batch.newClaims.map(\.person) + batch.newUnlinks.map(\.person)
        for number in stated + batch.newSuspensions.map(\.person) {
            if let person = batch.people[number: number] { touch(person.row.id.raw) }
        }
        changes.overtaken = batch.overtaken.sorted {
            ($0.pledge, $0.stamp.log, $0.stamp.position) < ($1.pledge, $1.stamp.log, $1.stamp.position)
        }
        for voice in batch.voices { touch(voice.id.raw) }
        changes.buckets = buckets.indices.filter { buckets[$0] }.map { UInt16($0) }
        changes.skipped = batch.skipped
        changes.told = batch.told
        changes.overtakenRegistrations = batch.overtakenRegistrations
        changes.voices = batch.voices
        changes.toldVoices = batch.toldVoices
    }
}

extension Totals {
    fileprivate mutating func count(_ person: PersonRow?, sign: Int64, isProspect: (PersonRow) -> Bool) {
        guard let person else { return }
        if isProspect(person) { prospects += sign }
        if person.isBacker { backers += sign }
        if person.winner != nil { attributedBackers += sign }
    }
}
