import AuthorLog
import Identity

extension Fold {
    /// Merges one operation, or skips it whole.
    func merge(_ operation: FoldOperation, stamp: Stamp, right: Right, into batch: FoldBatch) throws {
        func skip(_ reason: Skipped.Reason) {
            batch.skipped.append(Skipped(log: stamp.log, position: stamp.position, reason: reason))
        }
        switch operation {
        case .present: try mergeMember(right, into: batch)
        case .record(let record, let told):
            guard Permission.allows(record, under: right, pseudonyms: rules.pseudonyms) else {
                return skip(.notPermitted)
            }
            try merge(record, stamp: stamp, right: right, into: batch)
            if let told { try pass(on: told, of: record, stamp: stamp, right: right, in: batch) }
        case .voice(let voice, let told): merge(voice, told: told, stamp: stamp, right: right, into: batch)
        case .malformed(let error): skip(.malformed(error))
        case .unknownKind: skip(.unknownKind)
        case .authority: break
        }
    }

    /// The private part is not read here: it decides nothing. Only whom and what it is about is told with it.
    private func pass(
        on told: ToldRecord, of record: Record, stamp: Stamp, right: Right, in batch: FoldBatch
    ) throws {
        var part = Told(source: record.source, told: told, stamp: stamp, isSteward: right.role == .steward)
        if let id = record.person {
            let person = try batch.person(id)
            part.person = person.row.number
            // An id has one external id that it is the hash of.
            if person.notes.isNamed { part.told.externalID = "" }
            person.notes.isNamed = person.notes.isNamed || !told.externalID.isEmpty
        }
        if !told.pledgeExternalID.isEmpty, let id = record.paidPledge {
            part.pledge = try batch.pledge(id, currency: rules.currency).row.number
        }
        if !part.told.isEmpty { batch.told.append(part) }
    }

    /// A member whose right is that of an ambassador has an own code, and thereby is one.
    private func mergeMember(_ right: Right, into batch: FoldBatch) throws {
        guard Fact.memberCode.roles.contains(right.role) else { return }
        let person = try batch.person(person(of: right, in: batch))
        person.row.memberID = person.row.memberID.map { min($0, right.memberID) } ?? right.memberID
        try claimOwnCode(of: right.memberID.raw, for: person, in: batch)
    }

    private func merge(
        _ record: Record, stamp: Stamp, right: Right, into batch: FoldBatch
    ) throws {
        let person = try record.person.map { try batch.person($0) }
        if let person {
            if let joined = record.joined {
                mergeJoined(joined, stamp: stamp, person: person)
                let place = place(at: joined.at, stamp: stamp, right: right, isImported: record.isImported)
                witness(person, place: place, stamp: stamp, right: right, in: batch)
            }
            if let claim = record.claim {
                let place = place(at: claim.at, stamp: stamp, right: right, isImported: record.isImported)
                let code = try batch.code(claim.code)
                try batch.add(
                    ClaimRow(
                        person: person.row.number, code: code.row.number, place: place,
                        recorder: record.isImported ? nil : recorder(right, in: batch)), of: person, on: code)
            }
            if let unlink = record.unlink {
                let place = place(at: unlink.at, stamp: stamp, right: right, isImported: record.isImported)
                let member = right.role == .steward ? nil : right.memberID
                try batch.add(UnlinkRow(person: person.row.number, place: place, member: member), of: person)
            }
            if let suspension = record.suspension {
                let place = place(at: nil, stamp: stamp, right: right, isImported: record.isImported)
                let row = SuspensionRow(person: person.row.number, place: place, isLifted: suspension == .lifted)
                try batch.add(row, of: person)
            }
            if record.ownCode, !person.row.hasOwnCode {
                person.row.hasOwnCode = true
                try claimOwnCode(of: person.row.id.raw, for: person, in: batch)
            }
            if let registration = record.registration {
                let place = place(at: registration.at, stamp: stamp, right: right, isImported: record.isImported)
                try merge(registration, place: place, person: person, into: batch)
            }
        }
        if let pledge = record.pledge {
            try merge(pledge, stamp: stamp, backer: person, into: batch)
            if pledge.backer == .person, let person {
                let at = pledge.at == 0 ? nil : pledge.at
                let place = place(at: at, stamp: stamp, right: right, isImported: record.isImported)
                witness(person, place: place, stamp: stamp, right: right, in: batch)
            }
        }
        if let id = record.paidPledge, !record.money.isEmpty {
            let pledge = try batch.pledge(id, currency: rules.currency)
            for fact in record.money {
                merge(fact, isImported: record.isImported, stamp: stamp, pledge: pledge, into: batch)
            }
        }
    }

    /// A record that has the person join or pledge, whatever is written over it later. What is dated ahead of its header counts
    /// as of the header.
    private func witness(
        _ person: FoldEntry<PersonRow>, place: Place, stamp: Stamp, right: Right, in batch: FoldBatch
    ) {
        person.row.witnesses.add(right.memberID, at: min(place.at, Int64(clamping: stamp.time.milliseconds)))
        if person.row.hasSaidClaims { batch.setStale(person) }
    }

    private func recorder(_ right: Right, in batch: FoldBatch) -> Recorder {
        Recorder(member: right.memberID, person: person(of: right, in: batch))
    }

    private func person(of right: Right, in batch: FoldBatch) -> PersonID {
        right.person ?? batch.ownPerson(of: right.memberID, rules.pseudonyms)
    }

    private func mergeJoined(_ joined: Record.Joined, stamp: Stamp, person: FoldEntry<PersonRow>) {
        if let known = person.row.joinedStamp, !order.isEarlier(known, than: stamp) { return }
        person.row.joinedStamp = stamp
        person.row.joinedAt = joined.at ?? Int64(clamping: stamp.time.milliseconds)
    }

    private func merge(
        _ registration: Record.Registration, place: Place, person: FoldEntry<PersonRow>,
        into batch: FoldBatch
    ) throws {
        let code = try batch.code(registration.code)
        if let known = code.row.registration {
            let new = OvertakenRegistration(
                code: code.row.number, registrant: person.row.number, written: registration.written, place: place)
            let isEarlier = order.isEarlier(place, than: known.place)
            batch.overtakenRegistrations.append(isEarlier ? known : new)
            guard isEarlier else { return }
        }
        code.row.registeredAt = place
        code.row.registrant = person.row.number
        code.row.written = registration.written
        batch.setStale(code)
    }

    /// Of two equal own codes the lower id keeps it; of two persons who were given one member id, the lower person id.
    private func claimOwnCode(
        of id: Bytes16, for person: FoldEntry<PersonRow>, in batch: FoldBatch
    ) throws {
        let code = try batch.code(CodeText(ownCodeOf: id))
        if let knownID = code.row.ownID, let holder = code.row.ownPerson {
            guard try (id, person.row.id) < (knownID, batch.person(number: holder).row.id) else { return }
        }
        code.row.ownID = id
        code.row.ownPerson = person.row.number
        batch.setStale(code)
    }

    private func merge(
        _ pledge: Record.Pledge, stamp: Stamp, backer: FoldEntry<PersonRow>?, into batch: FoldBatch
    ) throws {
        let entry = try batch.pledge(pledge.id, currency: rules.currency)
        let code = try pledge.code.map { try $0.map { try batch.code($0).row.number } }
        merge(pledge, stamp: stamp, backer: backer?.row.number, code: code, into: &entry.row, of: batch)
        batch.setMoneyStale(entry)
    }

    /// - Parameter code: As the record writes it, by number.
    private func merge(
        _ pledge: Record.Pledge, stamp: Stamp, backer: PersonNumber?, code: CodeNumber??, into row: inout PledgeRow,
        of batch: FoldBatch
    ) {
        func wins(_ register: Writers.Register) -> Bool {
            if let known = row.writers[register] {
                guard overtakes(stamp, known, of: row.number, in: batch) else { return false }
            }
            row.writers[register] = stamp
            return true
        }
        if let kind = pledge.backer, wins(.backer) { row.backer = kind == .person ? backer : nil }
        if let at = pledge.at, wins(.at) { row.at = at == 0 ? Int64(clamping: stamp.time.milliseconds) : at }
        if let code, wins(.code) { row.code = code }
        if let visibility = pledge.visibility, wins(.visibility) { row.visibility = visibility }
        if let amount = pledge.amount, wins(.amount) { row.amount = amount }
    }

    private func merge(
        _ fact: Record.MoneyFact, isImported: Bool, stamp: Stamp, pledge: FoldEntry<PledgeRow>, into batch: FoldBatch
    ) {
        batch.setMoneyStale(pledge)
        let number = pledge.row.number
        let new = PledgeMoney.Fact(
            kind: fact.kind, reference: fact.reference, isVoid: fact.isVoid,
            amount: fact.amount ?? .zero(rules.currency),
            stamp: stamp, isImported: isImported)
        pledge.row.money.merge(new) { overtakes(stamp, $0, of: number, in: batch) }
    }

    /// Of two writers of one thing the later counts, and the other is noted. Of several facts in one record the first counts; a
    /// record is overtaken by none of its own.
    private func overtakes(_ stamp: Stamp, _ known: Stamp, of pledge: PledgeNumber, in batch: FoldBatch) -> Bool {
        guard known != stamp else { return false }
        let isLatest = order.isEarlier(known, than: stamp)
        batch.overtake(isLatest ? known : stamp, of: pledge)
        return isLatest
    }

    /// Claimed times before the author's grant count from the grant, except in imports.
    private func place(at claimed: Int64?, stamp: Stamp, right: Right, isImported: Bool) -> Place {
        var at = claimed ?? Int64(clamping: stamp.time.milliseconds)
        if !isImported { at = max(at, Int64(clamping: right.since.milliseconds)) }
        return Place(
            period: Period.of(at, created: rules.createdMilliseconds), at: at, log: stamp.log, position: stamp.position)
    }
}
