/// Writes what ``CSVRecord`` reads.
package enum CSVText {
    /// Cells with commas between, quoted where they must be, and LF.
    package static func append(_ cells: [String], to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(cell: cell.utf8, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// One cell, without a comma.
    package static func append(cell: some Collection<UInt8>, to bytes: inout [UInt8]) {
        guard cell.contains(where: needsQuotes) else {
            bytes.append(contentsOf: cell)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in cell {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "): true
        default: false
        }
    }
}
