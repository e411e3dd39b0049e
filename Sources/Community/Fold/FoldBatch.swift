import AuthorLog
import Identity

/// A row as stored, nil where it is new, and as it will be.
final class FoldEntry<Row> {
    let stored: Row?
    var row: Row

    init(stored: Row?, row: Row) {
        self.stored = stored
        self.row = row
    }
}

/// Everything a batch has read or changed so far: entries by number, each with the row as stored and as it will be.
///
/// The fold merges here, in memory; winners are written once a batch (design §8).
final class FoldBatch {
    let store: any FoldStore
    private(set) var people: [PersonNumber: FoldEntry<PersonRow>] = [:]
    private(set) var codes: [CodeNumber: FoldEntry<CodeRow>] = [:]
    private(set) var pledges: [PledgeNumber: FoldEntry<PledgeRow>] = [:]
    private var personNumbers: [PersonID: PersonNumber] = [:]
    private var codeNumbers: [CodeText: CodeNumber] = [:]
    private var pledgeNumbers: [PledgeID: PledgeNumber] = [:]

    /// Claims of touched persons: those stored and those new.
    private var claims: [PersonNumber: [ClaimRow]] = [:]
    private(set) var newClaims: [ClaimRow] = []
    private var newClaimants: [CodeNumber: [PersonNumber]] = [:]
    /// What was taken back of touched persons, and when they were suspended: those stored and those new.
    private var unlinks: [PersonNumber: [UnlinkRow]] = [:]
    private(set) var newUnlinks: [UnlinkRow] = []
    private var suspensions: [PersonNumber: [SuspensionRow]] = [:]
    private(set) var newSuspensions: [SuspensionRow] = []
    /// Pledges of which the batch wrote the backer.
    private var pledgesWithNewBacker: [PersonNumber: [PledgeNumber]] = [:]
    /// Money facts of touched pledges.
    private var money: [PledgeNumber: FoldMoney] = [:]

    // What has to be worked out anew, in this order.
    var staleCodes: Set<CodeNumber> = []
    var staleSuspensions: Set<PersonNumber> = []
    var stalePeople: Set<PersonNumber> = []
    var staleMoney: Set<PledgeNumber> = []
    var stalePledges: Set<PledgeNumber> = []
    var staleOwners: Set<PersonNumber> = []
    private(set) var overtaken: Set<Overtaken> = []
    var skipped: [Skipped] = []
    var told: [Told] = []
    var overtakenRegistrations: [OvertakenRegistration] = []
    var voices: [VoiceRow] = []
    var toldVoices: [ToldVoice] = []

    init(store: any FoldStore) { self.store = store }

    // MARK: Persons

    func person(_ id: PersonID) throws -> FoldEntry<PersonRow> {
        if let number = personNumbers[id], let entry = people[number] { return entry }
        if let row = try store.person(id) { return adopt(person: row, isStored: true) }
        return adopt(person: PersonRow(number: store.nextPersonNumber(), id: id), isStored: false)
    }

    func person(number: PersonNumber) throws -> FoldEntry<PersonRow> {
        if let entry = people[number] { return entry }
        return adopt(person: try store.person(number: number), isStored: true)
    }

    private func adopt(person row: PersonRow, isStored: Bool) -> FoldEntry<PersonRow> {
        let entry = FoldEntry(stored: isStored ? row : nil, row: row)
        people[row.number] = entry
        personNumbers[row.id] = row.number
        return entry
    }

    // MARK: Claims

    func claims(of person: PersonNumber) throws -> [ClaimRow] {
        if let known = claims[person] { return known }
        let isStored = try self.person(number: person).stored != nil
        let rows = isStored ? try store.claims(of: person) : []
        claims[person] = rows
        return rows
    }

    func add(_ claim: ClaimRow) throws {
        _ = try claims(of: claim.person)
        claims[claim.person, default: []].append(claim)
        newClaims.append(claim)
        newClaimants[claim.code, default: []].append(claim.person)
        stalePeople.insert(claim.person)
    }

    /// Persons with a claim on a code; some may come twice.
    func claimants(of code: CodeNumber) throws -> [PersonNumber] {
        let isStored = codes[code].map { $0.stored != nil } ?? true
        return (isStored ? try store.claimants(of: code) : []) + (newClaimants[code] ?? [])
    }

    func unlinks(of person: FoldEntry<PersonRow>) throws -> [UnlinkRow] {
        if let known = unlinks[person.row.number] { return known }
        let rows = person.stored?.hasUnlinks == true ? try store.unlinks(of: person.row.number) : []
        if person.row.hasUnlinks { unlinks[person.row.number] = rows }
        return rows
    }

    func add(_ unlink: UnlinkRow, of person: FoldEntry<PersonRow>) throws {
        person.row.hasUnlinks = true
        unlinks[unlink.person] = try unlinks(of: person) + [unlink]
        newUnlinks.append(unlink)
        stalePeople.insert(unlink.person)
    }

    func suspensions(of person: FoldEntry<PersonRow>) throws -> [SuspensionRow] {
        if let known = suspensions[person.row.number] { return known }
        let rows = person.stored?.hasSuspensions == true ? try store.suspensions(of: person.row.number) : []
        if person.row.hasSuspensions { suspensions[person.row.number] = rows }
        return rows
    }

    func add(_ suspension: SuspensionRow, of person: FoldEntry<PersonRow>) throws {
        person.row.hasSuspensions = true
        suspensions[suspension.person] = try suspensions(of: person) + [suspension]
        newSuspensions.append(suspension)
        staleSuspensions.insert(suspension.person)
    }

    // MARK: Codes

    func code(_ text: CodeText) throws -> FoldEntry<CodeRow> {
        if let number = codeNumbers[text], let entry = codes[number] { return entry }
        if let row = try store.code(text) { return adopt(code: row, isStored: true) }
        return adopt(code: CodeRow(number: store.nextCodeNumber(), code: text), isStored: false)
    }

    func code(number: CodeNumber) throws -> FoldEntry<CodeRow> {
        if let entry = codes[number] { return entry }
        return adopt(code: try store.code(number: number), isStored: true)
    }

    private func adopt(code row: CodeRow, isStored: Bool) -> FoldEntry<CodeRow> {
        let entry = FoldEntry(stored: isStored ? row : nil, row: row)
        codes[row.number] = entry
        codeNumbers[row.code] = row.number
        return entry
    }

    /// Codes of each person, this batch included. All at once, as reading more rows in between would hide them from both.
    func codes(ownedBy people: [PersonNumber]) throws -> [PersonNumber: [CodeRow]] {
        var owned: [PersonNumber: [CodeRow]] = [:]
        for entry in codes.values {
            if let owner = entry.row.owner { owned[owner, default: []].append(entry.row) }
        }
        for person in people where try self.person(number: person).stored != nil {
            for code in try store.codes(ownedBy: person) where codes[code.number] == nil {
                owned[person, default: []].append(code)
            }
        }
        return owned
    }

    // MARK: Pledges and money

    func pledge(_ id: PledgeID, currency: Currency) throws -> FoldEntry<PledgeRow> {
        if let number = pledgeNumbers[id], let entry = pledges[number] { return entry }
        if let row = try store.pledge(id) { return adopt(pledge: row, isStored: true) }
        return adopt(
            pledge: PledgeRow(number: store.nextPledgeNumber(), id: id, currency: currency), isStored: false)
    }

    func pledge(number: PledgeNumber) -> FoldEntry<PledgeRow>? { pledges[number] }

    private func adopt(pledge row: PledgeRow, isStored: Bool) -> FoldEntry<PledgeRow> {
        let entry = FoldEntry(stored: isStored ? row : nil, row: row)
        pledges[row.number] = entry
        pledgeNumbers[row.id] = row.number
        return entry
    }

    func noteBacker(_ backer: PersonNumber, of pledge: PledgeNumber) {
        pledgesWithNewBacker[backer, default: []].append(pledge)
    }

    /// Pledges whose backer somebody is, this batch included; some may come twice.
    func pledges(by backer: FoldEntry<PersonRow>) throws -> [FoldEntry<PledgeRow>] {
        let number = backer.row.number
        var numbers = pledgesWithNewBacker[number] ?? []
        if let stored = backer.stored, stored.pledges > 0 {
            for row in try store.pledges(by: number) {
                if pledges[row.number] == nil { _ = adopt(pledge: row, isStored: true) }
                numbers.append(row.number)
            }
        }
        return numbers.compactMap { pledges[$0] }.filter { $0.row.backer == number }
    }

    /// Marks every pledge of a person as stale; those the batch has not met are read.
    func touchPledges(by backer: PersonNumber) throws {
        guard let entry = people[backer], let stored = entry.stored, stored.pledges > 0 else { return }
        for row in try store.pledges(by: backer) { touch(row) }
    }

    func touchPledges(carrying code: CodeNumber) throws {
        guard codes[code]?.stored != nil else { return }
        for row in try store.pledges(carrying: code) { touch(row) }
    }

    private func touch(_ row: PledgeRow) {
        if pledges[row.number] == nil { _ = adopt(pledge: row, isStored: true) }
        stalePledges.insert(row.number)
    }

    /// Notes that something an operation wrote of a pledge is not what counts.
    func overtake(_ stamp: Stamp, of pledge: PledgeNumber) {
        overtaken.insert(Overtaken(pledge: pledge, stamp: stamp))
    }

    func money(of pledge: PledgeNumber) throws -> FoldMoney {
        if let known = money[pledge] { return known }
        let isStored = pledges[pledge]?.stored != nil
        let facts = FoldMoney(stored: isStored ? try store.money(of: pledge) : [])
        money[pledge] = facts
        return facts
    }

    /// - Parameter row: Of a pledge whose facts were read before, and of a new (kind, reference).
    func add(_ row: MoneyRow) { money[row.pledge]?.add(FoldEntry(stored: nil, row: row)) }

    /// Money facts that are new or differ from what is stored, ordered by pledge.
    func changedMoney() -> [FoldChanges.Change<MoneyRow>] {
        var changes: [FoldChanges.Change<MoneyRow>] = []
        changes.reserveCapacity(money.count)
        for (_, facts) in money.sorted(by: { $0.key < $1.key }) {
            for entry in facts.entries where entry.stored != entry.row {
                changes.append(.init(row: entry.row, isNew: entry.stored == nil))
            }
        }
        return changes
    }
}
