import API

/// What the rejected file says of a row.
struct Rejection: Equatable {
    let line: Int
    var column = ""
    var value = ""
    /// What a right one is.
    let rule: String
    /// As it came, without its line end; the beginning of it if it is very long.
    let row: [UInt8]
    /// Its cells can stand beside others. Otherwise it goes into one quoted cell.
    let isRecord: Bool

    init(line: Int, rule: String, row: ArraySlice<UInt8>, isRecord: Bool) {
        self.line = line
        self.rule = rule
        let isLong = row.count > Self.rowBytes
        self.row = isLong ? Array(row.prefix(Self.rowBytes)) : Self.withoutLineEnd(row)
        self.isRecord = isRecord && !isLong
    }

    init(_ rejected: RejectedRow) {
        line = rejected.line
        column = rejected.column
        value = rejected.value
        rule = rejected.rule
        row = Array(rejected.text.utf8)
        isRecord = true
    }

    private static func withoutLineEnd(_ row: ArraySlice<UInt8>) -> [UInt8] {
        var row = row
        if row.last == UInt8(ascii: "\n") { row.removeLast() }
        if row.last == UInt8(ascii: "\r") { row.removeLast() }
        return Array(row)
    }

    /// Enough to find it again.
    private static let rowBytes = 4_096
}
