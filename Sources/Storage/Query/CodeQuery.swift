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
    }

    package init() {}

    package func list(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        let sql = Self.sql + "WHERE k.code > ? AND k.owner IS NOT NULL ORDER BY k.code LIMIT ?"
        return page.page(of: try database.rows(sql, [page.codeKey(), page.fetchLimit], Self.row)) { $0.normalForm }
    }

    /// - Returns: nil where nobody owns the code.
    package func details(of code: CodeText, _ database: Database) throws -> Row? {
        try database.firstRow(Self.sql + "WHERE k.code = ?", [code.text], Self.row)
    }

    private static let sql = """
        SELECT \(SharedSQL.shownCode), k.code, o.person, d.external, k.own_person IS NOT NULL,
            CASE WHEN k.registrant = k.owner THEN k.at END
        FROM state_codes k CROSS JOIN state_people o ON o.number = k.owner
            LEFT JOIN detail_people d ON d.person = o.number\u{20}
        """

    private static func row(_ row: GRDB.Row) throws -> Row {
        Row(code: row[0], normalForm: row[1], ambassador: try row.personName(2), isOwn: row[4], registeredAt: row[5])
    }
}
