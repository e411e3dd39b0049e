/// The money facts of one pledge: found by (kind, reference), and in one step however many somebody piles up.
struct FoldMoney {
    /// A reference is its bytes: Swift's == on strings would take two spellings of "é" for one.
    private struct Key: Hashable {
        let kind: Record.MoneyKind
        let reference: [UInt8]

        init(_ kind: Record.MoneyKind, _ reference: String) {
            self.kind = kind
            self.reference = Array(reference.utf8)
        }
    }

    private(set) var entries: [FoldEntry<MoneyRow>] = []
    /// Empty while there are few: then looking at each is faster.
    private var index: [Key: Int] = [:]
    private static let few = 8

    init(stored rows: [MoneyRow]) {
        entries.reserveCapacity(rows.count)
        for row in rows { add(FoldEntry(stored: row)) }
    }

    func entry(kind: Record.MoneyKind, reference: String) -> FoldEntry<MoneyRow>? {
        guard entries.count <= Self.few else { return index[Key(kind, reference)].map { entries[$0] } }
        return entries.first { $0.row.kind == kind && $0.row.reference.utf8.elementsEqual(reference.utf8) }
    }

    /// - Parameter entry: Of a (kind, reference) that is not there yet.
    mutating func add(_ entry: FoldEntry<MoneyRow>) {
        entries.append(entry)
        guard entries.count > Self.few else { return }
        let unindexed = index.isEmpty ? 0 : entries.count - 1
        for position in unindexed..<entries.count {
            index[Key(entries[position].row.kind, entries[position].row.reference)] = position
        }
    }
}
