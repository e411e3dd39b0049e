package import Community
package import GRDB

/// Codes that somebody owns, by normal form; and one alone.
package struct CodeQuery: Sendable {
    package struct Row: Hashable, Sendable {
        /// As its owner registered it, else in normal form.
        package var code: String
        package var normalForm: String
        package var ambassador: PersonName
        /// Derived from an id, not chosen.
        package var isOwn: Bool
        /// Claimed time, Unix milliseconds; nil for an own code that its owner did not register as well.
        package var registeredAt: Int64?
        /// Registrations of it that did not get it.
        package var overtaken: [LostCodeQuery.Row] = []
    }

    package var pseudonyms: Pseudonyms

    package init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    package func list(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        let sql = Self.sql + "WHERE k.code > ? AND k.owner IS NOT NULL ORDER BY k.code LIMIT ?"
        let fetched = try database.rows(sql, [page.codeKey(), page.fetchLimit], Self.row)
        let found = page.page(of: fetched) { $0.row.normalForm }
        return ListPage(rows: try found.rows.map { try complete($0, database) }, next: found.next)
    }

    /// - Returns: nil where nobody owns the code.
    package func details(of code: CodeText, _ database: Database) throws -> Row? {
        try database.firstRow(Self.sql + "WHERE k.code = ?", [code.text], Self.row).map { try complete($0, database) }
    }

    private static let sql = """
        SELECT \(SharedSQL.shownCode), k.code, o.person, o.external, k.own_person IS NOT NULL,
            CASE WHEN k.registrant = k.owner THEN k.at END, k.number,
            k.registrant <> k.own_person OR EXISTS (SELECT 1 FROM state_overtaken_codes x WHERE x.code = k.number)
        FROM state_codes k CROSS JOIN state_people o ON o.number = k.owner\u{20}
        """

    /// - Returns: The row, and the code's number where somebody lost it.
    private static func row(_ row: GRDB.Row) throws -> (row: Row, contested: CodeNumber?) {
        let isContested: Bool? = row[7]
        let code = Row(
            code: row[0], normalForm: row[1], ambassador: try row.personName(2), isOwn: row[4], registeredAt: row[5])
        return (code, isContested == true ? row[6] : nil)
    }

    private func complete(_ found: (row: Row, contested: CodeNumber?), _ database: Database) throws -> Row {
        guard let number = found.contested else { return found.row }
        var row = found.row
        row.overtaken = try LostCodeQuery(pseudonyms: pseudonyms).run(.code(number), database)
        return row
    }
}
