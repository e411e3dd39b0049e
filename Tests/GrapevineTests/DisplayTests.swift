import API
import Foundation
import Testing

@testable import grapevine

struct DisplayTests {
    @Test(arguments: [
        ("plain", "plain"), ("Ana Müller 李", "Ana Müller 李"), ("\u{1B}]0;evil\u{7}", "\\u{1B}]0;evil\\u{7}"),
        ("a\nb\r\tc", "a\\u{A}b\\u{D}\\u{9}c"), ("\u{7F}\u{80}\u{9B}2J\u{9F}", "\\u{7F}\\u{80}\\u{9B}2J\\u{9F}"),
        ("a\u{202E}b\u{2066}", "a\\u{202E}b\\u{2066}"), ("x\u{200B}\u{200D}\u{FEFF}y", "x\\u{200B}\\u{200D}\\u{FEFF}y"),
        ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
        ("\u{AD}\u{61C}\u{3164}\u{E0041}", "\\u{AD}\\u{61C}\\u{3164}\\u{E0041}"),
    ])
    func `what misleads is shown as an escape`(text: String, expected: String) {
        #expect(display(text) == expected)
    }

    @Test func `nothing that misleads comes out, whatever goes in`() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        print("display seed \(seed)")
        var dice = SplitMix(seed: seed)
        for _ in 0..<2_000 {
            let scalars = (0..<20).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &dice) ? 0x10FFFF : 0x2100), using: &dice))
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            let shown = display(text)
            #expect(!shown.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
            #expect(!shown.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) })
            #expect(!shown.unicodeScalars.contains { (0x2066...0x2069).contains($0.value) })
            #expect(display(shown) == shown)
        }
    }

    @Test func `truncation counts columns, and never cuts a character`() {
        #expect(display("abcdef", width: 6) == "abcdef")
        #expect(display("abcdef", width: 4) == "abc…")
        #expect(display("李李李", width: 6) == "李李李")
        #expect(display("李李李", width: 5) == "李李…")
        #expect(display("李李李", width: 4) == "李…")
        #expect(display("e\u{301}e\u{301}e\u{301}", width: 2) == "e\u{301}…")
        #expect(display("\u{202E}abc", width: 5) == "\\u{2…")
        #expect(display("abc", width: 0) == "")
    }

    @Test func `JSON shows the same characters as escapes, and means the same`() throws {
        let text = "a\u{1B}\n\u{202E}\u{200B}\u{7F}\u{85}\u{2028}é\u{E0041}\"\\"
        let json = try JSONText.encode([text])
        #expect(!json.unicodeScalars.contains { $0.misleads || $0.value == 0x7F })
        #expect(json.contains("\\u202E") && json.contains("\\u007F") && json.contains("\\uDB40\\uDC41"))
        #expect(json.contains("é"))
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text])
    }
}
