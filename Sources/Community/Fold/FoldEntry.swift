/// A row that a batch reads and changes, and what the batch notes beside it.
protocol FoldRow: Equatable {
    associatedtype Notes
    static var noNotes: Notes { get }
    /// Of the row in its table.
    var number: Int64 { get }
}

/// A row as stored, nil where it is new, and as it will be.
final class FoldEntry<Row: FoldRow> {
    var row: Row
    var notes = Row.noNotes
    /// Apart, as most rows of a large batch are new.
    private let kept: Kept?

    private final class Kept {
        let row: Row
        init(_ row: Row) { self.row = row }
    }

    init(new row: Row) {
        self.row = row
        kept = nil
    }

    init(stored row: Row) {
        self.row = row
        kept = Kept(row)
    }

    var stored: Row? { kept?.row }
    var isNew: Bool { kept == nil }
    var isChanged: Bool { kept.map { $0.row != row } ?? true }
}

/// The rows of one table that a batch has met, by id and by number.
struct FoldTable<ID: Hashable, Row: FoldRow> {
    private var entries: [ID: FoldEntry<Row>] = [:]
    private var stored: [Int64: FoldEntry<Row>] = [:]
    /// New ones: the store numbers them one after the other.
    private var new: [FoldEntry<Row>] = []
    private var firstNew: Int64 = .max

    subscript(id: ID) -> FoldEntry<Row>? { entries[id] }

    subscript(number number: Int64) -> FoldEntry<Row>? {
        guard isNew(number: number) else { return stored[number] }
        let index = Int(number - firstNew)
        return index < new.count ? new[index] : nil
    }

    /// Whether the row of a number that the batch has met is new.
    func isNew(number: Int64) -> Bool { number >= firstNew }

    mutating func insert(_ entry: FoldEntry<Row>, id: ID) {
        entries[id] = entry
        if entry.isNew {
            if new.isEmpty { firstNew = entry.row.number }
            new.append(entry)
        } else {
            stored[entry.row.number] = entry
        }
    }

    var count: Int { entries.count }

    /// By number: every new one has a higher one than the stored.
    var all: [FoldEntry<Row>] { stored.values.sorted { $0.row.number < $1.row.number } + new }

    /// Those that differ from what is stored, by number.
    func forEachChanged(_ visit: (FoldEntry<Row>) -> Void) {
        for entry in stored.values.sorted(by: { $0.row.number < $1.row.number }) where entry.isChanged { visit(entry) }
        for entry in new { visit(entry) }
    }

    mutating func reserveCapacity(_ count: Int) {
        entries.reserveCapacity(count)
        new.reserveCapacity(count)
    }
}

extension PersonRow: FoldRow {
    /// Nil: not read yet.
    struct Notes {
        var claims: [ClaimRow]?
        /// What was taken back, and when the person was suspended: rows that are stored and new ones.
        var unlinks: [UnlinkRow]?
        var suspensions: [SuspensionRow]?
        /// As the rule sees the claims, once they are settled.
        var judged: Fold.Judged?
        /// The winning claim has to be worked out anew.
        var isStale = false
        /// The batch has told the external id.
        var isNamed = false
    }
    static var noNotes: Notes { Notes() }
}

extension PledgeRow: FoldRow {
    struct Notes {
        /// What is paid, and whom that credits, has to be worked out anew.
        var isMoneyStale = false
        var isStale = false
    }
    static var noNotes: Notes { Notes() }
}

extension CodeRow: FoldRow {
    struct Notes {
        var newClaimants: [PersonNumber] = []
        var isStale = false
    }
    static var noNotes: Notes { Notes() }
}
