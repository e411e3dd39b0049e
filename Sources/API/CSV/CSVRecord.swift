/// Where one record of a CSV text ends, and what it is made of. RFC 4180, with LF or CRLF, and quotes inside a bare cell taken
/// as they are.
package struct CSVRecord: Hashable, Sendable {
    /// Behind the line end, or the end of the text.
    package let end: Int
    /// Line ends in it: more than one where a quoted cell holds some.
    package let lines: Int
    /// Nothing but a line end.
    package let isBlank: Bool
    package let isASCII: Bool
    package let holdsNUL: Bool

    package enum Search: Hashable, Sendable {
        case found(CSVRecord)
        /// The text ends first; with a quote still open, or without.
        case unfinished(inQuotes: Bool)
    }

    /// - Parameters:
    ///   - start: Where the record begins; less than the count.
    ///   - isLast: Nothing follows the text: its end also ends a record, unless a quote is open.
    package static func find(in text: Span<UInt8>, from start: Int, isLast: Bool) -> Search {
        var place = Place.cellStart
        var lines = 0
        var all: UInt8 = 0
        var holdsNUL = false
        var index = start
        while index < text.count {
            let byte = text[index]
            index += 1
            all |= byte
            switch (byte, place) {
            case (lineFeed, .inQuotes): lines += 1
            case (lineFeed, _):
                let length = index - start
                let isBlank = length == 1 || (length == 2 && text[start] == carriageReturn)
                return .found(
                    CSVRecord(
                        end: index, lines: lines + 1, isBlank: isBlank, isASCII: all < 0x80, holdsNUL: holdsNUL))
            case (quote, .cellStart): place = .inQuotes
            case (quote, .inQuotes): place = .afterQuote
            case (quote, .afterQuote): place = .inQuotes
            case (comma, .cellStart), (comma, .bare), (comma, .afterQuote): place = .cellStart
            case (_, .cellStart), (_, .afterQuote): place = .bare
            case (_, .bare), (_, .inQuotes): break
            }
            if byte == 0 { holdsNUL = true }
        }
        guard isLast, place != .inQuotes else { return .unfinished(inQuotes: place == .inQuotes) }
        return .found(
            CSVRecord(end: index, lines: lines, isBlank: index == start, isASCII: all < 0x80, holdsNUL: holdsNUL))
    }

    private enum Place {
        case cellStart, bare, inQuotes, afterQuote
    }
}

extension CSVRecord {
    /// The cells of one record, its line end taken off and its quotes undone.
    ///
    /// - Returns: nil where something follows a closing quote, or a quote stays open.
    package static func cells(of record: Span<UInt8>) -> [[UInt8]]? {
        var end = record.count
        if end > 0, record[end - 1] == lineFeed { end -= 1 }
        if end > 0, record[end - 1] == carriageReturn { end -= 1 }
        var cells: [[UInt8]] = []
        var cell: [UInt8] = []
        var place = Place.cellStart
        for index in 0..<end {
            let byte = record[index]
            switch (byte, place) {
            case (quote, .cellStart): place = .inQuotes
            case (quote, .inQuotes): place = .afterQuote
            case (quote, .afterQuote):
                place = .inQuotes
                cell.append(quote)
            case (comma, .cellStart), (comma, .bare), (comma, .afterQuote):
                place = .cellStart
                cells.append(cell)
                cell.removeAll(keepingCapacity: true)
            case (_, .afterQuote): return nil
            case (_, .cellStart), (_, .bare):
                place = .bare
                cell.append(byte)
            case (_, .inQuotes): cell.append(byte)
            }
        }
        guard place != .inQuotes else { return nil }
        cells.append(cell)
        return cells
    }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let quote = UInt8(ascii: "\"")
private let comma = UInt8(ascii: ",")
