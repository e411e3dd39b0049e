package import AuthorLog
package import Community
import FoundationEssentials
package import GRDB
package import Identity

/// All claims of who brought a person, by place: which one wins, and why the others do not.
package struct ReferralListQuery: Sendable {
    package enum Outcome: String, Hashable, Sendable {
        /// Lowest place of those that count.
        case wins
        /// Counts, and another one stands before it.
        case later
        /// Nobody brings themselves.
        case ownCode
        /// Nobody owns the code, yet.
        case unknownCode
    }

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
        package var outcome: Outcome

        package var author: MemberKey { log.member }
        package var counts: Bool { outcome == .wins || outcome == .later }
        package var wins: Bool { outcome == .wins }
    }

    package var person: PersonNumber
    package var page: PageRequest

    package init(person: PersonNumber, page: PageRequest) {
        self.person = person
        self.page = page
    }

    package func run(_ database: Database) throws -> ListPage<Row> {
        let winner = try database.winningClaim(of: person)
        let after = try PlaceKey(cursor: page.after)
        let sql = """
            SELECT c.period, c.at, l.member, l.incarnation, c.position, c.log, c.imported, \(SharedSQL.shownCode), k.owner,
                o.person, d.external
            FROM state_claims c CROSS JOIN logs l ON l.number = c.log CROSS JOIN state_codes k ON k.number = c.code
                LEFT JOIN state_people o ON o.number = k.owner LEFT JOIN detail_people d ON d.person = k.owner
            WHERE c.person = ? AND (\(SharedSQL.claimPlace)) > (?, ?, ?, ?, ?)
            ORDER BY \(SharedSQL.claimPlace) LIMIT ?
            """
        let fetched = try database.rows(sql, [person] + after.arguments + [page.fetchLimit]) { row in
            let outcome: Outcome
            switch row[8] as PersonNumber? {
            case nil: outcome = .unknownCode
            case person: outcome = .ownCode
            default: outcome = winner?.log == row[5] && winner?.position == row[4] ? .wins : .later
            }
            let place = try PlaceKey(row)
            let claim = Row(
                code: row[7], ambassador: try row.optionalPersonName(9), at: place.at, isImported: row[6],
                log: LogID(member: place.member, incarnation: place.incarnation),
                position: UInt64(bitPattern: place.position), outcome: outcome)
            return (claim, place)
        }
        let page = page.page(of: fetched) { $0.1.cursor }
        return ListPage(rows: page.rows.map(\.0), next: page.next)
    }
}

/// Where a claim stands, as a cursor says it: the same on every node.
private struct PlaceKey {
    var period: Int64
    var at: Int64
    var member: MemberKey
    var incarnation: Incarnation
    var position: Int64

    /// Columns: period, at, member, incarnation, position.
    init(_ row: Row) throws {
        guard let incarnation = Incarnation(row[3] as Data) else {
            throw StorageError.logIsDamaged("an incarnation does not read")
        }
        (period, at, member, self.incarnation, position) = (row[0], row[1], try row.fixed(2), incarnation, row[4])
    }

    /// - Parameter cursor: nil for a place before all others.
    init(cursor: String?) throws(QueryError) {
        guard let cursor else {
            (period, at, member, position) = (.min, .min, MemberKey(raw: .zero), .min)
            incarnation = Incarnation(number: 0, random: 0)
            return
        }
        guard let bytes = try? Hex.decode(cursor), let key = try? Self(reading: bytes) else {  // why is not asked here
            throw .notACursor(cursor)
        }
        self = key
    }

    private init(reading bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        period = Int64(try reader.u32())
        at = Int64(bitPattern: try reader.u64())
        member = try reader.fixed()
        incarnation = try reader.incarnation()
        position = Int64(bitPattern: try reader.u64())
        try reader.finish()
    }

    var cursor: String {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt32(clamping: period))
        bytes.appendBigEndian(UInt64(bitPattern: at))
        member.append(to: &bytes)
        incarnation.append(to: &bytes)
        bytes.appendBigEndian(UInt64(bitPattern: position))
        return Hex.encode(bytes)
    }

    var arguments: StatementArguments { [period, at, member.data, Data(incarnation.bytes), position] }
}

/// A claim that decides.
struct WinningClaim {
    var log: LogNumber
    var position: Int64
    /// The code it is on, as its owner registered it, else in normal form.
    var code: String
}

extension Database {
    /// - Returns: Of the claims of a person that count the one of lowest place.
    func winningClaim(of person: PersonNumber) throws -> WinningClaim? {
        // The order of joins is fixed: a person has few claims, and the planner would rather walk all owned codes.
        let sql = """
            SELECT c.log, c.position, \(SharedSQL.shownCode)
            FROM state_claims c CROSS JOIN logs l ON l.number = c.log CROSS JOIN state_codes k ON k.number = c.code
            WHERE c.person = ? AND \(SharedSQL.claimCounts)
            ORDER BY \(SharedSQL.claimPlace) LIMIT 1
            """
        return try firstRow(sql, [person]) { WinningClaim(log: $0[0], position: $0[1], code: $0[2]) }
    }
}
