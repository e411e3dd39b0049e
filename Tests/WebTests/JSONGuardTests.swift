import Foundation
import Testing

@testable import Web

/// threats.md, row 43.
@Suite struct JSONGuardTests {
    private static let archive = URL(filePath: #filePath).resolvingSymlinksInPath()
        .appending(path: "../../../../shared/vectors/json/JSONTestSuite.tar.gz").standardizedFileURL

    @Test(.enabled(if: FileManager.default.fileExists(atPath: archive.path), "no ../shared/vectors/json"))
    func `JSONTestSuite agrees`() throws {
        let scratch = Scratch()
        let tar = Process()
        tar.executableURL = URL(filePath: "/usr/bin/env")
        tar.arguments = ["tar", "xzf", Self.archive.path, "-C", scratch.path]
        try tar.run()
        tar.waitUntilExit()
        var counts: [Character: Int] = [:]
        let files = try #require(FileManager.default.enumerator(atPath: scratch.path))
        for case let path as String in files where path.hasSuffix(".json") {
            let name = (path as NSString).lastPathComponent
            guard let kind = name.first, "nyi".contains(kind), name.dropFirst().first == "_" else { continue }
            let outcome = verdict([UInt8](try #require(FileManager.default.contents(atPath: scratch(path)))))
            counts[kind, default: 0] += 1
            switch (kind, outcome) {
            case ("n", nil): Issue.record("accepted \(name)")
            // Equal keys and fractions are JSON, but not what we let through.
            case ("y", .malformed), ("y", .notUTF8), ("y", .tooDeep): Issue.record("refused \(name)")
            default: break
            }
        }
        print("JSONTestSuite: \(counts["n"] ?? 0) n_, \(counts["y"] ?? 0) y_, \(counts["i"] ?? 0) i_")
        #expect(counts["n"] == 188)
        #expect(counts["y"] == 95)
    }

    @Test(arguments: [
        "{}", "[]", "0", "-0", "-12", "\"\"", "true", " [ 1 , {\"a\" : null} ]\r\n\t", #""\ud83c\udf47 \u0000""#,
        #"{"a":{"a":1},"b":{"a":1}}"#, #"[{"a":1},{"a":1}]"#, "-9223372036854775808", "9223372036854775807",
    ])
    func `what every reader understands alike passes`(text: String) {
        #expect(verdict(text) == nil)
    }

    @Test func `depth 32 passes, 33 does not, and 100,000 cost nothing`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(verdict(nested(32)) == nil)
        #expect(verdict(nested(33)) == .tooDeep(position: 32))
        #expect(verdict(String(repeating: "[", count: 100_000)) == .tooDeep(position: 32))
        #expect(verdict(String(repeating: "{\"a\":", count: 100_000)) == .tooDeep(position: 160))
    }

    @Test func `equal keys are found however they are written`() {
        #expect(verdict(#"{"a":1,"a":1}"#) == .duplicateKey(position: 7))
        #expect(verdict(#"{"a":1,"\u0061":1}"#) == .duplicateKey(position: 7))
        #expect(verdict(#"{"/":1,"\/":1}"#) == .duplicateKey(position: 7))
        #expect(verdict(#"{"x":[{"b":1,"b":2}]}"#) == .duplicateKey(position: 13))
        #expect(verdict(#"{"é":1,"e\u0301":1}"#) == nil, "compared as bytes")
    }

    @Test func `numbers are integers`() {
        for text in ["1.0", "1e2", "-0.5", "[1E+2]", #"{"a":10.00}"#, "9223372036854775808"] {
            guard case .notAnInteger = verdict(text) else {
                Issue.record("\(text): \(String(describing: verdict(text)))")
                continue
            }
        }
        for text in ["01", "-", "+1", "1.", ".5", "1e", "0x1", "NaN", "Infinity", "- 1"] {
            guard case .malformed = verdict(text) else {
                Issue.record("\(text): \(String(describing: verdict(text)))")
                continue
            }
        }
    }

    @Test func `half a character is none`() {
        for text in [#""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\ud800\ud800""#, #""\ud800x""#, #""\u00g0""#] {
            guard case .malformed = verdict(text) else {
                Issue.record("\(text)")
                continue
            }
        }
        #expect(verdict([0x22, 0xff, 0x22]) == .notUTF8)
        #expect(verdict([0x22, 0xed, 0xa0, 0x80, 0x22]) == .notUTF8)
    }

    @Test func `a mebibyte of anything ends soon`() async {
        let bodies = [
            [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20),
            [UInt8](repeating: UInt8(ascii: "\""), count: 1 << 20),
            Array(("{" + (0..<60_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}").utf8),
            Array(("[" + String(repeating: "1,", count: 500_000) + "1]").utf8),
        ]
        let start = ContinuousClock.now
        await blocking { for body in bodies { _ = verdict(body) } }
        #expect(ContinuousClock.now - start < .seconds(20), "unoptimised, on two shared cores")
    }
}

private func verdict(_ text: String) -> JSONGuardError? {
    verdict(Array(text.utf8))
}

/// Nil where it passes.
private func verdict(_ bytes: [UInt8]) -> JSONGuardError? {
    do throws(JSONGuardError) {
        try JSONGuard.check(bytes)
        return nil
    } catch {
        return error
    }
}
