package import Community
package import GRDB

/// Pledges by id; and one alone.
package struct PledgeQuery: Sendable {
    package struct Row: Hashable, Sendable {
        package var pledge: PledgeName
        /// nil if anonymous.
        package var backer: PersonName?
        package var amountMinor: Int64
        package var currency: String
        package var exponent: Int
        /// Unix milliseconds, 0 where nobody wrote it.
        package var pledgedAt: Int64
        package var state: PledgeState
        package var paidMinor: Int64
        package var refundedMinor: Int64
        package var visibility: UInt8
        /// The code it carries, as its owner registered it, else in normal form.
        package var code: String?
        /// Whom it credits.
        package var firstTouch: PersonName?
        package var lastTouch: PersonName?
        package var flags: PledgeFlags

        package var status: String { state.name }

        package func ambassador(by attribution: AttributionKind) -> PersonName? {
            switch attribution {
            case .firstTouch: firstTouch
            case .lastTouch: lastTouch
            }
        }
    }

    /// Only those of which the facts contradict each other.
    package var onlyFlagged: Bool

    package init(onlyFlagged: Bool = false) { self.onlyFlagged = onlyFlagged }

    package func list(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        let flagged = onlyFlagged ? "p.flags <> 0 AND " : ""
        let sql = Self.sql + "WHERE \(flagged)p.pledge > ? ORDER BY p.pledge LIMIT ?"
        return page.page(of: try database.rows(sql, [page.idKey(), page.fetchLimit], Self.row)) { $0.pledge.printedID }
    }

    /// - Returns: nil where there is no such pledge.
    package func row(of pledge: PledgeNumber, _ database: Database) throws -> Row? {
        try database.firstRow(Self.sql + "WHERE p.number = ?", [pledge], Self.row)
    }

    private static let sql = """
        SELECT p.pledge, p.external, b.person, b.external, p.amount, p.currency, p.at, p.state, p.paid, p.refunded,
            p.visibility, \(SharedSQL.shownCode), f.person, f.external, l.person, l.external, p.flags
        FROM state_pledges p LEFT JOIN state_people b ON b.number = p.backer
            LEFT JOIN state_codes k ON k.number = p.code
            LEFT JOIN state_people f ON f.number = p.first_touch
            LEFT JOIN state_people l ON l.number = p.last_touch\u{20}
        """

    private static func row(_ row: GRDB.Row) throws -> Row {
        Row(
            pledge: try row.pledgeName(0), backer: try row.optionalPersonName(2), amountMinor: row[4], currency: row[5],
            exponent: try row.exponent(ofCurrency: 5), pledgedAt: row[6], state: try row.pledgeState(7),
            paidMinor: row[8], refundedMinor: row[9], visibility: row[10], code: row[11],
            firstTouch: try row.optionalPersonName(12), lastTouch: try row.optionalPersonName(14),
            flags: PledgeFlags(rawValue: row[16]))
    }
}
