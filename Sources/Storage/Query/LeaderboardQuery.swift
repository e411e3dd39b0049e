package import Community
package import GRDB

/// The owners of codes, best first.
///
/// Every node prints the same board: the chosen score, then a second one, both descending, then the code's bytes, which no two
/// owners share. Sorted here and not by SQLite, as sums may be wider than its integers.
package struct LeaderboardQuery: Sendable {
    package enum Score: String, CaseIterable, Sendable {
        case credited, brought, reach
    }

    package struct Row: Hashable, Sendable {
        /// 1…n, never shared.
        package var rank: Int
        package var ambassador: PersonName
        package var displayName: String?
        /// That name looks like another one of the record.
        package var isLookalike = false
        package var code: String
        package var brought: Int
        package var reach: Int
        package var depth: Int
        /// Paid minus refunded, in the currency asked for.
        package var creditedMinor: Int128
        package var creditedPledges: Int
    }

    package var attribution: AttributionKind
    package var score: Score
    package var currency: Currency
    /// 0 for all.
    package var limit: Int

    package init(attribution: AttributionKind, by score: Score, currency: Currency, limit: Int) {
        self.attribution = attribution
        self.score = score
        self.currency = currency
        self.limit = limit
    }

    package func run(_ database: Database) throws -> [Row] {
        let standings = try standings(database).sorted(by: precedes)
        let shown = limit > 0 ? standings.prefix(limit) : standings[...]
        return try shown.enumerated().map { index, standing in
            guard let name = try database.personName(number: standing.person) else {
                throw StorageError.stateIsDamaged("ambassador \(standing.person) is no person")
            }
            return Row(
                rank: index + 1, ambassador: name, displayName: try database.detail(.name, of: standing.person),
                isLookalike: try database.isLookalike(nameOf: standing.person),
                code: standing.code, brought: standing.brought, reach: standing.reach, depth: standing.depth,
                creditedMinor: standing.credited, creditedPledges: standing.creditedPledges)
        }
    }

    /// What is known before names are looked up, which only those shown need.
    private struct Standing {
        var person: PersonNumber
        var code: String
        var brought: Int
        var reach: Int
        var depth: Int
        var credited: Int128 = 0
        var creditedPledges = 0
    }

    private func standings(_ database: Database) throws -> [Standing] {
        let sql = """
            SELECT a.person, a.code, a.brought, a.reach, a.depth, t.paid, t.refunded, t.credited_pledges
            FROM state_ambassadors a LEFT JOIN state_tallies t
                ON t.person = a.person AND t.attribution = ? AND t.currency = ?
            """
        return try database.rows(sql, [Int64(attribution.rawValue), currency.code]) { row in
            var standing = Standing(person: row[0], code: row[1], brought: row[2], reach: row[3], depth: row[4])
            if let paid: WideInteger = row[5] {
                standing.credited = paid.value - (row[6] as WideInteger).value
                standing.creditedPledges = row[7]
            }
            return standing
        }
    }

    private func precedes(_ a: Standing, _ b: Standing) -> Bool {
        let (first, second) = (scores(of: a), scores(of: b))
        return first != second ? first > second : a.code.utf8.lexicographicallyPrecedes(b.code.utf8)
    }

    private func scores(of standing: Standing) -> (Int128, Int) {
        switch score {
        case .credited: (standing.credited, standing.brought)
        case .brought: (Int128(standing.brought), standing.reach)
        case .reach: (Int128(standing.reach), standing.brought)
        }
    }
}

extension Database {
    func isLookalike(nameOf person: PersonNumber) throws -> Bool {
        try firstRow("SELECT \(SharedSQL.isLookalike("?1"))", [person]) { $0[0] } ?? false
    }

    func personName(number: PersonNumber) throws -> PersonName? {
        let sql = "SELECT p.person, p.external FROM state_people p WHERE p.number = ?"
        return try firstRow(sql, [number]) { try $0.personName(0) }
    }
}
