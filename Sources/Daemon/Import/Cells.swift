import API

/// One record of a CSV text, cut into cells without copying what needs no change.
///
/// Reused from row to row: a million rows allocate nothing here. What a record is, ``CSVRecord`` decides.
struct Cells {
    /// Cells with quotes, their quotes undone; the others stay in the text.
    private var unquoted: [UInt8] = []
    private var ends: [(range: Range<Int>, isUnquoted: Bool)] = []

    var count: Int { ends.count }

    enum Reading: Equatable {
        case read
        /// Something follows a closing quote, or a quote stays open.
        case malformed
    }

    /// - Parameter record: Its line end included.
    mutating func read(_ record: Range<Int>, of text: [UInt8]) -> Reading {
        ends.removeAll(keepingCapacity: true)
        unquoted.removeAll(keepingCapacity: true)
        var end = record.upperBound
        if end > record.lowerBound, text[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        if end > record.lowerBound, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var start = record.lowerBound
        while true {
            let isQuoted = start < end && text[start] == UInt8(ascii: "\"")
            guard let next = isQuoted ? quoted(from: start, to: end, of: text) : bare(from: start, to: end, of: text)
            else { return .malformed }
            guard next < end else { return .read }
            start = next + 1
            // A comma at the end: one more cell, and it is empty. The loop reads it, as `bare` of nothing.
        }
    }

    /// - Returns: Where the comma or the end stands.
    private mutating func bare(from start: Int, to end: Int, of text: [UInt8]) -> Int? {
        var index = start
        while index < end, text[index] != UInt8(ascii: ",") { index += 1 }
        ends.append((start..<index, false))
        return index
    }

    private mutating func quoted(from start: Int, to end: Int, of text: [UInt8]) -> Int? {
        let first = unquoted.count
        var index = start + 1
        while index < end {
            let byte = text[index]
            index += 1
            if byte != UInt8(ascii: "\"") {
                unquoted.append(byte)
            } else if index < end, text[index] == UInt8(ascii: "\"") {
                unquoted.append(byte)
                index += 1
            } else {
                guard index == end || text[index] == UInt8(ascii: ",") else { return nil }
                ends.append((first..<unquoted.count, true))
                return index
            }
        }
        return nil
    }

    /// A cell without spaces around it.
    func trimmed(_ index: Int, of text: [UInt8]) -> ArraySlice<UInt8> {
        var cell = self.cell(index, of: text)
        while cell.first == UInt8(ascii: " ") { cell.removeFirst() }
        while cell.last == UInt8(ascii: " ") { cell.removeLast() }
        return cell
    }

    func cell(_ index: Int, of text: [UInt8]) -> ArraySlice<UInt8> {
        let (range, isUnquoted) = ends[index]
        return isUnquoted ? unquoted[range] : text[range]
    }
}
