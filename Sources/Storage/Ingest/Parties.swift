import Community
import GRDB
import Identity

/// Ids of members, and of the persons for whom they write, by number: claims and witnesses name thousands of them in a million rows.
///
/// The numbers belong to the log and outlive every state, so they stand for the same in each that is folded from it.
final class Parties {
    private var numbers: [Bytes16: Int64] = [:]
    private var ids: [Int64: Bytes16] = [:]
    /// Asked for last: what one member wrote comes together.
    private var last: (id: Bytes16, number: Int64)?

    /// What failed may have numbered somebody.
    func forget() {
        last = nil
        numbers.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
    }

    /// Numbers whoever has no number yet.
    func number(of id: Bytes16, in database: Database) throws -> Int64 {
        if let last, last.id == id { return last.number }
        if let known = numbers[id] {
            last = (id, known)
            return known
        }
        let held = try DirectStatement(database, "SELECT number FROM parties WHERE id = ?").first({ $0.add(id) }) {
            $0.int(0)
        }
        if held == nil { try DirectStatement(database, "INSERT INTO parties (id) VALUES (?)").run { $0.add(id) } }
        let number = held ?? database.lastInsertedRowID
        remember(id, as: number)
        return number
    }

    func id(of number: Int64, in database: Database) throws -> Bytes16 {
        if let known = ids[number] { return known }
        let id = try DirectStatement(database, "SELECT id FROM parties WHERE number = ?").first({ $0.add(number) }) {
            Bytes16($0.bytes(0))
        }
        guard let id = id ?? nil else { throw StorageError.stateIsDamaged("party \(number) is missing") }
        remember(id, as: number)
        return id
    }

    /// - Returns: nil where both columns are NULL.
    func recorder(
        _ row: DirectStatement.Columns, member: CInt, person: CInt, in database: Database
    ) throws -> Recorder? {
        if row.isNull(member) { return nil }
        return Recorder(
            member: MemberID(raw: try id(of: row.int(member), in: database)),
            person: PersonID(raw: try id(of: row.int(person), in: database)))
    }

    private func remember(_ id: Bytes16, as number: Int64) {
        if ids.count >= StorageLimits.knownParties { forget() }
        ids[number] = id
        numbers[id] = number
    }

    /// All of them, as another database names them.
    static func copy(from record: Database, to database: Database) throws {
        let insert = try DirectStatement(database, "INSERT OR IGNORE INTO parties VALUES (?, ?)")
        try DirectStatement(record, "SELECT number, id FROM parties").forEach({ _ in }) { row in
            guard let id = Bytes16(row.bytes(1)) else { return }  // whoever names it is told of
            try insert.run { values in
                values.add(row.int(0))
                values.add(id)
            }
        }
    }
}
