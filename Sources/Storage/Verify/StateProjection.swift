/// A table of the state as it is compared: the key that every node shares, and the rest.
struct StateProjection {
    let name: String
    let table: String
    let key: [Column]
    let values: [Column]
    /// Of the rows that count; all where empty.
    var condition = ""

    struct Column {
        enum Form {
            /// As it is.
            case plain
            /// Shown in hexadecimal, lower or upper case.
            case id, hex
            /// An integer that is a key, as text that sorts.
            case text, place
            /// A number of the database's own that stands for something that every node names alike.
            case person, pledge, code, source
            /// A number that stands for the same id in each state of the record.
            case party
        }
        let name: String
        let form: Form
    }

    var columns: [Column] { key + values }
    var keyColumns: Int { key.count }

    /// All rows, numbers as they are, in any order.
    var sqlByTable: String { "SELECT \(columns.map { "t.\($0.name)" }.joined(separator: ", ")) \(rows)" }

    /// All rows as people read them, by key.
    var sqlByKey: String {
        // By what an index may have, where that is the same order.
        let isPlain = key.allSatisfy { $0.form == .plain || $0.form == .id }
        let order = key.enumerated().map { isPlain ? "t.\($1.name)" : "\($0 + 1)" }
        return """
            SELECT \(columns.map { "\($0.shown) AS \($0.name)" }.joined(separator: ", ")) \(rows)
            ORDER BY \(order.joined(separator: ", "))
            """
    }

    private var rows: String { "FROM \(table) t \(condition.isEmpty ? "" : "WHERE \(condition)")" }
}

extension StateProjection.Column {
    fileprivate var shown: String {
        switch form {
        case .plain: "t.\(name)"
        case .id: "lower(hex(t.\(name)))"
        case .hex: "hex(t.\(name))"
        case .text: "t.\(name) || ''"
        case .place: "printf('%020d', t.\(name))"
        case .person: named("(SELECT lower(hex(x.person)) FROM state_people x WHERE x.number = t.\(name))")
        case .pledge: named("(SELECT lower(hex(x.pledge)) FROM state_pledges x WHERE x.number = t.\(name))")
        case .party: named("(SELECT lower(hex(x.id)) FROM parties x WHERE x.number = t.\(name))")
        case .code: named("(SELECT x.code FROM state_codes x WHERE x.number = t.\(name))")
        case .source: named("(SELECT x.source FROM detail_sources x WHERE x.number = t.\(name))")
        }
    }

    private func named(_ name: String) -> String { "coalesce(\(name), 'number ' || t.\(self.name))" }
}

extension StateProjection {
    private static func plain(_ names: String...) -> [Column] { names.map { Column(name: $0, form: .plain) } }
    private static func id(_ name: String) -> [Column] { [Column(name: name, form: .id)] }
    private static func hex(_ names: String...) -> [Column] { names.map { Column(name: $0, form: .hex) } }
    private static func text(_ names: String...) -> [Column] { names.map { Column(name: $0, form: .text) } }
    private static func person(_ names: String...) -> [Column] { names.map { Column(name: $0, form: .person) } }
    private static func pledge(_ name: String) -> [Column] { [Column(name: name, form: .pledge)] }
    private static func code(_ name: String) -> [Column] { [Column(name: name, form: .code)] }
    private static func party(_ names: String...) -> [Column] { names.map { Column(name: $0, form: .party) } }
    private static let external = [Column(name: "source", form: .source), Column(name: "external", form: .plain)]
    private static let place = [Column(name: "log", form: .place), Column(name: "position", form: .place)]

    /// All that `rebuild` folds anew, but the digest's own notes.
    static let all = [
        StateProjection(
            name: "person", table: "state_people", key: id("person"),
            values: plain("joined_at", "joined_time", "joined_log", "joined_position", "own_code") + hex("member_id")
                + person("winner") + plain("pledges", "qualifying", "winner_log", "winner_position", "marks")
                + hex("witnesses") + external),
        StateProjection(
            name: "claim", table: "state_claims", key: person("person") + place,
            values: code("code") + plain("period", "at", "imported") + party("member", "recorder")),
        StateProjection(
            name: "unlink", table: "state_unlinks", key: person("person") + place,
            values: plain("period", "at") + hex("member")),
        StateProjection(
            name: "suspension", table: "state_suspensions", key: person("person") + place,
            values: plain("period", "at", "lifted")),
        StateProjection(
            name: "code", table: "state_codes", key: plain("code"),
            values: id("code_key") + hex("own_id") + person("own_person", "registrant")
                + plain("written", "period", "at", "log", "position")),
        StateProjection(
            name: "pledge", table: "state_pledges", key: id("pledge"),
            values: person("backer") + plain("at", "amount", "currency") + code("code")
                + plain("visibility", "paid", "refunded", "state", "qualifying") + person("first_touch", "last_touch")
                + plain("shares", "writers", "money", "flags") + external),
        StateProjection(
            name: "overtaken write", table: "state_overtaken", key: pledge("pledge") + place, values: plain("time")),
        StateProjection(
            name: "ambassador", table: "state_ambassadors", key: person("person"),
            values: plain("code", "brought", "reach", "depth", "cut")),
        StateProjection(
            name: "tally", table: "state_tallies", key: person("person") + text("attribution") + plain("currency"),
            values: plain("pledges", "pledged", "paid", "refunded", "credited_pledges")),
        StateProjection(
            name: "totals", table: "state_totals", key: text("id"),
            values: plain(
                "backers", "ambassadors", "attributed_backers", "pledges", "anonymous_pledges", "prospects",
                "flagged_pledges")),
        StateProjection(
            name: "currency totals", table: "state_currencies", key: plain("currency"),
            values: plain("pledged", "paid", "refunded", "cancelled"),
            // A row of zeros is as good as none.
            condition: "pledged <> 0 OR paid <> 0 OR refunded <> 0 OR cancelled <> 0"),
        StateProjection(
            name: "share of the totals", table: "state_shares", key: text("attribution", "share") + plain("currency"),
            values: plain("pledges", "pledged", "paid", "refunded")),
        StateProjection(
            name: "overtaken registration", table: "state_overtaken_codes", key: code("code") + place,
            values: person("registrant") + plain("written", "period", "at")),
        StateProjection(
            name: "voice", table: "state_voices", key: place,
            values: hex("voice") + plain("kind", "at", "counter") + hex("person") + plain("mood") + hex("answers")),
        StateProjection(name: "words", table: "detail_voices", key: place, values: plain("text")),
        StateProjection(
            name: "name", table: "detail_names", key: person("person"), values: plain("skeleton", "value")),
        StateProjection(
            name: "detail", table: "detail_fields", key: person("person") + text("field"),
            values: plain("value", "steward", "time", "log", "position")),
    ]
}
