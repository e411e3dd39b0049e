import API

/// The records of a CSV text, one after the other, and what of it is none.
struct RecordReader {
    enum Item: Equatable {
        /// Where in ``buffer``; and its lines.
        case row(Range<Int>, lines: Int, isBlank: Bool)
        /// Not to be sent.
        case wrong(Rejection, Range<Int>, lines: Int)
    }

    /// Line of the next item, counted from 1.
    private(set) var line = 1
    private(set) var buffer: [UInt8] = []
    private let source: any ByteSource
    private let rowBytes: Int
    private var start = 0
    private var hasEnded = false
    private var item: Item?

    /// - Parameter rowBytes: Longest row that is taken.
    init(_ source: any ByteSource, rowBytes: Int) throws(Failure) {
        self.source = source
        self.rowBytes = rowBytes
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        while buffer.count < mark.count, !hasEnded { try readOn() }
        if buffer.starts(with: mark) { start = mark.count }
    }

    /// The item that ``take()`` would take; nil behind the last.
    mutating func peek() throws(Failure) -> Item? {
        if let item { return item }
        item = try find()
        return item
    }

    mutating func take() {
        switch item {
        case .row(let range, let lines, _), .wrong(_, let range, let lines):
            start = range.upperBound
            line += lines
            item = nil
        case nil: break
        }
    }

    private mutating func find() throws(Failure) -> Item? {
        while true {
            guard start < buffer.count else {
                if hasEnded { return nil }
                try readOn()
                continue
            }
            switch CSVRecord.find(in: buffer.span, from: start, isLast: hasEnded) {
            case .found(let record) where record.end - start <= rowBytes: return judge(record)
            case .unfinished where !hasEnded && buffer.count - start <= rowBytes: try readOn()
            case .found, .unfinished: return try firstLine()
            }
        }
    }

    private mutating func readOn() throws(Failure) {
        buffer.removeSubrange(..<start)
        start = 0
        hasEnded = try !source.read(into: &buffer)
    }

    private func judge(_ record: CSVRecord) -> Item {
        let range = start..<record.end
        let rule: String
        if record.holdsNUL {
            rule = "a row holds no zero bytes"
        } else if !record.isASCII, String(validating: buffer[range], as: UTF8.self) == nil {
            rule = "a row is UTF-8"
        } else {
            return .row(range, lines: record.lines, isBlank: record.isBlank)
        }
        let rejection = Rejection(line: line, rule: rule, row: buffer[range], isRecord: true)
        return .wrong(rejection, range, lines: record.lines)
    }

    /// Gives up one line of a record that is too long or does not end, so that the rest goes on behind it.
    private mutating func firstLine() throws(Failure) -> Item {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return wrong(start..<end + 1) }
            if hasEnded { return wrong(start..<buffer.count) }
            // Of a line without an end only the beginning is kept.
            let kept = min(buffer.count, start + rowBytes + 1)
            buffer.removeSubrange(kept...)
            searched = kept - start
            try readOn()
        }
    }

    /// A line that is short enough was given up because a quote in it leads on.
    private func wrong(_ range: Range<Int>) -> Item {
        let isLong = range.count > rowBytes
        let rule = isLong ? "a row has at most \(rowBytes) bytes" : "a quote is closed"
        let row = buffer[range].prefix(isLong ? rowBytes : range.count)
        return .wrong(Rejection(line: line, rule: rule, row: row, isRecord: false), range, lines: 1)
    }
}
