package import Community
package import GRDB

/// Persons who joined or pledged, by id; and one person alone.
package struct BackerQuery: Sendable {
    package struct Row: Hashable, Sendable {
        package var backer: PersonName
        /// What they are called in the record; nil where that is not held.
        package var displayName: String?
        /// That name looks like another one of the record.
        package var isLookalike = false
        /// Unix milliseconds; nil if the person never joined.
        package var joinedAt: Int64?
        /// The code of the claim that wins, and its owner: who brought them.
        package var code: String?
        package var ambassador: PersonName?
        /// How many pledges are theirs.
        package var pledges: Int
        /// Whether the person joined or pledged: always so in a list.
        package var isBacker: Bool { joinedAt != nil || pledges > 0 }
        /// No payment of theirs reaches the qualifying amount, if the community set one: until then their pledges credit nobody.
        package var isProspect: Bool
    }

    /// A person alone.
    package struct Details: Hashable, Sendable {
        package var row: Row
        package var contact: String?
        /// What they gave, by currency.
        package var money: [MoneySums]
    }

    /// The community set a qualifying amount.
    package var hasQualifyingAmount: Bool

    package init(hasQualifyingAmount: Bool = false) { self.hasQualifyingAmount = hasQualifyingAmount }

    package func list(_ page: PageRequest, _ database: Database) throws -> ListPage<Row> {
        let isBacker = "(p.joined_at IS NOT NULL OR p.pledges > 0)"
        let sql = Self.sql + "WHERE p.person > ? AND \(isBacker) ORDER BY p.person LIMIT ?"
        let fetched = try database.rows(sql, [page.idKey(), page.fetchLimit]) {
            ($0[0] as PersonNumber, try self.row($0))
        }
        let cut = page.page(of: fetched) { $0.1.backer.printedID }
        return ListPage(rows: try cut.rows.map { try Self.withCode($1, of: $0, database) }, next: cut.next)
    }

    /// - Returns: nil where there is no such person; somebody who is no backer has a row, too.
    package func details(of person: PersonNumber, _ database: Database) throws -> Details? {
        guard let row = try database.firstRow(Self.sql + "WHERE p.number = ?", [person], self.row) else { return nil }
        return Details(
            row: try Self.withCode(row, of: person, database),
            contact: try database.detail(.contact, of: person),
            money: try money(of: person, database))
    }

    private func money(of person: PersonNumber, _ database: Database) throws -> [MoneySums] {
        let sql = "SELECT currency, amount, paid, refunded, state FROM state_pledges WHERE backer = ?"
        var sums: [String: MoneySums] = [:]
        _ = try database.rows(sql, [person]) { row in
            let currency: String = row[0]
            var money = try sums[currency] ?? MoneySums(currency: currency, exponent: row.exponent(ofCurrency: 0))
            money.pledgedMinor += Int128(row[1] as Int64)
            money.paidMinor += Int128(row[2] as Int64)
            money.refundedMinor += Int128(row[3] as Int64)
            let state = PledgeState(rawValue: row[4])
            if state == .cancelled || state == .lapsed { money.cancelledMinor += Int128(row[1] as Int64) }
            sums[currency] = money
        }
        return sums.values.sorted { $0.currency < $1.currency }
    }

    private static let sql = """
        SELECT p.number, p.person, p.external, f.value, p.joined_at, w.person, w.external, p.pledges, p.qualifying,
            \(SharedSQL.isLookalike("p.number"))
        FROM state_people p
            \(SharedSQL.name(of: "p.number"))
            LEFT JOIN state_people w ON w.number = p.winner\u{20}
        """

    private func row(_ row: GRDB.Row) throws -> Row {
        Row(
            backer: try row.personName(1), displayName: row[3], isLookalike: row[9], joinedAt: row[4],
            ambassador: try row.optionalPersonName(5), pledges: row[7],
            isProspect: hasQualifyingAmount && row[8] == 0 as Int64)
    }

    private static func withCode(_ row: Row, of person: PersonNumber, _ database: Database) throws -> Row {
        guard row.ambassador != nil else { return row }
        var row = row
        row.code = try database.winningCode(of: person)
        return row
    }
}

extension Database {
    func detail(_ field: DetailWriter.Field, of person: PersonNumber) throws -> String? {
        let sql = "SELECT value FROM detail_fields WHERE person = ? AND field = ?"
        return try firstRow(sql, [person, field.rawValue]) { $0[0] }
    }
}
