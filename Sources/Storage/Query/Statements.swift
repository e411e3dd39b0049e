import GRDB

/// Fragments that several statements share. No values: those are always bound.
enum SharedSQL {
    /// A code of `state_codes k` as people see it: as its owner registered it, else in normal form.
    static let shownCode = "CASE WHEN k.own_person IS NULL THEN coalesce(k.written, k.code) ELSE k.code END"
    /// Ascending place of `state_claims c` with `logs l`.
    static let claimPlace = "c.period, c.at, l.member, l.incarnation, c.position"
    /// Joins as `f` what a person is called, where somebody said so.
    static func name(of person: String) -> String {
        "LEFT JOIN detail_fields f ON f.person = \(person) AND f.field = \(DetailWriter.Field.name.rawValue)"
    }
    /// True where the person's name looks like another, different name of the record (UTS 39). Two look-ups, however many people share
    /// one name.
    static func isLookalike(_ person: String) -> String {
        func other(_ comparison: String) -> String {
            """
            EXISTS (SELECT 1 FROM detail_names n CROSS JOIN detail_names m ON m.skeleton = n.skeleton AND m.value \(comparison) n.value
                WHERE n.person = \(person))
            """
        }
        return "(\(other("<")) OR \(other(">")))"
    }
    /// The bundle that a position of a log lies in; takes the log and the position.
    static let bundleAt = "FROM bundles WHERE log = ? AND position <= ? ORDER BY position DESC LIMIT 1"
    /// True where `state_claims c` is the one that brought `state_people p`.
    static let claimWins = "c.log IS p.winner_log AND c.position IS p.winner_position"
}

extension Database {
    /// Runs a statement that is prepared once a connection.
    func rows<Value>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (Row) throws -> Value
    ) throws -> [Value] {
        let cursor = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        var values: [Value] = []
        while let row = try cursor.next() { values.append(try read(row)) }
        return values
    }

    /// - Returns: The first row, read; nil where there is none.
    func firstRow<Value>(
        _ sql: String, _ arguments: StatementArguments = [], _ read: (Row) throws -> Value
    ) throws -> Value? {
        let cursor = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        return try cursor.next().map(read)
    }
}
