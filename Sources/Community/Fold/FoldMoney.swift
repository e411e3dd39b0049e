/// The money facts of one pledge: found by (kind, reference), and in one step however many somebody piles up.
final class FoldMoney {
    /// A reference is its bytes: Swift's == on strings would take two spellings of "é" for one.
    private struct Key: Hashable {
        let kind: Record.MoneyKind
        let reference: [UInt8]
    }

    private(set) var entries: [FoldEntry<MoneyRow>] = []
    private var index: [Key: Int] = [:]

    init(stored rows: [MoneyRow]) {
        for row in rows { add(FoldEntry(stored: row, row: row)) }
    }

    func entry(kind: Record.MoneyKind, reference: String) -> FoldEntry<MoneyRow>? {
        index[Key(kind: kind, reference: Array(reference.utf8))].map { entries[$0] }
    }

    func add(_ entry: FoldEntry<MoneyRow>) {
        index[Key(kind: entry.row.kind, reference: Array(entry.row.reference.utf8))] = entries.count
        entries.append(entry)
    }
}
