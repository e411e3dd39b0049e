import API
import Community
import Identity

/// A row of a file that reads: what it states, before anything is compared with the record.
struct ImportRow: Equatable {
    /// Where it begins in the file.
    var line: Int
    /// Where it stands in its part, its line end included.
    var place: Range<Int>
    var statement: Statement

    enum Statement: Equatable {
        case ambassador(Ambassador)
        case backer(Backer)
        case pledge(Pledge)
    }

    struct Ambassador: Equatable {
        var person: Name<PersonID>
        /// Its time is nil where an own code was exported, which has none.
        var registration: Record.Registration
    }

    struct Backer: Equatable {
        var person: Name<PersonID>
        /// Nil for somebody of whom only a claim is known.
        var joinedAt: Int64?
        var code: CodeText?
    }

    struct Pledge: Equatable {
        var pledge: Name<PledgeID>
        /// Nil: anonymous.
        var backer: Name<PersonID>?
        var amount: Amount
        var at: Int64
        var status: PledgeStatus
        var code: CodeText?
    }

    /// Somebody or something as a cell names it.
    struct Name<ID: FixedBytes>: Equatable {
        /// Of the cell as an external id of the import's source.
        var id: ID
        var external: String
        /// The cell is also the form of a printed id, which export writes where no external id is held. It means that one if
        /// the record has it: two ids of 16 bytes are not equal by chance.
        var printed: ID?
    }
}

/// A row that does not read, or that the record refuses.
struct RowRefusal: Error, Equatable {
    /// Empty where the row as a whole is wrong.
    var column: String
    var value: String
    var rule: String

    /// - Parameter text: The row as it came.
    func rejected(line: Int, text: String) -> RejectedRow {
        RejectedRow(line: line, column: column, value: value, rule: rule, text: text)
    }
}

/// Times that a record can state.
enum ClaimedTime {
    /// In a record 0 means the header's time, so the first moment of 1970 is stated as the millisecond after it.
    static func stated(_ milliseconds: Int64) -> Int64 { milliseconds == 0 ? 1 : milliseconds }
}
