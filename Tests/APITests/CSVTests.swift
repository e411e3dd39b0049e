import API
import Testing

struct CSVRecordTests {
    private func records(_ text: String) -> [(cells: [String]?, lines: Int)] {
        let bytes = Array(text.utf8)
        var found: [(cells: [String]?, lines: Int)] = []
        var start = 0
        while start < bytes.count, case .found(let record) = CSVRecord.find(in: bytes.span, from: start, isLast: true) {
            let cells = CSVRecord.cells(of: bytes.span.extracting(start..<record.end))
            found.append((cells?.map { String(decoding: $0, as: UTF8.self) }, record.lines))
            start = record.end
        }
        return found
    }

    @Test(arguments: [
        ("a,b\n", [["a", "b"]]), ("a,b", [["a", "b"]]), ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        (",\n", [["", ""]]),
        ("\"a,b\",c\n", [["a,b", "c"]]), ("\"a\"\"b\"\n", [["a\"b"]]), ("\"\"\n", [[""]]), ("\"\",x\n", [["", "x"]]),
        ("\"a\nb\",c\nd,e\n", [["a\nb", "c"], ["d", "e"]]), ("\"a\r\nb\"\r\n", [["a\r\nb"]]),
        ("a\"b,c\n", [["a\"b", "c"]]),
        ("a,\"b\"", [["a", "b"]]), (" \"a\",b\n", [[" \"a\"", "b"]]),
    ])
    func `cells are read`(text: String, expected: [[String]]) {
        #expect(records(text).map(\.cells) == expected)
    }

    @Test func `what follows a closing quote is wrong`() {
        #expect(records("\"a\"b,c\nd\n").map(\.cells) == [nil, ["d"]])
    }

    @Test func `a quote that stays open is not a record`() {
        let bytes = Array("a,\"b\nc\n".utf8)
        #expect(CSVRecord.find(in: bytes.span, from: 0, isLast: true) == .unfinished(inQuotes: true))
        #expect(CSVRecord.cells(of: bytes.span) == nil)
    }

    @Test func `without its line end a record is not finished before the end`() {
        let bytes = Array("a,b".utf8)
        #expect(CSVRecord.find(in: bytes.span, from: 0, isLast: false) == .unfinished(inQuotes: false))
    }

    @Test func `lines are counted, blank ones seen`() {
        #expect(records("\"a\n\nb\"\n\nc\n").map(\.lines) == [3, 1, 1])
        let bytes = Array("\r\nx".utf8)
        guard case .found(let blank) = CSVRecord.find(in: bytes.span, from: 0, isLast: true) else {
            Issue.record("no record")
            return
        }
        #expect(blank.isBlank && blank.end == 2)
    }

    @Test func `what is written is read`() {
        let rows = [["a", "", "b,c"], ["x\"y", "line\nend", " blanks "], ["\r", "é", "=1+1"]]
        var bytes: [UInt8] = []
        for row in rows { CSVText.append(row, to: &bytes) }
        #expect(records(String(decoding: bytes, as: UTF8.self)).map(\.cells) == rows)
    }

    @Test func `plain cells stay plain`() {
        var bytes: [UInt8] = []
        CSVText.append(["p_1", "12.50", "USD", ""], to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "p_1,12.50,USD,\n")
    }
}
