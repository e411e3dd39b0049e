import Community
import FoundationEssentials
import GRDB
package import Identity

/// A person as members of the record are named by.
package struct NamedPerson: Hashable, Sendable {
    package let name: PersonName
    /// What they are called; nil where that is not held.
    package let displayName: String?
}

extension ReplicaStore {
    /// - Returns: By id; who is not there is not known.
    package func names(of people: Set<PersonID>) async throws -> [PersonID: NamedPerson] {
        let ids = people.sorted()
        return try await answer("reading names") { database in
            let sql = """
                SELECT p.person, p.external, f.value
                FROM state_people p
                    \(SharedSQL.name(of: "p.number"))
                WHERE p.person = ?
                """
            var names: [PersonID: NamedPerson] = [:]
            for id in ids {
                names[id] = try database.firstRow(sql, [id.data]) {
                    NamedPerson(name: try $0.personName(0), displayName: $0[2])
                }
            }
            return names
        }
    }
}
