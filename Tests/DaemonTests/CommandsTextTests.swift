import API
import Testing

@testable import Daemon

/// What people and things may be called.
struct CommandsTextTests {
    private func refusal(_ body: () throws -> String) throws -> Failure.Code {
        try #require(throws: Failure.self) { _ = try body() }.code
    }

    @Test func `a name is trimmed and composed`() throws {
        #expect(try TextRule.name("  Zoe\u{308} ").unicodeScalars.elementsEqual("Zo\u{EB}".unicodeScalars))
        #expect(try TextRule.name(String(repeating: "\u{1F33B}", count: 63)).unicodeScalars.count == 63)
    }

    @Test(arguments: [
        "", "   ", "a\u{0}b", "a\u{1B}]0;x\u{7}", "a\nb", "a\u{7F}", "a\u{9B}b", "a\u{202E}b", "a\u{200B}b",
        "a\u{2028}b",
        "\u{FEFF}a", "a\u{E000}", "a\u{2066}b", "a\u{0378}", String(repeating: "x", count: 65),
    ])
    func `names that hide something or have no end are refused`(name: String) throws {
        #expect(try refusal { try TextRule.name(name) } == .text)
    }

    @Test(arguments: ["", " ", "a\tb", "a\u{85}b", String(repeating: "x", count: 256)])
    func `ids without an end or with control characters are refused`(id: String) throws {
        #expect(try refusal { try TextRule.externalID(id, of: "--external") } == .text)
        #expect(try refusal { try TextRule.source(id) } == .text)
    }

    @Test func `ids are otherwise taken byte for byte`() throws {
        #expect(
            try TextRule.externalID(" Zoe\u{308}\u{A0} ", of: "--external").utf8.elementsEqual("Zoe\u{308}\u{A0}".utf8))
        #expect(try TextRule.source(nil) == "import")
    }

    @Test func `a contact is an address or a number, in lower case`() throws {
        #expect(try TextRule.contact(" Ana@Example.ORG ") == "ana@example.org")
        #expect(try TextRule.contact("+49 30 1234567") == "+49 30 1234567")
        #expect(try refusal { try TextRule.contact("ana") } == .contact)
        #expect(try refusal { try TextRule.contact("a\n@b") } == .text)
        #expect(try refusal { try TextRule.contact(String(repeating: "x", count: 250) + "@b.org") } == .text)
    }

    @Test func `a reference has 1 to 64 bytes`() throws {
        #expect(try TextRule.reference(nil) == "")
        #expect(try TextRule.reference(" stripe-1 ") == "stripe-1")
        #expect(try refusal { try TextRule.reference("") } == .text)
        #expect(try refusal { try TextRule.reference(String(repeating: "x", count: 65)) } == .text)
    }
}
