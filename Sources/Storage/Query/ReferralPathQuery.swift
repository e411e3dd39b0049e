package import Community
package import GRDB

/// A person, who brought them, who brought those, and so on.
package struct ReferralPathQuery: Sendable {
    package struct Step: Hashable, Sendable {
        package var person: PersonName
        package var displayName: String?
    }

    package struct Answer: Hashable, Sendable {
        /// The person first.
        package var path: [Step]
        /// The last one was brought by somebody, too, but that closes a cycle and is cut.
        package var endsAtCut: Bool
    }

    package var person: PersonNumber

    package init(person: PersonNumber) { self.person = person }

    /// - Returns: nil where there is no such person.
    package func run(_ database: Database) throws -> Answer? {
        let sql = """
            SELECT p.person, p.external, f.value, p.winner, coalesce(a.cut, 0)
            FROM state_people p
                \(SharedSQL.name(of: "p.number"))
                LEFT JOIN state_ambassadors a ON a.person = p.number
            WHERE p.number = ?
            """
        var answer = Answer(path: [], endsAtCut: false)
        var met: Set<PersonNumber> = []
        var next: PersonNumber? = person
        while let current = next {
            guard met.insert(current).inserted else {
                throw StorageError.stateIsDamaged("who brought person \(person) is a cycle that is not cut")
            }
            let step = try database.firstRow(sql, [current]) { row -> (Step, PersonNumber?, Bool) in
                (Step(person: try row.personName(0), displayName: row[2]), row[3], row[4])
            }
            guard let (person, winner, isCut) = step else {
                if current == person { return nil }
                throw StorageError.stateIsDamaged("person \(current) is missing")
            }
            answer.path.append(person)
            answer.endsAtCut = isCut && winner != nil
            next = isCut ? nil : winner
        }
        return answer
    }
}
