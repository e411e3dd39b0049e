package import AuthorLog
package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// All claims of who brought a person, by place: which one wins, and why the others do not.
package struct ReferralListQuery: Sendable {
    package struct Row: Hashable, Sendable {
        /// As its owner registered it, else in normal form.
        package var code: String
        package var ambassador: PersonName?
        /// Counting claimed time, Unix milliseconds.
        package var at: Int64
        package var isImported: Bool
        /// Who stated it, and where.
        package var log: LogID
        package var position: UInt64
        package var verdict: ClaimRule.Verdict
        package var flags: [ReferralFlag]

        package var author: MemberKey { log.member }
        package var counts: Bool { verdict.counts }
        package var wins: Bool { verdict == .wins }
    }

    package var person: PersonNumber
    package var page: PageRequest

    package init(person: PersonNumber, page: PageRequest) {
        self.person = person
        self.page = page
    }

    package func run(_ database: Database) throws -> ListPage<Row> {
        let after = try page.after.map { (cursor) throws(QueryError) in try PlaceKey(cursor: cursor) }
        let claims = try PersonClaims(of: person, database)?.claims ?? []
        let later = claims.filter { claim in after.map { $0 < PlaceKey(claim) } ?? true }
        let page = page.page(of: Array(later.prefix(page.fetchLimit))) { PlaceKey($0).cursor }
        return ListPage(rows: page.rows.map { Row($0) }, next: page.next)
    }
}

extension ReferralListQuery.Row {
    fileprivate init(_ claim: PersonClaims.Claim) {
        self.init(
            code: claim.code, ambassador: claim.ambassador, at: claim.row.place.at,
            isImported: claim.row.isImported, log: claim.log, position: claim.row.place.position,
            verdict: claim.verdict, flags: claim.flags)
    }
}

/// Where a claim stands, as a cursor says it: the same on every node.
private struct PlaceKey: Comparable {
    var period: UInt32
    var at: Int64
    var log: LogID
    var position: UInt64

    init(_ claim: PersonClaims.Claim) {
        let place = claim.row.place
        (period, at, log, position) = (place.period, place.at, claim.log, place.position)
    }

    init(cursor: String) throws(QueryError) {
        guard let bytes = try? Hex.decode(cursor), let key = try? Self(reading: bytes) else {  // why is not asked here
            throw .notACursor(cursor)
        }
        self = key
    }

    static func < (a: PlaceKey, b: PlaceKey) -> Bool {
        (a.period, a.at, a.log, a.position) < (b.period, b.at, b.log, b.position)
    }

    private init(reading bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        period = try reader.u32()
        at = Int64(bitPattern: try reader.u64())
        log = LogID(member: try reader.fixed(), incarnation: try reader.incarnation())
        position = try reader.u64()
        try reader.finish()
    }

    var cursor: String {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(period)
        bytes.appendBigEndian(at)
        log.member.append(to: &bytes)
        log.incarnation.append(to: &bytes)
        bytes.appendBigEndian(position)
        return Hex.encode(bytes)
    }
}

extension Database {
    /// - Returns: The code of the claim that brought a person, as its owner registered it, else in normal form.
    func winningCode(of person: PersonNumber) throws -> String? {
        let sql = """
            SELECT \(SharedSQL.shownCode)
            FROM state_people p CROSS JOIN state_claims c
                ON c.person = p.number AND c.log = p.winner_log AND c.position = p.winner_position
                CROSS JOIN state_codes k ON k.number = c.code
            WHERE p.number = ?
            """
        return try firstRow(sql, [person]) { $0[0] }
    }
}
