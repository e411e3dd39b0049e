package import Community
import FoundationEssentials
package import GRDB
import Identity

/// What stewards posted and what members fed back, in the total order; and one alone.
package struct VoiceQuery: Sendable {
    package struct Row: Hashable, Sendable {
        package var id: VoiceID
        package var kind: Voice.Kind
        /// Of the header, Unix milliseconds.
        package var at: Int64
        package var speaker: PersonName
        package var speakerName: String?
        /// That name looks like another one of the record.
        package var isLookalike = false
        /// Who wrote it: another than the speaker where somebody speaks for a backer.
        package var author: AuthorName
        package var mood: Int?
        /// nil where there are no words, or where they are not held.
        package var text: String?
        package var answers: VoiceID?
        /// When the first post that names it was written, Unix milliseconds.
        package var answeredAt: Int64?
    }

    package enum Direction: Sendable { case oldestFirst, newestFirst }

    package var pseudonyms: Pseudonyms

    package init(pseudonyms: Pseudonyms) { self.pseudonyms = pseudonyms }

    // MARK: Lists

    /// - Parameter onlyUnanswered: Leaves out what a post names.
    package func list(
        _ kind: Voice.Kind, onlyUnanswered: Bool, _ direction: Direction, _ page: PageRequest, _ database: Database
    ) throws -> ListPage<Row> {
        let after = try page.after.map { cursor throws(QueryError) in try VoiceKey(cursor: cursor) }
        let (comparison, order) = direction == .oldestFirst ? (">", "ASC") : ("<", "DESC")
        var sql = Self.sql + "WHERE v.kind = ?"
        var arguments: StatementArguments = [Int64(kind.rawValue)]
        if let after {
            // The first comparison is for the index.
            sql +=
                " AND v.at \(comparison)= ? AND (\(Self.order.joined(separator: ", "))) \(comparison) (?, ?, ?, ?, ?)"
            arguments += [after.milliseconds]
            arguments += after.arguments
        }
        if onlyUnanswered {
            sql += " AND NOT EXISTS (SELECT 1 FROM state_voices a WHERE \(Self.isAnswer))"
        }
        sql += " ORDER BY \(Self.order.map { "\($0) \(order)" }.joined(separator: ", ")) LIMIT ?"
        var authors = AuthorNames(pseudonyms: pseudonyms)
        let fetched = try database.rows(sql, arguments + [page.fetchLimit]) { try row($0, &authors, database) }
        let found = page.page(of: fetched) { $0.key.cursor }
        return ListPage(rows: found.rows.map(\.row), next: found.next)
    }

    /// The posts that name an operation, the first ones first; at most ``QueryLimits/shownAnswers``.
    package func answers(to id: VoiceID, _ database: Database) throws -> [Row] {
        let sql =
            Self.sql + "WHERE v.answers = ? AND v.kind = \(Voice.Kind.post.rawValue) "
            + "ORDER BY \(Self.order.joined(separator: ", ")) LIMIT ?"
        var authors = AuthorNames(pseudonyms: pseudonyms)
        return try database.rows(sql, [id.data, QueryLimits.shownAnswers]) { try row($0, &authors, database).row }
    }

    // MARK: One alone

    package enum Found: Hashable, Sendable {
        case one(Row)
        case none
        /// More than one id begins so.
        case several
    }

    /// - Parameters:
    ///   - reference: The id, or its first digits.
    ///   - kind: nil for whatever it is.
    package func find(_ reference: String, _ kind: Voice.Kind?, _ database: Database) throws -> Found {
        guard let range = Self.range(reference) else { return .none }
        var sql = Self.sql + "WHERE v.voice BETWEEN ? AND ?"
        if let kind { sql += " AND v.kind = \(kind.rawValue)" }
        var authors = AuthorNames(pseudonyms: pseudonyms)
        let rows = try database.rows(sql + " ORDER BY v.voice LIMIT 2", [range.lowest.data, range.highest.data]) {
            try row($0, &authors, database).row
        }
        guard let first = rows.first else { return .none }
        return rows.count == 1 ? .one(first) : .several
    }

    /// The ids that begin with some hexadecimal digits.
    static func range(_ reference: String) -> (lowest: VoiceID, highest: VoiceID)? {
        let count = 2 * VoiceID.byteCount
        guard (QueryLimits.referenceDigits...count).contains(reference.utf8.count) else { return nil }
        let rest = count - reference.utf8.count
        guard let lowest = VoiceID(hex: reference + String(repeating: "0", count: rest)),
            let highest = VoiceID(hex: reference + String(repeating: "f", count: rest))
        else { return nil }
        return (lowest, highest)
    }

    // MARK: Rows

    private static let order = ["v.at", "v.counter", "l.member", "l.incarnation", "v.position"]
    private static let isAnswer = "a.answers = v.voice AND a.kind = \(Voice.Kind.post.rawValue)"
    private static let sql = """
        SELECT v.at, v.counter, l.member, l.incarnation, v.position, v.log, v.voice, v.kind, v.person, p.external, f.value,
            v.mood, v.answers, t.text,
            (SELECT a.at FROM state_voices a WHERE \(isAnswer) ORDER BY a.at LIMIT 1),
            \(SharedSQL.isLookalike("p.number"))
        FROM state_voices v CROSS JOIN logs l ON l.number = v.log
            LEFT JOIN state_people p ON p.person = v.person
            \(SharedSQL.name(of: "p.number"))
            LEFT JOIN detail_voices t ON t.log = v.log AND t.position = v.position\u{20}
        """

    private func row(
        _ row: GRDB.Row, _ authors: inout AuthorNames, _ database: Database
    ) throws -> (key: VoiceKey, row: Row) {
        let key = try VoiceKey(row, at: 0)
        let author = try authors.author(of: row[5], database)
        let voice = Row(
            id: try row.fixed(6), kind: try row.voiceKind(7), at: key.milliseconds, speaker: try row.personName(8),
            speakerName: row[10], isLookalike: row[15], author: author, mood: row[11], text: row[13],
            answers: try row.optionalFixed(12),
            answeredAt: row[14])
        return (key, voice)
    }
}

extension GRDB.Row {
    func voiceKind(_ index: Int) throws -> Voice.Kind {
        guard let kind = UInt8(exactly: self[index] as Int64).flatMap(Voice.Kind.init(rawValue:)) else {
            throw StorageError.stateIsDamaged("a voice of kind \(self[index] as Int64)")
        }
        return kind
    }
}
