import AuthorLog
import Identity

/// Everything a batch has read or changed so far: rows as stored and as they will be.
///
/// The fold merges here, in memory; winners are written once a batch (design §8).
package final class FoldBatch {
    let store: any FoldStore
    private(set) var people = FoldTable<PersonID, PersonRow>()
    private(set) var codes = FoldTable<CodeText, CodeRow>()
    private(set) var pledges = FoldTable<PledgeID, PledgeRow>()

    /// As they were when all was merged; nil: nobody has asked yet.
    private var pledgesByBacker: [PersonNumber: [FoldEntry<PledgeRow>]]?

    /// Of members who are nobody else by the right that they write under: each takes a hash.
    private var ownPersons: [MemberID: PersonID] = [:]

    private(set) var newClaims: [ClaimRow] = []
    private(set) var newUnlinks: [UnlinkRow] = []
    private(set) var newSuspensions: [SuspensionRow] = []

    // What has to be worked out anew, in this order.
    private(set) var staleCodes: [FoldEntry<CodeRow>] = []
    private(set) var staleSuspensions: Set<PersonNumber> = []
    private(set) var stalePeople: [FoldEntry<PersonRow>] = []
    private(set) var staleMoney: [FoldEntry<PledgeRow>] = []
    private(set) var stalePledges: [FoldEntry<PledgeRow>] = []
    var staleOwners: Set<PersonNumber> = []
    private(set) var overtaken: Set<Overtaken> = []
    var skipped: [Skipped] = []
    var told: [Told] = []
    var overtakenRegistrations: [OvertakenRegistration] = []
    var voices: [VoiceRow] = []
    var toldVoices: [ToldVoice] = []

    /// - Parameter expected: About so many people and pledges will be met.
    package init(store: any FoldStore, expected: (people: Int, pledges: Int) = (0, 0)) {
        self.store = store
        people.reserveCapacity(expected.people)
        pledges.reserveCapacity(expected.pledges)
    }

    /// People and pledges that were met.
    package var met: (people: Int, pledges: Int) { (people.count, pledges.count) }

    // MARK: Persons

    func person(_ id: PersonID) throws -> FoldEntry<PersonRow> {
        if let entry = people[id] { return entry }
        if let row = try store.person(id) { return adopt(FoldEntry(stored: row)) }
        return adopt(FoldEntry(new: PersonRow(number: store.nextPersonNumber(), id: id)))
    }

    func person(number: PersonNumber) throws -> FoldEntry<PersonRow> {
        try people[number: number] ?? adopt(FoldEntry(stored: store.person(number: number)))
    }

    private func adopt(_ entry: FoldEntry<PersonRow>) -> FoldEntry<PersonRow> {
        people.insert(entry, id: entry.row.id)
        return entry
    }

    func setStale(_ person: FoldEntry<PersonRow>) {
        guard !person.notes.isStale else { return }
        person.notes.isStale = true
        stalePeople.append(person)
    }

    func ownPerson(of member: MemberID, _ pseudonyms: Pseudonyms) -> PersonID {
        if let known = ownPersons[member] { return known }
        let person = pseudonyms.person(of: member)
        ownPersons[member] = person
        return person
    }

    // MARK: Claims

    func claims(of person: FoldEntry<PersonRow>) throws -> [ClaimRow] {
        if let known = person.notes.claims { return known }
        let rows = person.isNew ? [] : try store.claims(of: person.row.number)
        person.notes.claims = rows
        return rows
    }

    func add(_ claim: ClaimRow, of person: FoldEntry<PersonRow>, on code: FoldEntry<CodeRow>) throws {
        _ = try claims(of: person)
        person.notes.claims?.append(claim)
        newClaims.append(claim)
        code.notes.newClaimants.append(claim.person)
        setStale(person)
    }

    /// Persons with a claim on a code; some may come twice.
    func claimants(of code: FoldEntry<CodeRow>) throws -> [PersonNumber] {
        (code.isNew ? [] : try store.claimants(of: code.row.number)) + code.notes.newClaimants
    }

    func unlinks(of person: FoldEntry<PersonRow>) throws -> [UnlinkRow] {
        guard person.row.hasUnlinks else { return [] }
        if let known = person.notes.unlinks { return known }
        let rows = person.stored?.hasUnlinks == true ? try store.unlinks(of: person.row.number) : []
        person.notes.unlinks = rows
        return rows
    }

    func add(_ unlink: UnlinkRow, of person: FoldEntry<PersonRow>) throws {
        person.row.hasUnlinks = true
        person.notes.unlinks = try unlinks(of: person) + [unlink]
        newUnlinks.append(unlink)
        setStale(person)
    }

    func suspensions(of person: FoldEntry<PersonRow>) throws -> [SuspensionRow] {
        guard person.row.hasSuspensions else { return [] }
        if let known = person.notes.suspensions { return known }
        let rows = person.stored?.hasSuspensions == true ? try store.suspensions(of: person.row.number) : []
        person.notes.suspensions = rows
        return rows
    }

    func add(_ suspension: SuspensionRow, of person: FoldEntry<PersonRow>) throws {
        person.row.hasSuspensions = true
        person.notes.suspensions = try suspensions(of: person) + [suspension]
        newSuspensions.append(suspension)
        staleSuspensions.insert(suspension.person)
    }

    // MARK: Codes

    func code(_ text: CodeText) throws -> FoldEntry<CodeRow> {
        if let entry = codes[text] { return entry }
        if let row = try store.code(text) { return adopt(FoldEntry(stored: row)) }
        return adopt(FoldEntry(new: CodeRow(number: store.nextCodeNumber(), code: text)))
    }

    func code(number: CodeNumber) throws -> FoldEntry<CodeRow> {
        try codes[number: number] ?? adopt(FoldEntry(stored: store.code(number: number)))
    }

    private func adopt(_ entry: FoldEntry<CodeRow>) -> FoldEntry<CodeRow> {
        codes.insert(entry, id: entry.row.code)
        return entry
    }

    func setStale(_ code: FoldEntry<CodeRow>) {
        guard !code.notes.isStale else { return }
        code.notes.isStale = true
        staleCodes.append(code)
    }

    /// Codes of each person, this batch included. All at once, as reading more rows in between would hide them from both.
    func codes(ownedBy people: [PersonNumber]) throws -> [PersonNumber: [CodeRow]] {
        guard !people.isEmpty else { return [:] }
        var owned: [PersonNumber: [CodeRow]] = [:]
        for entry in codes.all {
            if let owner = entry.row.owner { owned[owner, default: []].append(entry.row) }
        }
        for person in people where try !self.person(number: person).isNew {
            for code in try store.codes(ownedBy: person) where codes[number: code.number] == nil {
                owned[person, default: []].append(code)
            }
        }
        return owned
    }

    // MARK: Pledges and money

    func pledge(_ id: PledgeID, currency: Currency) throws -> FoldEntry<PledgeRow> {
        if let entry = pledges[id] { return entry }
        if let row = try store.pledge(id) { return adopt(FoldEntry(stored: row)) }
        return adopt(FoldEntry(new: PledgeRow(number: store.nextPledgeNumber(), id: id, currency: currency)))
    }

    private func adopt(_ entry: FoldEntry<PledgeRow>) -> FoldEntry<PledgeRow> {
        pledges.insert(entry, id: entry.row.id)
        return entry
    }

    private func adopt(stored row: PledgeRow) -> FoldEntry<PledgeRow> {
        pledges[number: row.number] ?? adopt(FoldEntry(stored: row))
    }

    /// Pledges whose backer somebody is, this batch included; some may come twice. When all is merged.
    func pledges(by backer: FoldEntry<PersonRow>) throws -> [FoldEntry<PledgeRow>] {
        var found = mergedPledges(by: backer.row.number)
        if let stored = backer.stored, stored.pledges > 0 {
            for row in try store.pledges(by: stored.number) { found.append(adopt(stored: row)) }
        }
        return found.filter { $0.row.backer == backer.row.number }
    }

    /// Sorted by backer when somebody asks for the first time: hardly any batch does.
    private func mergedPledges(by backer: PersonNumber) -> [FoldEntry<PledgeRow>] {
        let sorted =
            pledgesByBacker
            ?? Dictionary(grouping: pledges.all.filter { $0.row.backer != nil }) { $0.row.backer ?? 0 }
        pledgesByBacker = sorted
        return sorted[backer] ?? []
    }

    /// Marks every stored pledge of a person as stale.
    func touchPledges(by backer: FoldEntry<PersonRow>) throws {
        guard let stored = backer.stored, stored.pledges > 0 else { return }
        for row in try store.pledges(by: stored.number) { setStale(adopt(stored: row)) }
    }

    func touchPledges(carrying code: FoldEntry<CodeRow>) throws {
        guard !code.isNew else { return }
        for row in try store.pledges(carrying: code.row.number) { setStale(adopt(stored: row)) }
    }

    func setStale(_ pledge: FoldEntry<PledgeRow>) {
        guard !pledge.notes.isStale else { return }
        pledge.notes.isStale = true
        stalePledges.append(pledge)
    }

    func setMoneyStale(_ pledge: FoldEntry<PledgeRow>) {
        guard !pledge.notes.isMoneyStale else { return }
        pledge.notes.isMoneyStale = true
        staleMoney.append(pledge)
    }

    /// Notes that something an operation wrote of a pledge is not what counts.
    func overtake(_ stamp: Stamp, of pledge: PledgeNumber) {
        overtaken.insert(Overtaken(pledge: pledge, stamp: stamp))
    }
}
