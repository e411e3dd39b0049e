import Identity

extension Fold {
    /// Rows that differ from what is stored, and what the counts gained by them.
    func collect(_ batch: FoldBatch, into changes: inout FoldChanges) {
        var buckets = [Bool](repeating: false, count: Digest.bucketCount)
        func touch(_ key: Bytes16) { buckets[Int(Digest.bucket(of: key))] = true }
        changes.people.reserveCapacity(batch.people.count)
        batch.people.forEachChanged { entry in
            let change = FoldChanges.Change(row: entry.row, isNew: entry.isNew)
            touch(change.row.id.raw)
            changes.totals.count(entry.stored, sign: -1, isProspect: isProspect)
            changes.totals.count(change.row, sign: 1, isProspect: isProspect)
            changes.people.append(change)
        }
        batch.codes.forEachChanged { entry in
            changes.codes.append(.init(row: entry.row, isNew: entry.isNew))
            touch(entry.row.code.key)
        }
        changes.pledges.reserveCapacity(batch.pledges.count)
        batch.pledges.forEachChanged { entry in
            let change = FoldChanges.Change(row: entry.row, isNew: entry.isNew)
            touch(change.row.id.raw)
            changes.pledges.append(change)
        }
        changes.newClaims = batch.newClaims
        changes.newUnlinks = batch.newUnlinks
        changes.newSuspensions = batch.newSuspensions
        // New rows are among those that differ.
        func touch(person number: PersonNumber) {
            guard !batch.people.isNew(number: number), let person = batch.people[number: number] else { return }
            touch(person.row.id.raw)
        }
        for claim in batch.newClaims { touch(person: claim.person) }
        for unlink in batch.newUnlinks { touch(person: unlink.person) }
        for suspension in batch.newSuspensions { touch(person: suspension.person) }
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
