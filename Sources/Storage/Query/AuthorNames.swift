import AuthorLog
import Community
import FoundationEssentials
import GRDB
package import Identity

/// Who wrote something: the member, and the person whom the record knows the member as.
package struct AuthorName: Hashable, Sendable {
    package var member: MemberKey
    /// Whom the author's rights name, known to the record or not; nil before anything was presented.
    package var personID: PersonID?
    /// nil where the record names no such person.
    package var person: PersonName?
    /// What that person is called; nil where that is not held.
    package var displayName: String?
}

/// Looks authors up, each log once: for one answer.
struct AuthorNames {
    private let pseudonyms: Pseudonyms
    private var known: [LogNumber: AuthorName] = [:]
    private(set) var order = LogOrder()

    init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    /// Afterwards the log is in ``order``.
    mutating func author(of log: LogNumber, _ database: Database) throws -> AuthorName {
        if let name = known[log] { return name }
        let sql = "SELECT member, incarnation, state FROM logs WHERE number = ?"
        let read = try database.firstRow(sql, [log]) { row in (try Self.logID(row), Array(row[2] as Data)) }
        guard let (id, state) = read else { throw StorageError.logIsDamaged("log \(log) is missing") }
        order.set(id, number: log)
        var name = AuthorName(member: id.member)
        if let person = try person(ofState: state, log: log) {
            name.personID = person
            let sql = """
                SELECT p.person, p.external, f.value
                FROM state_people p
                    \(SharedSQL.name(of: "p.number"))
                WHERE p.person = ?
                """
            let found = try database.firstRow(sql, [person.data]) { (try $0.personName(0), $0[2] as String?) }
            (name.person, name.displayName) = (found?.0, found?.1)
        }
        known[log] = name
        return name
    }

    private static func logID(_ row: Row) throws -> LogID {
        guard let incarnation = Incarnation(row[1] as Data) else {
            throw StorageError.logIsDamaged("an incarnation does not read")
        }
        return LogID(member: try row.fixed(0), incarnation: incarnation)
    }

    /// - Parameter bytes: Empty before anything was presented.
    private func person(ofState bytes: [UInt8], log: LogNumber) throws -> PersonID? {
        guard !bytes.isEmpty else { return nil }
        let state: LogState
        do {
            state = try LogState(decoding: bytes)
        } catch {
            throw StorageError.logIsDamaged("the state of log \(log): \(error)")
        }
        return state.rights.last.map { $0.right.person ?? pseudonyms.person(of: $0.right.memberID) }
    }
}

extension Database {
    /// - Returns: When the operation at a position was written, by its header, Unix milliseconds.
    func writtenAt(log: LogNumber, position: Int64) throws -> Int64 {
        let sql = "SELECT time \(SharedSQL.bundleAt)"
        let time = try firstRow(sql, [log, position]) { HybridTime(databaseInteger: $0[0]) }
        return Int64(clamping: (time ?? .zero).milliseconds)
    }
}
