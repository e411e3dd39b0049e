import API
import Community
import Identity
import Storage

/// Compares rows with the record and plans what has to be written: nothing for a row that says what is held already.
///
/// What it plans it takes as held, so that a row that comes twice counts once. Pure: what is held comes in as a value.
struct ImportPlan {
    let source: String
    /// What a registration without a date is dated with.
    let nowMilliseconds: Int64
    /// As it will be when the drafts are stored.
    private(set) var held: HeldFacts
    private(set) var drafts: [Draft] = []
    private(set) var unchanged = 0

    /// - Parameter rowCount: How many rows will come, at most.
    init(held: HeldFacts, source: String, nowMilliseconds: Int64, rowCount: Int = 0) {
        self.held = held
        self.source = source
        self.nowMilliseconds = nowMilliseconds
        drafts.reserveCapacity(rowCount)
        self.held.people.reserveCapacity(rowCount)
        self.held.pledges.reserveCapacity(rowCount)
    }

    /// Rows that differ from the record: one draft each.
    var applied: Int { drafts.count }

    mutating func add(_ row: ImportRow) throws(RowRefusal) {
        let before = drafts.count
        switch row.statement {
        case .ambassador(let ambassador): try add(ambassador)
        case .backer(let backer): add(backer)
        case .pledge(let pledge): add(pledge)
        }
        if drafts.count == before { unchanged += 1 }
    }

    // MARK: Ambassadors

    private mutating func add(_ row: ImportRow.Ambassador) throws(RowRefusal) {
        let registration = row.registration
        let person = named(row.person)
        switch held.codes[registration.code, default: HeldCode()].outcome(of: registration, by: person.id) {
        case .unchanged: return
        case .taken:
            throw RowRefusal(
                column: "code", value: registration.written,
                rule: "a code belongs to whom it was registered for first: this one is another's")
        case .write: break
        }
        var draft = newDraft()
        draft.record.registration = registration
        tell(person, in: &draft)
        drafts.append(draft)
        held.codes[registration.code, default: HeldCode()].take(registration, by: person.id, at: nowMilliseconds)
    }

    // MARK: Backers

    private mutating func add(_ row: ImportRow.Backer) {
        let person = named(row.person)
        let known = held.people[person.id] ?? HeldPerson()
        var draft = newDraft()
        if let at = row.joinedAt, at != known.joinedAt { draft.record.joined = Record.Joined(at: at) }
        if let code = row.code, !Self.holds(code, at: row.joinedAt, in: known) {
            draft.record.claim = Record.Claim(code: code, at: row.joinedAt)
        }
        guard draft.record.joined != nil || draft.record.claim != nil else { return }
        tell(person, in: &draft)
        drafts.append(draft)
        if let joined = draft.record.joined { held.people[person.id]?.joinedAt = joined.at }
        if let claim = draft.record.claim {
            let made = HeldClaim(code: claim.code, at: claim.at ?? nowMilliseconds)
            held.people[person.id]?.claims.append(made)
        }
    }

    /// A claim of the same code and time that not only the code's owner makes; or the row is the one that export would write, which has no time of the claim.
    private static func holds(_ code: CodeText, at: Int64?, in person: HeldPerson) -> Bool {
        if person.claims.contains(where: { $0.code == code && !$0.isSaid && (at == nil || $0.at == at) }) {
            return true
        }
        return person.claims.first?.code == code && person.joinedAt == at
    }

    // MARK: Pledges

    private mutating func add(_ row: ImportRow.Pledge) {
        let pledge = named(row.pledge)
        let backer = row.backer.map { named($0) }
        let known = held.pledges[pledge.id]
        var draft = newDraft()
        var registers = Record.Pledge(id: pledge.id)
        if known == nil || known?.backer != backer?.id { registers.backer = backer == nil ? .anonymous : .person }
        if known.map({ ClaimedTime.stated($0.at) }) != row.at { registers.at = row.at }
        if known == nil || known?.code != row.code { registers.code = .some(row.code) }
        if known?.amount != row.amount { registers.amount = row.amount }
        draft.record.money = (known ?? HeldPledge(amount: row.amount)).corrections(to: row.status, of: row.amount)
        if registers != Record.Pledge(id: pledge.id) {
            draft.record.pledge = registers
        } else if draft.record.money.isEmpty {
            return
        } else {
            draft.record.moneyPledge = pledge.id
        }
        if registers.backer == .person, let backer { tell(backer, in: &draft) }
        if let external = pledge.external, known?.source == nil { draft.told.pledgeExternalID = external }
        drafts.append(draft)
        take(row, of: pledge.id, backer: backer?.id, money: draft.record.money)
    }

    private mutating func take(
        _ row: ImportRow.Pledge, of id: PledgeID, backer: PersonID?, money: [Record.MoneyFact]
    ) {
        var pledge = held.pledges[id] ?? HeldPledge(amount: row.amount)
        pledge.backer = backer
        pledge.at = row.at
        pledge.amount = row.amount
        pledge.code = row.code
        pledge.source = source
        for fact in money { pledge.take(fact) }
        held.pledges[id] = pledge
    }

    // MARK: Names

    /// A name that was looked up: its external id is told where it is not held yet.
    private struct Named<ID> {
        var id: ID
        var external: String?
    }

    private func named(_ name: ImportRow.Name<PersonID>) -> Named<PersonID> {
        if let printed = name.printed, held.people[printed] != nil { return Named(id: printed, external: nil) }
        return Named(id: name.id, external: name.external)
    }

    private func named(_ name: ImportRow.Name<PledgeID>) -> Named<PledgeID> {
        if let printed = name.printed, held.pledges[printed] != nil { return Named(id: printed, external: nil) }
        return Named(id: name.id, external: name.external)
    }

    private func newDraft() -> Draft {
        var record = Record()
        record.isImported = true
        record.source = source
        return Draft(record)
    }

    /// Makes a person the record's, and tells the external id if nobody has.
    private mutating func tell(_ person: Named<PersonID>, in draft: inout Draft) {
        draft.record.person = person.id
        var known = held.people[person.id] ?? HeldPerson()
        if let external = person.external, !known.isExternalIDHeld {
            draft.told.externalID = external
            known.isExternalIDHeld = true
        }
        held.people[person.id] = known
    }
}

extension ImportLookups {
    /// All that a plan for these rows asks for.
    init(_ rows: [ImportRow]) {
        self.init()
        people.reserveCapacity(rows.count)
        pledges.reserveCapacity(rows.count)
        for row in rows {
            switch row.statement {
            case .ambassador(let ambassador):
                add(ambassador.person)
                codes.insert(ambassador.registration.code)
            case .backer(let backer):
                add(backer.person)
                wantsClaims = true
            case .pledge(let pledge):
                if let backer = pledge.backer { add(backer) }
                pledges.insert(pledge.pledge.id)
                if let printed = pledge.pledge.printed { pledges.insert(printed) }
            }
        }
    }

    private mutating func add(_ person: ImportRow.Name<PersonID>) {
        people.insert(person.id)
        if let printed = person.printed { people.insert(printed) }
    }
}
