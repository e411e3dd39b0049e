import Community
import FoundationEssentials
import GRDB
import Identity

/// Whom persons brought, in the order of ``ChildKey``, a page at a time; for one answer.
///
/// Nothing is stored by who brought whom. Who owns a code is found among the ambassadors, or among the claims on the parent's codes,
/// whichever are fewer. Those without a code are found among those claims, or in the order of all ids until there are enough: ids
/// are hashes, so of many children one comes soon. A page of a parent with *b* children in a record of *n* persons so takes *b*
/// look-ups, or limit × *n* / *b* steps of an index, whichever is sooner done.
struct ReferralBranches {
    enum Page {
        /// Of whose tree it is.
        case own(after: ChildKey?, limit: Int)
        /// Everybody below. Where not all fit, only those who own a code: the others brought nobody, and by their ids nobody knows them.
        case first(limit: Int)
    }

    private struct Child {
        var number: PersonNumber
        var key: ChildKey
    }

    private let database: Database
    private let personCount: Int
    private let ambassadorCount: Int
    /// Of each parent, children that are cut off.
    private let cut: [PersonNumber: Int]
    /// All that are below somebody, unsorted, by who brought them; read when looking among claims has cost as much.
    private var owners: [PersonNumber: [Child]]?
    private var claimsRead = 0

    init(_ database: Database) throws {
        self.database = database
        // Numbers are given in order: near enough.
        personCount = try database.firstRow("SELECT max(number) FROM state_people") { $0[0] ?? 0 } ?? 0
        ambassadorCount = try database.firstRow("SELECT ambassadors FROM state_totals") { $0[0] } ?? 0
        let sql = """
            SELECT p.winner FROM state_ambassadors a CROSS JOIN state_people p ON p.number = a.person
            WHERE a.cut = 1 AND p.winner IS NOT NULL
            """
        cut = try database.rows(sql) { $0[0] as PersonNumber }.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    /// All in the generation below a person.
    func childCount(of person: PersonNumber, brought: Int) -> Int { brought - cut[person, default: 0] }

    /// - Parameter count: All there are.
    /// - Returns: `next`, where more come behind a page that is not empty.
    mutating func children(
        of parent: PersonNumber, count: Int, page: Page
    ) throws -> (children: [PersonNumber], next: ChildKey?) {
        let owners = try owners(below: parent, count: count)
        let (after, limit, takesPlain): (ChildKey?, Int, Bool) =
            switch page {
            case .own(let after, let limit): (after, limit, true)
            case .first(let limit): (nil, limit, count <= limit)
            }
        let behind = owners.filter { child in after.map { $0 < child.key } ?? true }.sorted { $0.key < $1.key }
        // One more than wanted tells whether there is a next page.
        var found = Array(behind.prefix(limit + 1))
        let plainCount = count - owners.count
        if takesPlain, found.count <= limit, plainCount > 0 {
            let id: PersonID? = if case .plain(let id) = after { id } else { nil }
            found += try plain(
                below: parent, after: id, limit: limit + 1 - found.count, count: count, plainCount: plainCount)
        }
        let hasMore = !takesPlain || found.count > limit
        let shown = found.prefix(limit)
        return (shown.map(\.number), hasMore ? shown.last?.key : nil)
    }

    // MARK: Owners of codes

    private mutating func owners(below parent: PersonNumber, count: Int) throws -> [Child] {
        if let owners { return owners[parent, default: []] }
        claimsRead += count
        guard claimsRead > ambassadorCount else {
            let sql = """
                SELECT a.person, a.reach, a.brought, a.code
                FROM \(Self.claimed) CROSS JOIN state_ambassadors a ON a.person = p.number
                WHERE k.owner = ?1 AND \(SharedSQL.claimWins) AND a.cut = 0
                """
            return try database.rows(sql, [parent]) { Self.owner($0, 0) }
        }
        let sql = """
            SELECT p.winner, a.person, a.reach, a.brought, a.code
            FROM state_ambassadors a CROSS JOIN state_people p ON p.number = a.person
            WHERE a.cut = 0 AND p.winner IS NOT NULL
            """
        let all = try database.rows(sql) { (parent: $0[0] as PersonNumber, child: Self.owner($0, 1)) }
        let grouped = Dictionary(grouping: all, by: \.parent).mapValues { $0.map(\.child) }
        owners = grouped
        return grouped[parent, default: []]
    }

    private static func owner(_ row: Row, _ column: Int) -> Child {
        Child(
            number: row[column], key: .owner(reach: row[column + 1], brought: row[column + 2], code: row[column + 3]))
    }

    // MARK: Others

    private func plain(
        below parent: PersonNumber, after: PersonID?, limit: Int, count: Int, plainCount: Int
    ) throws -> [Child] {
        let isWalked = limit * personCount < QueryLimits.idsPerLookup * count * plainCount
        let isPlain = "NOT EXISTS (SELECT 1 FROM state_ambassadors a WHERE a.person = p.number)"
        let sql =
            isWalked
            ? "SELECT p.number, p.person FROM state_people p WHERE p.winner = ?1 AND p.person > ?2 AND \(isPlain) ORDER BY p.person LIMIT ?3"
            : """
            SELECT p.number, p.person FROM \(Self.claimed)
            WHERE k.owner = ?1 AND \(SharedSQL.claimWins) AND p.person > ?2 AND \(isPlain) ORDER BY p.person LIMIT ?3
            """
        return try database.rows(sql, [parent, after?.data ?? Data(), limit]) { row in
            Child(number: row[0], key: .plain(try row.fixed(1)))
        }
    }

    /// Whoever a person brought has a claim on a code of theirs, and those are found by index.
    private static let claimed = """
        state_codes k CROSS JOIN state_claims c ON c.code = k.number CROSS JOIN state_people p ON p.number = c.person
        """
}
