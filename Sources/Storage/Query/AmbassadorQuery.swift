package import Community
package import GRDB

/// Owners of codes, by id; and one alone.
package struct AmbassadorQuery: Sendable {
    package struct Row: Hashable, Sendable {
        package var ambassador: PersonName
        package var displayName: String?
        /// That name looks like another one of the record.
        package var isLookalike = false
        /// The one shown: the registered one of lowest place, else the own one.
        package var code: String
        package var brought: Int
        package var reach: Int
        package var depth: Int
        /// Paid minus refunded, by the attribution and in the currency asked for.
        package var creditedMinor: Int128
        package var creditedPledges: Int
        package var isSuspended: Bool
    }

    /// An ambassador alone.
    package struct Details: Hashable, Sendable {
        package var row: Row
        package var contact: String?
        /// All that they own, the one shown first.
        package var codes: [String]
    }

    package var attribution: AttributionKind
    package var currency: Currency

    package init(attribution: AttributionKind, currency: Currency) {
        self.attribution = attribution
        self.currency = currency
    }

    package func list(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        // Walks the index of ids, which alone is in order, and looks for a row of ambassadors beside each.
        let sql = Self.sql + "WHERE p.person > ? ORDER BY p.person LIMIT ?"
        let fetched = try database.rows(sql, rule + [page.idKey(), page.fetchLimit], Self.row)
        return page.page(of: fetched) { $0.ambassador.printedID }
    }

    /// - Returns: nil where the person owns no code.
    package func details(of person: PersonNumber, _ database: Database) throws -> Details? {
        guard let row = try database.firstRow(Self.sql + "WHERE p.number = ?", rule + [person], Self.row) else {
            return nil
        }
        return Details(
            row: row, contact: try database.detail(.contact, of: person),
            codes: try database.codes(ownedBy: person).map(\.code))
    }

    private var rule: StatementArguments { [Int64(attribution.rawValue), currency.code] }

    private static let sql = """
        SELECT p.person, p.external, f.value, a.code, a.brought, a.reach, a.depth, t.paid, t.refunded, t.credited_pledges,
            p.marks, \(SharedSQL.isLookalike("p.number"))
        FROM state_people p CROSS JOIN state_ambassadors a ON a.person = p.number
            \(SharedSQL.name(of: "p.number"))
            LEFT JOIN state_tallies t ON t.person = p.number AND t.attribution = ? AND t.currency = ?\u{20}
        """

    private static func row(_ row: GRDB.Row) throws -> Row {
        let paid: WideInteger? = row[7]
        let refunded: WideInteger? = row[8]
        return Row(
            ambassador: try row.personName(0), displayName: row[2], isLookalike: row[11], code: row[3], brought: row[4],
            reach: row[5], depth: row[6], creditedMinor: (paid?.value ?? 0) - (refunded?.value ?? 0),
            creditedPledges: row[9] ?? 0, isSuspended: PersonMarks(rawValue: row[10]).contains(.isSuspended))
    }
}

/// A code of a person: as shown, and when it was registered.
struct OwnedCode {
    var code: String
    var isOwn: Bool
    /// nil for an own code that its owner did not register as well.
    var registeredAt: Int64?
}

extension Database {
    /// A person's codes: registered ones by place, then own ones by code. The first is the one shown.
    func codes(ownedBy person: PersonNumber) throws -> [OwnedCode] {
        let sql = """
            SELECT \(SharedSQL.shownCode), k.own_person IS NOT NULL, CASE WHEN k.registrant = k.owner THEN k.at END
            FROM state_codes k LEFT JOIN logs l ON l.number = k.log
            WHERE k.owner = ?
            ORDER BY k.own_person IS NOT NULL, CASE WHEN k.own_person IS NULL THEN k.period END,
                CASE WHEN k.own_person IS NULL THEN k.at END, l.member, l.incarnation, k.position, k.code
            """
        return try rows(sql, [person]) { OwnedCode(code: $0[0], isOwn: $0[1], registeredAt: $0[2]) }
    }
}
