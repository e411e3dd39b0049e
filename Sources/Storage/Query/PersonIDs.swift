import Community
import GRDB
import Identity

/// The ids behind the numbers of persons: one by one, or all in memory (16 bytes each).
struct PersonIDs {
    private let one: DirectStatement
    /// By number; zero where nobody has it. Empty where ids are looked up one by one.
    private var all: [PersonID] = []

    /// - Parameter readsAll: True where there will be many to look up.
    init(_ database: Database, readsAll: Bool) throws {
        one = try DirectStatement(database, "SELECT person FROM state_people WHERE number = ?")
        guard readsAll else { return }
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM state_people") ?? 0
        let highest = try Int.fetchOne(database, sql: "SELECT max(number) FROM state_people") ?? 0
        // Numbers are given without gaps, unless somebody changed the file.
        guard highest <= 2 * count else { return }
        var ids = [PersonID](repeating: PersonID(raw: .zero), count: highest + 1)
        try DirectStatement(database, "SELECT number, person FROM state_people").forEach({ _ in }) { row in
            if ids.indices.contains(Int(row.int(0))) { ids[Int(row.int(0))] = try row.fixed(1) }
        }
        all = ids
    }

    /// - Returns: nil where there is no such person.
    func id(of number: PersonNumber) throws -> PersonID? {
        if all.indices.contains(Int(number)), all[Int(number)].raw != .zero { return all[Int(number)] }
        return try one.first({ $0.add(number) }, { try $0.fixed(0) })
    }
}
