import API

/// A table of rows, for people and for spreadsheets.
struct Table<Row> {
    struct Column {
        enum Audience { case everybody, people, spreadsheets }

        /// Over the column, and the name of the column in a spreadsheet.
        let title: String
        let audience: Audience
        let isNumber: Bool
        /// Columns of a terminal; nil: as long as it is.
        let width: Int?
        let cell: (Row) -> String

        init(
            _ title: String, for audience: Audience = .everybody, isNumber: Bool = false, width: Int? = cellWidth,
            cell: @escaping (Row) -> String
        ) {
            self.title = title
            self.audience = audience
            self.isNumber = isNumber
            self.width = width
            self.cell = cell
        }

        static func number(_ title: String, cell: @escaping (Row) -> Int) -> Column {
            Column(title, isNumber: true) { String(cell($0)) }
        }
    }

    let columns: [Column]

    /// Lines with the columns aligned, two blanks apart; numbers to the right.
    func lines(_ rows: [Row]) -> [String] {
        let shown = columns.filter { $0.audience != .spreadsheets }
        let head = shown.map { display($0.title.split(separator: "_").joined(separator: " "), width: Self.cellWidth) }
        let cells =
            [head]
            + rows.map { row in
                shown.map { column in
                    column.width.map { display(column.cell(row), width: $0) } ?? display(column.cell(row))
                }
            }
        let widths = shown.indices.map { index in cells.map { $0[index].columns }.max() ?? 0 }
        return cells.map { row in
            let line = shown.indices.map { index in
                row[index].padded(to: widths[index], onTheLeft: shown[index].isNumber)
            }
            return String(line.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Comma-separated, safe to open in a spreadsheet and to show in a terminal.
    func csv(_ rows: [Row], header: Bool = true) -> [UInt8] {
        let shown = columns.filter { $0.audience != .people }
        var bytes: [UInt8] = []
        if header { CSVText.append(shown.map(\.title), to: &bytes) }
        for row in rows {
            CSVText.append(shown.map { display(FormulaGuard.text($0.cell(row))) }, to: &bytes)
        }
        return bytes
    }

    /// No id is longer; what is, is somebody's idea of a name. A guess.
    private static var cellWidth: Int { 72 }
}

/// Keeps a spreadsheet from running text of the record.
enum FormulaGuard {
    /// With an apostrophe before what a spreadsheet would take for a formula.
    static func text(_ cell: String) -> String {
        switch cell.utf8.first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: "'" + cell
        default: cell
        }
    }
}
