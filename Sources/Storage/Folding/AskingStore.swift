import AuthorLog
import Community
import Identity
import Synchronization

/// The stored state as another thread answers for it, who writes it. Numbers new rows itself.
///
/// Whoever asks waits until all is written that he has changed. So what every batch asks for is remembered: codes, the people who
/// own them, and the ambassadors' places.
final class AskingStore: FoldStore {
    private(set) var numbers: RowNumbers
    private let ids: KnownIDs
    private var codes: [CodeText: CodeRow] = [:]
    private var codeTexts: [CodeNumber: CodeText] = [:]
    /// Of tables that were empty those who were met first: the owners of codes are among them.
    private var people: [PersonNumber: (row: PersonRow, claims: [ClaimRow])] = [:]
    private var peopleNumbers: [PersonID: PersonNumber] = [:]
    private var ambassadors: [PersonNumber: AmbassadorRow] = [:]
    private let ask: (@escaping @Sendable (SQLFoldStore) -> Void) throws -> Void

    init(
        numbers: RowNumbers, ids: KnownIDs, ask: @escaping (@escaping @Sendable (SQLFoldStore) -> Void) throws -> Void
    ) {
        (self.numbers, self.ids, self.ask) = (numbers, ids, ask)
    }

    /// What a batch changed, before it is written.
    func learn(_ changes: FoldChanges) {
        for row in changes.codes.lazy.map(\.row) { remember(row) }
        for change in changes.people { learn(change) }
        for claim in changes.newClaims { people[claim.person]?.claims.append(claim) }
        for row in changes.ambassadors.lazy.map(\.row) { ambassadors[row.person] = row }
        for person in changes.formerAmbassadors { ambassadors[person] = nil }
    }

    private func learn(_ change: FoldChanges.Change<PersonRow>) {
        let row = change.row
        if people[row.number] != nil {
            people[row.number]?.row = row
        } else if change.isNew, people.count < StorageLimits.rememberedCodes {
            people[row.number] = (row, [])
            peopleNumbers[row.id] = row.number
        }
    }

    private func remember(_ row: CodeRow) {
        guard codes.count < StorageLimits.rememberedCodes || codes[row.code] != nil else { return }
        codes[row.code] = row
        codeTexts[row.number] = row.code
    }

    private func answer<Value: Sendable>(
        _ question: @escaping @Sendable (SQLFoldStore) throws -> Value
    ) throws -> Value {
        let answer = Answer<Value>()
        try ask { store in answer.set(Result { try question(store) }) }
        return try answer.value()
    }

    private final class Answer<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)

        func set(_ value: Result<Value, any Error>) { result.withLock { $0 = value } }

        func value() throws -> Value {
            guard let result = result.withLock({ $0 }) else { preconditionFailure("asked and not answered") }
            return try result.get()
        }
    }

    func person(_ id: PersonID) throws -> PersonRow? {
        guard ids.mayHold(id) else { return nil }
        if let known = peopleNumbers[id].flatMap({ people[$0] }) { return known.row }
        return try answer { try $0.person(id) }
    }
    func pledge(_ id: PledgeID) throws -> PledgeRow? {
        ids.mayHold(id) ? try answer { try $0.pledge(id) } : nil
    }
    func person(number: PersonNumber) throws -> PersonRow {
        if let known = people[number] { return known.row }
        let (row, claims) = try answer { (try $0.person(number: number), try $0.claims(of: number)) }
        if people.count < StorageLimits.rememberedCodes {
            people[number] = (row, claims)
            peopleNumbers[row.id] = number
        }
        return row
    }
    func claims(of person: PersonNumber) throws -> [ClaimRow] {
        if let known = people[person] { return known.claims }
        return try answer { try $0.claims(of: person) }
    }
    func unlinks(of person: PersonNumber) throws -> [UnlinkRow] { try answer { try $0.unlinks(of: person) } }
    func suspensions(of person: PersonNumber) throws -> [SuspensionRow] {
        try answer { try $0.suspensions(of: person) }
    }
    func claimants(of code: CodeNumber) throws -> [PersonNumber] { try answer { try $0.claimants(of: code) } }
    func code(_ text: CodeText) throws -> CodeRow? {
        if let known = codes[text] { return known }
        // As the tables were empty, every code is remembered.
        guard codes.count >= StorageLimits.rememberedCodes else { return nil }
        let row = try answer { try $0.code(text) }
        if let row { remember(row) }
        return row
    }
    func code(number: CodeNumber) throws -> CodeRow {
        if let known = codeTexts[number].flatMap({ codes[$0] }) { return known }
        let row = try answer { try $0.code(number: number) }
        remember(row)
        return row
    }
    func codes(ownedBy person: PersonNumber) throws -> [CodeRow] { try answer { try $0.codes(ownedBy: person) } }
    func pledges(by backer: PersonNumber) throws -> [PledgeRow] { try answer { try $0.pledges(by: backer) } }
    func pledges(carrying code: CodeNumber) throws -> [PledgeRow] { try answer { try $0.pledges(carrying: code) } }
    func ambassador(_ person: PersonNumber) throws -> AmbassadorRow? {
        ambassadors[person]
    }

    func nextPersonNumber() -> PersonNumber {
        numbers.person += 1
        return numbers.person
    }

    func nextPledgeNumber() -> PledgeNumber {
        numbers.pledge += 1
        return numbers.pledge
    }

    func nextCodeNumber() -> CodeNumber {
        numbers.code += 1
        return numbers.code
    }
}
