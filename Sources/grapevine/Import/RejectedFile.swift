import API
import Glibc

/// The rows that were left out, each with its reason before it: mend them there, and import that file.
struct RejectedFile {
    private(set) var path: String
    private let header: CSVHeader
    private var file: Int32?

    /// Opens nothing yet: where all rows are right there is no such file.
    ///
    /// - Parameter imported: The imported file; ours is called after it, in the working directory.
    init(for imported: String, header: CSVHeader) {
        self.init(path: Self.name(for: imported), header: header)
    }

    init(path: String, header: CSVHeader) {
        self.path = path
        self.header = header
    }

    private static func name(for imported: String) -> String {
        var name = imported == "-" ? "stdin" : String(imported.split(separator: "/").last ?? "import")
        for ending in [".gz", ".csv"] where name.hasSuffix(ending) && name.count > ending.count {
            name.removeLast(ending.count)
        }
        return "\(name).rejected.csv"
    }

    var isOpen: Bool { file != nil }

    /// - Parameter rejections: In the order of their lines.
    mutating func append(_ rejections: [Rejection]) throws(Failure) {
        guard !rejections.isEmpty else { return }
        var bytes: [UInt8] = []
        if file == nil {
            (path, file) = try Self.create(path)
            bytes += Array("line,column,value,rule,".utf8) + header.rowWithoutLineEnd + [UInt8(ascii: "\n")]
        }
        for rejection in rejections { Self.append(rejection, to: &bytes) }
        try write(bytes)
    }

    static func append(_ rejection: Rejection, to bytes: inout [UInt8]) {
        for cell in ["\(rejection.line)", rejection.column, FormulaGuard.text(rejection.value), rejection.rule] {
            CSVText.append(cell: cell.utf8, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        if rejection.isRecord {
            bytes += rejection.row
        } else {
            // A quote before and behind, whatever is between.
            bytes.append(UInt8(ascii: "\""))
            for byte in rejection.row { bytes += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// One that is there may be half mended: it stays, and ours gets a number.
    private static func create(_ path: String) throws(Failure) -> (path: String, file: Int32) {
        var number = 1
        while true {
            let name = number == 1 ? path : "\(path.hasSuffix(".csv") ? String(path.dropLast(4)) : path)-\(number).csv"
            let file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if file >= 0 { return (name, file) }
            guard errno == EEXIST, number < rejectedFileLimit else {
                throw Failure(.file, "could not write \(name): \(String(cString: strerror(errno)))")
            }
            number += 1
        }
    }

    /// Beside each other, of one name: more are nobody's work in progress.
    private static let rejectedFileLimit = 1_000

    private func write(_ bytes: [UInt8]) throws(Failure) {
        guard let file else { return }
        try OutputFile.write(bytes, to: file, named: path)
    }
}
