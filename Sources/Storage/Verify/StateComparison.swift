import FoundationEssentials
import GRDB

/// Compares a stored state with one folded from nothing, row by row under natural keys: numbers are each database's own.
struct StateComparison {
    let stored: Database
    let expected: Database

    func run(_ verification: inout Verification) throws {
        for projection in Self.projections { try compare(projection, &verification) }
    }

    /// A table's rows under keys that every node shares, ordered by them.
    private struct Projection {
        let name: String
        /// How many of the first columns are the key.
        let keyColumns: Int
        let sql: String
    }

    private func compare(_ projection: Projection, _ verification: inout Verification) throws {
        let left = try Row.fetchCursor(stored, sql: projection.sql)
        let right = try Row.fetchCursor(expected, sql: projection.sql)
        var a = try left.next()?.copy()
        var b = try right.next()?.copy()
        while a != nil || b != nil {
            let order = Self.order(a, b, keyColumns: projection.keyColumns)
            switch order {
            case .orderedAscending:
                verification.note("\(projection.name) \(Self.key(a, projection)): is stored but follows from nothing")
                a = try left.next()?.copy()
            case .orderedDescending:
                verification.note("\(projection.name) \(Self.key(b, projection)): is missing")
                b = try right.next()?.copy()
            case .orderedSame:
                if let a, let b, let difference = Self.difference(a, b) {
                    verification.note("\(projection.name) \(Self.key(a, projection)): \(difference)")
                }
                a = try left.next()?.copy()
                b = try right.next()?.copy()
            }
        }
    }

    private static func order(_ a: Row?, _ b: Row?, keyColumns: Int) -> ComparisonResult {
        guard let a else { return .orderedDescending }
        guard let b else { return .orderedAscending }
        for column in 0..<keyColumns {
            let x = text(a, column)
            let y = text(b, column)
            if x.utf8.lexicographicallyPrecedes(y.utf8) { return .orderedAscending }
            if y.utf8.lexicographicallyPrecedes(x.utf8) { return .orderedDescending }
        }
        return .orderedSame
    }

    private static func key(_ row: Row?, _ projection: Projection) -> String {
        guard let row else { return "" }
        return (0..<projection.keyColumns).map { text(row, $0) }.joined(separator: " ")
    }

    /// Whatever stands there: what is compared may be damaged.
    private static func text(_ row: Row, _ column: Int) -> String {
        let value: DatabaseValue = row[column]
        return String.fromDatabaseValue(value) ?? "\(value)"
    }

    private static func difference(_ a: Row, _ b: Row) -> String? {
        for (left, right) in zip(a, b) where left.1 != right.1 {
            return "\(left.0) is \(left.1), the log says \(right.1)"
        }
        return nil
    }

    private static func person(_ number: String) -> String {
        "coalesce((SELECT lower(hex(x.person)) FROM state_people x WHERE x.number = \(number)), 'number ' || \(number))"
    }
    private static func pledge(_ number: String) -> String {
        "coalesce((SELECT lower(hex(x.pledge)) FROM state_pledges x WHERE x.number = \(number)), 'number ' || \(number))"
    }
    private static func code(_ number: String) -> String {
        "coalesce((SELECT x.code FROM state_codes x WHERE x.number = \(number)), 'number ' || \(number))"
    }

    private static let projections = [
        Projection(
            name: "person", keyColumns: 1,
            sql: """
                SELECT lower(hex(p.person)), joined_at, joined_time, joined_log, joined_position, own_code,
                    hex(member_id) AS member_id, \(person("p.winner")) AS winner, pledges, qualifying,
                    winner_log, winner_position, marks, hex(witnesses) AS witnesses
                FROM state_people p ORDER BY p.person
                """),
        Projection(
            name: "claim", keyColumns: 3,
            sql: """
                SELECT \(person("c.person")) AS person, printf('%020d', log), printf('%020d', position),
                    \(code("c.code")) AS code, period, at, imported,
                    hex(member) AS member, hex(recorder) AS recorder
                FROM state_claims c ORDER BY 1, 2, 3
                """),
        Projection(
            name: "unlink", keyColumns: 3,
            sql: """
                SELECT \(person("u.person")) AS person, printf('%020d', log), printf('%020d', position), period, at,
                    hex(member) AS member
                FROM state_unlinks u ORDER BY 1, 2, 3
                """),
        Projection(
            name: "suspension", keyColumns: 3,
            sql: """
                SELECT \(person("s.person")) AS person, printf('%020d', log), printf('%020d', position), period, at, lifted
                FROM state_suspensions s ORDER BY 1, 2, 3
                """),
        Projection(
            name: "code", keyColumns: 1,
            sql: """
                SELECT c.code, lower(hex(code_key)) AS code_key, hex(own_id) AS own_id, \(person("c.own_person")) AS own_person,
                    \(person("c.registrant")) AS registrant, written, period, at, log, position
                FROM state_codes c ORDER BY c.code
                """),
        Projection(
            name: "pledge", keyColumns: 1,
            sql: """
                SELECT lower(hex(p.pledge)), \(person("p.backer")) AS backer, at, amount, currency,
                    \(code("p.code")) AS code, visibility, paid, refunded, state, qualifying,
                    \(person("p.first_touch")) AS first_touch, \(person("p.last_touch")) AS last_touch, shares,
                    writers, flags
                FROM state_pledges p ORDER BY p.pledge
                """),
        Projection(
            name: "money fact", keyColumns: 3,
            sql: """
                SELECT \(pledge("m.pledge")), kind || '', reference,
                    void, amount, currency, time, log, position, imported,
                    confirmed, confirmed_currency
                FROM state_money m ORDER BY 1, 2, 3
                """),
        Projection(
            name: "overtaken write", keyColumns: 3,
            sql: """
                SELECT \(pledge("o.pledge")), printf('%020d', log), printf('%020d', position), time
                FROM state_overtaken o ORDER BY 1, 2, 3
                """),
        Projection(
            name: "ambassador", keyColumns: 1,
            sql: """
                SELECT \(person("a.person")), code, brought, reach, depth, cut FROM state_ambassadors a ORDER BY 1
                """),
        Projection(
            name: "tally", keyColumns: 3,
            sql: """
                SELECT \(person("t.person")), attribution || '', currency, pledges, pledged, paid, refunded,
                    credited_pledges
                FROM state_tallies t ORDER BY 1, 2, 3
                """),
        Projection(
            name: "totals", keyColumns: 1,
            sql: """
                SELECT id || '', backers, ambassadors, attributed_backers, pledges, anonymous_pledges,
                    prospects, flagged_pledges
                FROM state_totals
                """),
        Projection(
            name: "currency totals", keyColumns: 1,
            // A row of zeros is as good as none.
            sql: """
                SELECT currency, pledged, paid, refunded, cancelled FROM state_currencies
                WHERE pledged <> 0 OR paid <> 0 OR refunded <> 0 OR cancelled <> 0 ORDER BY currency
                """),
        Projection(
            name: "share of the totals", keyColumns: 3,
            sql: """
                SELECT attribution || '', share || '', currency, pledges, pledged, paid, refunded FROM state_shares
                ORDER BY attribution, share, currency
                """),
        Projection(
            name: "overtaken registration", keyColumns: 3,
            sql: """
                SELECT \(code("o.code")), printf('%020d', log), printf('%020d', position),
                    \(person("o.registrant")) AS registrant, written, period, at
                FROM state_overtaken_codes o ORDER BY 1, 2, 3
                """),
        Projection(
            name: "voice", keyColumns: 2,
            sql: """
                SELECT printf('%020d', log), printf('%020d', position), hex(voice) AS voice, kind, at, counter,
                    hex(person) AS person, mood, hex(answers) AS answers
                FROM state_voices ORDER BY log, position
                """),
        Projection(
            name: "words", keyColumns: 2,
            sql: """
                SELECT printf('%020d', log), printf('%020d', position), text FROM detail_voices ORDER BY log, position
                """),
        Projection(
            name: "external id of person", keyColumns: 1,
            sql: """
                SELECT \(person("d.person")), source, external FROM detail_people d ORDER BY 1
                """),
        Projection(
            name: "external id of pledge", keyColumns: 1,
            sql: """
                SELECT \(pledge("d.pledge")), source, external
                FROM detail_pledges d ORDER BY 1
                """),
        Projection(
            name: "name", keyColumns: 1,
            sql: """
                SELECT \(person("d.person")), skeleton, value FROM detail_names d ORDER BY 1
                """),
        Projection(
            name: "detail", keyColumns: 2,
            sql: """
                SELECT \(person("d.person")), field || '', value, steward, time, log, position FROM detail_fields d
                ORDER BY 1, 2
                """),
    ]
}
