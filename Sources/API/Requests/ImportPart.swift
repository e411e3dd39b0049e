/// What came of one part of an import: one durable transaction.
///
/// The call is not a ``Request``: it is `POST /v1/import/<kind>` with whole CSV records as its body, at most
/// ``Limits/importPartBytes``, without the header row, ended by LF or CRLF; quoted cells may hold line ends. Everything else
/// travels in header fields named by ``Field``. The caller has already taken out rows that are not UTF-8, hold a NUL, never
/// close a quote, or are longer than ``Limits/importRowBytes``; the daemon checks again and rejects them like any other.
package struct ImportPart: Codable, Hashable, Sendable {
    /// Records in the part, blank lines not counted.
    package var rows: Int
    package var applied: Int
    package var unchanged: Int
    package var rejected: [RejectedRow]

    package init(rows: Int, applied: Int, unchanged: Int, rejected: [RejectedRow]) {
        self.rows = rows
        self.applied = applied
        self.unchanged = unchanged
        self.rejected = rejected
    }

    package static func path(_ kind: RecordKind) -> String {
        "import/\(kind.rawValue)"
    }

    /// Names of the call's header fields.
    package enum Field {
        /// Of the external ids, percent-encoded; ``ImportPart/defaultSource`` unless given.
        package static let source = "X-Import-Source"
        /// `true`: judge the rows, write nothing.
        package static let dryRun = "X-Import-Dry-Run"
        /// Line of the part's first byte in the whole file, whose header row begins in line 1.
        package static let firstLine = "X-Import-First-Line"
        /// With ``part``: the same for all parts of a file, and nobody else's; 1 to ``runByteLimit`` bytes.
        package static let run = "X-Import-Run"
        /// Number of the part, from 0. Such parts are stored in order, and one may be sent before the one in front of it is
        /// answered, over another connection: it is planned meanwhile. Where one is not stored, none behind it is.
        package static let part = "X-Import-Part"
        /// The file's columns in its order, by their names and a comma between; `-` for one to skip.
        package static let columns = "X-Import-Columns"
    }

    /// Parts of one file that a caller has under way: one that is stored, one that is planned, and one that is read.
    package static let partsUnderWay = 3
    package static let runByteLimit = 64

    /// The source of ids whose source nobody named, whatever the file.
    package static let defaultSource = "import"
}

/// Which part of which file.
package struct ImportPlace: Hashable, Sendable {
    package var run: String
    /// From 0.
    package var part: Int

    package init(run: String, part: Int) {
        self.run = run
        self.part = part
    }
}

/// A row that was left out, and the rule it broke.
package struct RejectedRow: Codable, Hashable, Sendable {
    /// Where it begins in the file; the header row is line 1.
    package var line: Int
    /// Empty where the row as a whole is wrong.
    package var column: String
    package var value: String
    /// What a right value is: a sentence.
    package var rule: String
    /// The row as it came, without its line end.
    package var text: String

    package init(line: Int, column: String, value: String, rule: String, text: String) {
        self.line = line
        self.column = column
        self.value = value
        self.rule = rule
        self.text = text
    }
}
