package import Community
package import GRDB

/// Why somebody counts as having brought a person: all claims, by place, each with what the rule says of it.
package struct ReferralExplainQuery: Sendable {
    package struct Row: Hashable, Sendable {
        /// As its owner registered it, else in normal form.
        package var code: String
        /// Who owns the code now; nil where nobody does.
        package var ambassador: PersonName?
        package var ambassadorName: String?
        /// Months since January of year 1, or 1 for times before the charter's.
        package var period: UInt32
        /// Counting claimed time, Unix milliseconds.
        package var at: Int64
        /// Of the header, Unix milliseconds.
        package var writtenAt: Int64
        package var author: AuthorName
        /// In the author's log.
        package var position: UInt64
        package var isImported: Bool
        package var verdict: ClaimRule.Verdict
    }

    package struct Answer: Hashable, Sendable {
        /// Lowest place first; at most ``QueryLimits/explainedClaims``.
        package var rows: [Row]
        /// What the rule says; nil where no claim counts.
        package var winner: Row?
        /// The winning claim closes a circle, and it is there that the tree is cut.
        package var isCut: Bool
        package var isTruncated: Bool
    }

    package var person: PersonNumber
    package var pseudonyms: Pseudonyms

    package init(person: PersonNumber, pseudonyms: Pseudonyms) {
        self.person = person
        self.pseudonyms = pseudonyms
    }

    /// A claim before it is known who wrote it.
    private struct Claim {
        var code: String
        var owner: PersonNumber?
        var ambassador: PersonName?
        var ambassadorName: String?
        var place: Place
        var isImported: Bool
    }

    /// - Returns: nil where there is no such person.
    package func run(_ database: Database) throws -> Answer? {
        let sql = """
            SELECT p.winner IS NOT NULL AND coalesce(a.cut, 0)
            FROM state_people p LEFT JOIN state_ambassadors a ON a.person = p.number WHERE p.number = ?
            """
        guard let isCut = try database.firstRow(sql, [person], { $0[0] as Bool }) else { return nil }
        let claims = try claims(database)
        var authors = AuthorNames(pseudonyms: pseudonyms)
        for log in Set(claims.map(\.place.log)).sorted() { _ = try authors.author(of: log, database) }
        let verdicts = ClaimRule.verdicts(
            on: claims.map { ClaimRule.Candidate(place: $0.place, owner: $0.owner) }, of: person, order: authors.order)
        func row(_ index: Int) throws -> Row {
            let claim = claims[index]
            let place = claim.place
            return Row(
                code: claim.code, ambassador: claim.ambassador, ambassadorName: claim.ambassadorName,
                period: place.period, at: place.at,
                writtenAt: try database.writtenAt(log: place.log, position: Int64(bitPattern: place.position)),
                author: try authors.author(of: place.log, database), position: place.position,
                isImported: claim.isImported, verdict: verdicts[index])
        }
        return Answer(
            rows: try claims.indices.prefix(QueryLimits.explainedClaims).map(row),
            winner: try verdicts.firstIndex(of: .wins).map(row), isCut: isCut,
            isTruncated: claims.count > QueryLimits.explainedClaims)
    }

    private func claims(_ database: Database) throws -> [Claim] {
        let sql = """
            SELECT \(SharedSQL.shownCode), k.owner, o.person, d.external, f.value, c.period, c.at, c.log, c.position, c.imported
            FROM state_claims c CROSS JOIN logs l ON l.number = c.log CROSS JOIN state_codes k ON k.number = c.code
                LEFT JOIN state_people o ON o.number = k.owner LEFT JOIN detail_people d ON d.person = k.owner
                \(SharedSQL.name(of: "k.owner"))
            WHERE c.person = ? ORDER BY \(SharedSQL.claimPlace)
            """
        return try database.rows(sql, [person]) { row in
            Claim(
                code: row[0], owner: row[1], ambassador: try row.optionalPersonName(2), ambassadorName: row[4],
                place: Place(
                    period: row[5], at: row[6], log: row[7], position: UInt64(bitPattern: row[8] as Int64)),
                isImported: row[9])
        }
    }
}
