package import Community
package import GRDB
package import Identity

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
        /// Who wrote it by hand; nil in an import.
        package var recorder: MemberID?
        package var verdict: ClaimRule.Verdict
        package var flags: [ReferralFlag]
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

    /// - Returns: nil where there is no such person.
    package func run(_ database: Database) throws -> Answer? {
        guard let person = try PersonClaims(of: person, database) else { return nil }
        var authors = AuthorNames(pseudonyms: pseudonyms)
        func row(_ claim: PersonClaims.Claim) throws -> Row {
            let place = claim.row.place
            return Row(
                code: claim.code, ambassador: claim.ambassador, ambassadorName: claim.ambassadorName,
                period: place.period, at: place.at,
                writtenAt: try database.writtenAt(log: place.log, position: Int64(bitPattern: place.position)),
                author: try authors.author(of: place.log, database), position: place.position,
                isImported: claim.row.isImported, recorder: claim.row.recorder?.member,
                verdict: claim.verdict, flags: claim.flags)
        }
        return Answer(
            rows: try person.claims.prefix(QueryLimits.explainedClaims).map(row),
            winner: try person.claims.first { $0.verdict == .wins }.map(row), isCut: person.isCut,
            isTruncated: person.claims.count > QueryLimits.explainedClaims)
    }
}
