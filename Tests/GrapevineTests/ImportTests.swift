import API
import CZlib
import Foundation
import Testing

@testable import grapevine

/// Bytes in memory, handed out in pieces.
final class PieceSource: ByteSource {
    private var rest: ArraySlice<UInt8>
    private let size: () -> Int

    init(_ bytes: [UInt8], size: @escaping () -> Int = { 1 << 20 }) {
        rest = bytes[...]
        self.size = size
    }

    convenience init(_ text: String) {
        self.init(Array(text.utf8))
    }

    func read(into buffer: inout [UInt8]) -> Bool {
        let piece = rest.prefix(max(1, size()))
        buffer += piece
        rest = rest.dropFirst(piece.count)
        return !piece.isEmpty
    }
}

/// gzip, as the tool of that name writes it.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1_000)
    let count = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            deflateInit2_(
                &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)
            )
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
            deflateEnd(&stream)
            return output.count - Int(stream.avail_out)
        }
    }
    return Array(output[..<count])
}

struct PartCutterTests {
    private static let header = "backer,joined_at,code\n"

    private func batches(
        _ source: some ByteSource, partBytes: Int = 1 << 20, rowBytes: Int = 64 << 10
    ) throws -> [ImportBatch] {
        var cutter = try PartCutter(source, kind: .backers, partBytes: partBytes, rowBytes: rowBytes)
        var batches: [ImportBatch] = []
        while let batch = try cutter.next() { batches.append(batch) }
        return batches
    }

    private func text(_ batch: ImportBatch) -> String { String(decoding: batch.bytes, as: UTF8.self) }

    @Test func `parts are whole records, and know their lines`() throws {
        let rows = ["p1,,A", "\"p\n2\",,", "p3,,\"x,\"\"y\"", "", "p4,,"]
        let cut = try batches(PieceSource(Self.header + rows.joined(separator: "\n")), partBytes: 17)
        #expect(cut.map(text) == ["p1,,A\n\"p\n2\",,\n", "p3,,\"x,\"\"y\"\n\n", "p4,,\n"])
        #expect(cut.map(\.firstLine) == [2, 5, 7])
        #expect(cut.map(\.rows) == [2, 1, 1])
        #expect(cut.allSatisfy { $0.rejections.isEmpty })
    }

    @Test func `the first parts are small, and each is half as large again as the one before`() throws {
        let text = Self.header + String(repeating: "p,,\n", count: 200)
        let cut = try batches(PieceSource(text), partBytes: 240, rowBytes: 30)
        #expect(cut.map(\.bytes.count) == [56, 88, 132, 200, 236, 88])
        #expect(cut.map(\.rows).reduce(0, +) == 200)
    }

    @Test func `any pieces give the same parts as one`() throws {
        let cells = [
            "p1", "", "\"a,b\"", "\"line\nend\"", "\"q\"\"q\"", "é", "x\u{0}y", "\"open", "plain\"quote",
            "long" + String(repeating: "x", count: 90),
        ]
        var rejections = 0
        for round in 0..<200 {
            let seed = UInt64.random(in: 0...UInt64.max)
            var dice = SplitMix(seed: seed)
            var bytes = Array(("\u{FEFF}" + Self.header).utf8)
            for _ in 0..<Int.random(in: 0..<60, using: &dice) {
                let row = (0..<3).map { _ in cells.randomElement(using: &dice)! }.joined(separator: ",")
                bytes += Array(row.utf8) + (Int.random(in: 0..<20, using: &dice) == 0 ? [0xFF] : [])
                bytes += Bool.random(using: &dice) ? [13, 10] : [10]
            }
            let whole = try batches(PieceSource(bytes), partBytes: 300, rowBytes: 80)
            for largest in [1, 7, 64, 1_000] {
                var pieces = SplitMix(seed: seed &+ 1)
                let source = PieceSource(bytes) { Int.random(in: 1...largest, using: &pieces) }
                #expect(
                    try batches(source, partBytes: 300, rowBytes: 80) == whole,
                    "round \(round), seed \(seed), \(largest)")
            }
            rejections += whole.map(\.rejections.count).reduce(0, +)
            if round % 50 == 0 { print("cutter seed \(seed)") }
        }
        print("\(rejections) rejections in 200 texts")
        #expect(rejections > 100)
    }

    @Test func `lines keep their numbers, whatever is taken out`() throws {
        var bytes = Array((Self.header + "ok1,,\n").utf8)
        bytes += Array("bad".utf8) + [0xC3, 0x28] + Array(",,\nok2,,\n".utf8)
        bytes += Array("nul\u{0},,\n\"two\nlines\u{0}\",,\nok3,,\n\"open,,\nok4,,\n".utf8)
        let cut = try batches(PieceSource(bytes))
        #expect(cut.map(text) == ["ok1,,\n\nok2,,\n\n\n\nok3,,\n\nok4,,\n"])
        #expect(cut[0].rows == 4)
        #expect(cut[0].rejections.map(\.line) == [3, 5, 6, 9])
        #expect(
            cut[0].rejections.map(\.rule) == [
                "a row is UTF-8", "a row holds no zero bytes", "a row holds no zero bytes", "a quote is closed",
            ])
        #expect(cut[0].rejections[0].row == Array("bad".utf8) + [0xC3, 0x28] + Array(",,".utf8))
        #expect(cut[0].rejections.map(\.isRecord) == [true, true, true, false])
    }

    @Test func `a row that is too long does not stop the others`() throws {
        let long = String(repeating: "x", count: 300_000)
        let quoted = "\"" + long + "\nb"
        let cut = try batches(
            PieceSource(Array((Self.header + "a,,\n\(long),,\nb,,\n\(quoted),,\nc,,\n").utf8)) { 10_000 })
        #expect(cut.map(text) == ["a,,\n\nb,,\n\nb,,\nc,,\n"])
        #expect(cut[0].rejections.map(\.line) == [3, 5])
        #expect(cut[0].rejections.allSatisfy { $0.row.count <= 4_096 && !$0.isRecord })
    }

    @Test(arguments: [
        ("", "the file is empty"), ("backer,code\n", "the first line lacks joined_at"),
        ("backer;joined_at;code\n", "the first line lacks backer, joined_at, code"),
        ("backer,joined_at,code,code\n", "the first line names code twice"),
        ("\"backer\"x,joined_at,code\n", "the first line is not a row of column names"),
    ])
    func `a header that lacks a column is refused before the first row`(text: String, message: String) {
        let failure = #expect(throws: Failure.self) { try batches(PieceSource(text)) }
        #expect(failure?.code == .csvHeader && failure?.message == message)
    }

    @Test func `columns may come in any order, among others, quoted and after a byte order mark`() throws {
        let source = PieceSource("\u{FEFF} note,\"code\", backer ,joined_at\r\nx,A,p1,\r\n")
        let cutter = try PartCutter(source, kind: .backers)
        #expect(cutter.header.columns == ["-", "code", "backer", "joined_at"])
    }

    @Test func `it is fast`() throws {
        let row = Array("cgdq-00001,p_c016542738af,1.00,USD,2009-12-31T23:09:39Z,paid,0116990980F6\n".utf8)
        let text =
            Array("pledge,backer,amount,currency,pledged_at,status,code\n".utf8) + (0..<100_000).flatMap { _ in row }
        var cutter = try PartCutter(PieceSource(text), kind: .pledges)
        var rows = 0
        let time = try ContinuousClock().measure { while let batch = try cutter.next() { rows += batch.rows } }
        print("\(rows) rows cut in \(time)")
        #expect(rows == 100_000)
    }
}

struct GzipSourceTests {
    private func inflated(_ source: some ByteSource) throws -> [UInt8] {
        let gzip = try GzipSource(source)
        var bytes: [UInt8] = []
        while try gzip.read(into: &bytes) {}
        return bytes
    }

    private let text = Array((0..<50_000).map { "row \($0 % 977)\n" }.joined().utf8)

    @Test(arguments: [1, 100, 1 << 20])
    func `what gzip wrote is read, in any pieces`(size: Int) throws {
        let text = text.prefix(size * 10_000)
        #expect(try inflated(PieceSource(gzipped(Array(text))) { size }) == Array(text))
    }

    @Test func `several members are one text, and zeros behind them nothing`() throws {
        let two = gzipped(text) + gzipped([]) + gzipped(Array("end".utf8))
        #expect(try inflated(PieceSource(two) { 333 }) == text + Array("end".utf8))
        #expect(try inflated(PieceSource(two + [0, 0, 0])) == text + Array("end".utf8))
    }

    @Test func `a file that is cut short or damaged says so`() {
        let whole = gzipped(text)
        for damaged in [Array(whole.dropLast(3)), Array(whole.prefix(40)), whole + [1, 2, 3], whole.map { $0 ^ 0x55 }] {
            let failure = #expect(throws: Failure.self) { try inflated(PieceSource(damaged)) }
            #expect(failure?.code == .gzip)
        }
    }

    @Test func `a bomb comes in blocks`() throws {
        let bomb = gzipped([UInt8](repeating: 0x41, count: 20 << 20))
        let gzip = try GzipSource(PieceSource(bomb))
        var largest = 0
        var total = 0
        var block: [UInt8] = []
        while try gzip.read(into: &block) {
            largest = max(largest, block.count)
            total += block.count
            block.removeAll(keepingCapacity: true)
        }
        #expect(total == 20 << 20)
        #expect(largest <= FileSource.blockBytes)
        print("\(bomb.count) bytes became \(total), \(largest) at a time")
    }
}

struct ImporterTests {
    /// A daemon that rejects every row with `bad` in it, takes parts in order, and dies at one.
    private actor Daemon {
        var parts: [(firstLine: Int, rows: Int)] = []
        /// Parts that were here at once.
        private(set) var most = 0
        private var here = 0
        private let diesAt: Int?

        init(diesAt: Int? = nil) {
            self.diesAt = diesAt
        }

        func take(_ batch: ImportBatch, _ number: Int) async throws -> ImportPart {
            here += 1
            most = max(most, here)
            defer { here -= 1 }
            // What dies says so at once, to whoever has not been answered.
            while parts.count < min(number, diesAt ?? number) { await Task.yield() }
            if let diesAt, number >= diesAt { throw Failure(.daemonDown, "the daemon ended before it answered") }
            #expect(parts.count == number)
            parts.append((batch.firstLine, batch.rows))
            let lines = String(decoding: batch.bytes, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            let rejected = lines.enumerated().filter { $1.contains("bad") }.map { index, line in
                RejectedRow(
                    line: batch.firstLine + index, column: "joined_at", value: "=1", rule: "a time is RFC 3339",
                    text: String(line))
            }
            return ImportPart(
                rows: batch.rows, applied: batch.rows - rejected.count, unchanged: 0, rejected: rejected)
        }
    }

    private func importer(_ rows: String, _ daemon: Daemon, file: String) throws -> Importer {
        let cutter = try PartCutter(PieceSource("backer,joined_at,code\n" + rows), kind: .backers, partBytes: 30)
        return Importer(cutter, rejectedFile: RejectedFile(for: file, header: cutter.header)) {
            try await daemon.take($0, $1)
        }
    }

    @Test func `all parts go in order, and the sums are right`() async throws {
        let daemon = Daemon()
        var importer = try importer((0..<100).map { "p\($0),,\n" }.joined(), daemon, file: "never-written.csv")
        var seen: [Int] = []
        try await importer.run { seen.append($0) }
        #expect(importer.answer == ImportAnswer(rows: 100, applied: 100, unchanged: 0, rejected: 0, rejectedFile: nil))
        #expect(seen == seen.sorted() && seen.last == 100)
        let parts = await daemon.parts
        #expect(parts.map(\.firstLine) == parts.map(\.firstLine).sorted() && parts.first?.firstLine == 2)
        #expect(await (1...ImportPart.partsUnderWay).contains(daemon.most))
        #expect(!FileManager.default.fileExists(atPath: "never-written.rejected.csv"))
    }

    @Test func `a rejected file that is there stays, as somebody may be mending it`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("grapevine-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("rows.rejected.csv").path
        try "mended".write(toFile: path, atomically: false, encoding: .utf8)
        let header = try CSVHeader(row: Array("backer,joined_at,code\n".utf8), kind: .backers)
        for name in ["rows.rejected-2.csv", "rows.rejected-3.csv"] {
            var file = RejectedFile(path: path, header: header)
            try file.append([Rejection(line: 9, rule: "a rule", row: Array("x,,\n".utf8)[...], isRecord: true)])
            #expect(file.path.hasSuffix("/" + name))
            let text = try String(contentsOfFile: file.path, encoding: .utf8)
            #expect(text.hasSuffix("9,,,\"a rule\",x,,\n"), "\(text)")
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "mended")
    }

    @Test func `rejected rows can be mended and imported`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("grapevine-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("rows.rejected.csv").path
        let header = try CSVHeader(row: Array("backer,joined_at,code\r\n".utf8), kind: .backers)
        var file = RejectedFile(path: path, header: header)
        try file.append([])
        #expect(!FileManager.default.fileExists(atPath: path))
        try file.append([
            Rejection(
                RejectedRow(
                    line: 3, column: "joined_at", value: "=1,2", rule: "a time is RFC 3339", text: "p1,=1,\"a,b\"")),
            Rejection(line: 9, rule: "a quote is closed", row: Array("\"open,,\n".utf8)[...], isRecord: false),
        ])
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            text == """
                line,column,value,rule,backer,joined_at,code
                3,joined_at,"'=1,2","a time is RFC 3339",p1,=1,"a,b"
                9,,,"a quote is closed","\"\"open,,"

                """)
        let cutter = try PartCutter(try FileSource(path: path), kind: .backers)
        #expect(cutter.header.columns == ["-", "-", "-", "-", "backer", "joined_at", "code"])
    }

    @Test(arguments: [
        ("/tmp/pledges.csv.gz", "pledges.rejected.csv"), ("pledges.csv", "pledges.rejected.csv"),
        ("a.gz", "a.rejected.csv"),
        ("-", "stdin.rejected.csv"), ("x", "x.rejected.csv"), (".csv", ".csv.rejected.csv"),
    ])
    func `the rejected file is called after the imported one`(imported: String, expected: String) throws {
        let header = try CSVHeader(row: Array("backer,joined_at,code".utf8), kind: .backers)
        #expect(RejectedFile(for: imported, header: header).path == expected)
    }

    @Test func `if the daemon dies, what it acknowledged is told`() async throws {
        let daemon = Daemon(diesAt: 3)
        var importer = try importer((0..<100).map { "p\($0),,\n" }.joined(), daemon, file: "x.csv")
        let interrupted = await #expect(throws: InterruptedImport.self) { try await importer.run { _ in } }
        let rows = await daemon.parts.map(\.rows).reduce(0, +)
        #expect(interrupted?.acknowledgedRows == rows && rows > 0)
        let json = try JSONText.encode(#require(interrupted))
        #expect(
            json == """
                {"acknowledged_rows":\(rows),"error":{"acknowledged_rows":\(rows),"code":"E-DAEMON-DOWN",\
                "hint":"grapevine start","message":"the daemon ended before it answered"}}
                """)
    }
}
