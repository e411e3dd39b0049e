import API

/// The first row of an import: which column is where.
struct CSVHeader: Equatable {
    /// As it came, without its line end.
    let rowWithoutLineEnd: [UInt8]
    /// The columns in the file's order, by their names; `-` for one that means nothing here.
    let columns: [String]

    /// - Throws: ``Failure``: `E-CSV-HEADER`.
    init(row: [UInt8], kind: RecordKind) throws(Failure) {
        guard let cells = CSVRecord.cells(of: row.span) else {
            throw Failure(.csvHeader, "the first line is not a row of column names")
        }
        let names = cells.map { String(decoding: $0, as: UTF8.self).trimmed }
        let missing = kind.columns.filter { !names.contains($0) }
        guard missing.isEmpty else {
            let separator = [";", "\t", "|"].first { String(decoding: row, as: UTF8.self).contains($0) }
            throw Failure(
                .csvHeader, "the first line lacks \(missing.joined(separator: ", "))",
                hint: separator.map {
                    "columns are separated by commas, and this file seems to use \($0.debugDescription)"
                }
                    ?? "\(kind.rawValue) need the columns \(kind.columns.joined(separator: ","))")
        }
        if let twice = kind.columns.first(where: { name in names.count { $0 == name } > 1 }) {
            throw Failure(.csvHeader, "the first line names \(twice) twice")
        }
        rowWithoutLineEnd = row.reversed().drop { $0 == 0x0A || $0 == 0x0D }.reversed()
        columns = names.map { kind.columns.contains($0) ? $0 : "-" }
    }
}

extension String {
    /// Without blanks around it.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
