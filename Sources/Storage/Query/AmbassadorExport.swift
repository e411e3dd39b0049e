package import GRDB

/// Rows of `ambassadors.csv`: a row for every code that somebody owns, by the owner's id.
///
/// The codes of one owner stand together and by place, so that reading them back, which gives them rising positions, shows the
/// same one of them. A page holds whole owners: it may have more rows than its limit.
package struct AmbassadorExport: Sendable {
    package struct Row: Hashable, Sendable {
        package var ambassador: PersonName
        /// Whose external id it is; the file does not say.
        package var source: String?
        package var code: String
        /// Claimed time of the registration, Unix milliseconds; nil for an own code that its owner did not register as well.
        package var joinedAt: Int64?
        /// Derived from an id, not registered.
        package var isOwn: Bool
    }

    /// Only rows whose external ids are all of this source; nil for every row.
    package var source: String?

    package init(source: String? = nil) { self.source = source }

    package func run(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        let sql = """
            SELECT p.number, p.person, p.external, s.source
            FROM state_people p CROSS JOIN state_ambassadors a ON a.person = p.number
                LEFT JOIN detail_sources s ON s.number = p.source
            WHERE p.person > ? AND (? IS NULL OR s.source = ?) ORDER BY p.person LIMIT ?
            """
        let fetched = try database.rows(sql, [page.idKey(), source, source, page.fetchLimit]) { row in
            (number: row[0] as Int64, name: try row.personName(1), source: row[3] as String?)
        }
        let cut = page.page(of: fetched) { $0.name.printedID }
        let rows = try cut.rows.flatMap { owner in
            try database.codes(ownedBy: owner.number).map {
                Row(
                    ambassador: owner.name, source: owner.source, code: $0.code, joinedAt: $0.registeredAt,
                    isOwn: $0.isOwn)
            }
        }
        return ListPage(rows: rows, next: cut.next)
    }
}
