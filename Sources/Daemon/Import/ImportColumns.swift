import API

/// Which cell of a row is which column.
struct ImportColumns {
    /// How many cells a row has.
    let count: Int
    /// By the file's order; nil for a column that means nothing here.
    let names: [String?]
    /// Where each of ``RecordKind/columns`` stands, in their order.
    let indices: [Int]

    /// - Parameter header: Names with commas between, `-` for a column to skip.
    /// - Throws: `E-CSV-HEADER`.
    init(_ header: String, of kind: RecordKind) throws(Failure) {
        let given = header.split(separator: ",", omittingEmptySubsequences: false).map { name in
            String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        var indices: [Int] = []
        for column in kind.columns {
            let found = given.indices.filter { given[$0].utf8.elementsEqual(column.utf8) }
            guard let index = found.first else {
                throw Failure(
                    .csvHeader, "the column \(column) is missing",
                    hint: "\(kind.rawValue) need the columns \(kind.columns.joined(separator: ","))")
            }
            guard found.count == 1 else { throw Failure(.csvHeader, "the column \(column) is named twice") }
            indices.append(index)
        }
        count = given.count
        names = given.map { kind.columns.contains($0) ? $0 : nil }
        self.indices = indices
    }
}
