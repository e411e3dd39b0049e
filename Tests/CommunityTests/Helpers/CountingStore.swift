import Community
import Identity

/// Counts the rows that a fold reads.
final class CountingStore: FoldStore {
    private let store: MemoryStore
    private(set) var rowsRead = 0

    init(_ store: MemoryStore) { self.store = store }

    private func counted<Row>(_ row: Row?) -> Row? {
        rowsRead += row == nil ? 0 : 1
        return row
    }

    private func counted<Row>(_ rows: [Row]) -> [Row] {
        rowsRead += rows.count
        return rows
    }

    func person(_ id: PersonID) -> PersonRow? { counted(store.person(id)) }
    func person(number: PersonNumber) throws -> PersonRow {
        rowsRead += 1
        return try store.person(number: number)
    }
    func claims(of person: PersonNumber) -> [ClaimRow] { counted(store.claims(of: person)) }
    func unlinks(of person: PersonNumber) -> [UnlinkRow] { counted(store.unlinks(of: person)) }
    func suspensions(of person: PersonNumber) -> [SuspensionRow] { counted(store.suspensions(of: person)) }
    func claimants(of code: CodeNumber) -> [PersonNumber] { counted(store.claimants(of: code)) }
    func code(_ text: CodeText) -> CodeRow? { counted(store.code(text)) }
    func code(number: CodeNumber) throws -> CodeRow {
        rowsRead += 1
        return try store.code(number: number)
    }
    func codes(ownedBy person: PersonNumber) -> [CodeRow] { counted(store.codes(ownedBy: person)) }
    func pledge(_ id: PledgeID) -> PledgeRow? { counted(store.pledge(id)) }
    func pledges(by backer: PersonNumber) -> [PledgeRow] { counted(store.pledges(by: backer)) }
    func pledges(carrying code: CodeNumber) -> [PledgeRow] { counted(store.pledges(carrying: code)) }
    func ambassador(_ person: PersonNumber) -> AmbassadorRow? { counted(store.ambassador(person)) }
    func nextPersonNumber() -> PersonNumber { store.nextPersonNumber() }
    func nextPledgeNumber() -> PledgeNumber { store.nextPledgeNumber() }
    func nextCodeNumber() -> CodeNumber { store.nextCodeNumber() }
}
