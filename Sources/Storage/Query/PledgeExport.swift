package import Community
package import GRDB

/// Rows of `pledges.csv`, by id.
///
/// The file knows one amount and one status of a pledge: reading it back confirms the whole amount of one that is `paid`, and
/// partial payments and refunds are not in it.
package struct PledgeExport: Sendable {
    package struct Row: Hashable, Sendable {
        package var pledge: PledgeName
        /// Whose external id it is; the file does not say.
        package var source: String?
        /// nil if anonymous.
        package var backer: PersonName?
        package var amountMinor: Int64
        package var currency: String
        package var exponent: Int
        /// Unix milliseconds, 0 where nobody wrote it.
        package var pledgedAt: Int64
        package var state: PledgeState
        /// As its owner registered it, else in normal form.
        package var code: String?

        package var status: String { state.name }
    }

    /// Only rows whose external ids are all of this source; nil for every row.
    package var source: String?

    package init(source: String? = nil) { self.source = source }

    package func run(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        let sql = """
            SELECT p.pledge, p.external, s.source, b.person, b.external, p.amount, p.currency, p.at, p.state,
                \(SharedSQL.shownCode)
            FROM state_pledges p LEFT JOIN detail_sources s ON s.number = p.source
                LEFT JOIN state_people b ON b.number = p.backer
                LEFT JOIN state_codes k ON k.number = p.code
            WHERE p.pledge > ? AND (? IS NULL OR s.source = ? AND (p.backer IS NULL OR b.source = p.source))
            ORDER BY p.pledge LIMIT ?
            """
        let fetched = try database.rows(sql, [page.idKey(), source, source, page.fetchLimit]) { row in
            Row(
                pledge: try row.pledgeName(0), source: row[2], backer: try row.optionalPersonName(3),
                amountMinor: row[5], currency: row[6], exponent: try row.exponent(ofCurrency: 6), pledgedAt: row[7],
                state: try row.pledgeState(8), code: row[9])
        }
        return page.page(of: fetched) { $0.pledge.printedID }
    }
}
