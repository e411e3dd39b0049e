import API

/// Reads a part of a file: rows that read, and rows that do not.
struct PartReader {
    private(set) var rows: [ImportRow] = []
    private(set) var rejected: [RejectedRow] = []

    /// Blank lines are no rows.
    var rowCount: Int { rows.count + rejected.count }

    /// - Parameters:
    ///   - part: Whole records, without the header row.
    ///   - firstLine: Line of the part's first byte in the file.
    init(_ part: [UInt8], firstLine: Int, reader: consuming RowReader) {
        var line = firstLine
        var start = 0
        while start < part.count {
            guard case .found(let record) = CSVRecord.find(in: part.span, from: start, isLast: true) else {
                let text = Self.text(of: start..<part.count, in: part)
                let refusal = RowRefusal(column: "", value: "", rule: "a quoted cell ends in a quote")
                rejected.append(refusal.rejected(line: line, text: text))
                return
            }
            let place = start..<record.end
            if !record.isBlank {
                do {
                    let statement = try reader.read(record, at: place, of: part)
                    rows.append(ImportRow(line: line, place: place, statement: statement))
                } catch {
                    rejected.append(error.rejected(line: line, text: Self.text(of: place, in: part)))
                }
            }
            line += record.lines
            start = record.end
        }
    }

    /// A row as it came, without its line end.
    static func text(of place: Range<Int>, in part: [UInt8]) -> String {
        var row = part[place]
        if row.last == UInt8(ascii: "\n") { row.removeLast() }
        if row.last == UInt8(ascii: "\r") { row.removeLast() }
        return String(decoding: row.prefix(API.Limits.importRowBytes), as: UTF8.self)
    }
}
