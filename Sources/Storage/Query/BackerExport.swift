import Community
package import GRDB

/// Rows of `backers.csv`: persons who joined, and those of whom a claim is known; by id.
///
/// Who only pledged is left out, as `pledges.csv` makes a backer of them again and a row here would say that they joined. Of
/// several claims the file has room for one: the one that wins, so that reading it back credits the same person, else the one
/// of lowest place, so that a code nobody owns yet is not forgotten. What was unlinked is no claim any more.
package struct BackerExport: Sendable {
    package struct Row: Hashable, Sendable {
        package var backer: PersonName
        /// Whose external id it is; the file does not say.
        package var source: String?
        /// Unix milliseconds; nil for a person with a claim who never joined.
        package var joinedAt: Int64?
        package var code: String?
    }

    /// Only rows whose external ids are all of this source; nil for every row.
    package var source: String?

    package init(source: String? = nil) { self.source = source }

    package func run(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        let sql = """
            SELECT p.number, p.person, p.external, s.source, p.joined_at, p.marks
            FROM state_people p LEFT JOIN detail_sources s ON s.number = p.source
            WHERE p.person > ? AND (p.joined_at IS NOT NULL
                OR EXISTS (SELECT 1 FROM state_claims c WHERE c.person = p.number))
                AND (? IS NULL OR s.source = ?)
            ORDER BY p.person LIMIT ?
            """
        let fetched = try database.rows(sql, [page.idKey(), source, source, page.fetchLimit]) { row in
            let exported = Row(backer: try row.personName(1), source: row[3], joinedAt: row[4])
            return (number: row[0] as PersonNumber, row: exported, marks: PersonMarks(rawValue: row[5]))
        }
        let cut = page.page(of: fetched) { $0.row.backer.printedID }
        let rows = try cut.rows.map { number, row, marks in
            var row = row
            row.code =
                marks.contains(.hasUnlinks)
                ? try Self.linkedCode(of: number, database) : try Self.code(of: number, database)
            return row
        }
        return ListPage(rows: rows, next: cut.next)
    }

    private static func linkedCode(of person: PersonNumber, _ database: Database) throws -> String? {
        let claims = try PersonClaims(of: person, database)?.claims ?? []
        return (claims.first { $0.verdict == .wins } ?? claims.first { $0.verdict != .unlinked })?.code
    }

    private static func code(of person: PersonNumber, _ database: Database) throws -> String? {
        let sql = """
            SELECT \(SharedSQL.shownCode)
            FROM state_claims c CROSS JOIN state_people p ON p.number = c.person CROSS JOIN logs l ON l.number = c.log
                CROSS JOIN state_codes k ON k.number = c.code
            WHERE c.person = ? ORDER BY (\(SharedSQL.claimWins)) DESC, \(SharedSQL.claimPlace) LIMIT 1
            """
        return try database.firstRow(sql, [person]) { $0[0] }
    }
}
