import API
import Community
import Identity
import Testing

@testable import Daemon

/// A text that is no code is refused with the character that makes it none.
struct CodeRuleTests {
    @Test(arguments: [
        ("\u{410}LPHA", "it holds \u{410} (U+0410 CYRILLIC CAPITAL LETTER A), which looks like A"),
        ("SUNNY\u{FF10}", "it holds \u{FF10} (U+FF10 FULLWIDTH DIGIT ZERO)"),
        ("SUNNY|", "it holds | (U+007C VERTICAL LINE)"), ("a\u{200B}b", "it holds U+200B ZERO WIDTH SPACE"),
        ("a\u{1B}[2J", "it holds U+001B"), ("a\u{202E}b", "it holds U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("", "it holds no letter or digit"), ("- _", "it holds no letter or digit"),
        (String(repeating: "A", count: 33), "it has 33 letters and digits, and at most 32 are a code"),
    ])
    func `what is wrong is named`(written: String, fault: String) {
        #expect(CodeText(written) == nil)
        #expect(CodeRule.fault(in: written).hasPrefix(fault), "\(CodeRule.fault(in: written))")
        #expect(CodeRule.failure(written).code == .codeForm)
    }

    @Test func `a code that is too long as written is told so`() {
        let written = String(repeating: "A-", count: 32) + "-"
        #expect(Record.Registration(written: written, at: nil) == nil)
        #expect(CodeRule.fault(in: written) == "it has 65 bytes as written, and at most 64 are kept")
    }

    @Test func `every entrance names the character`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "p_1")))
            let code = "S\u{406}NNY"
            let person = PersonReference("p_1")
            let entrances: [() async throws -> Void] = [
                { _ = try await node.answer(AddBacker(NewPerson(external: "p_2", code: code, allowUnknown: true))) },
                { _ = try await node.answer(AddAmbassador(NewPerson(external: "p_2"), registered: code)) },
                { _ = try await node.answer(AddCode(person, code: code)) },
                { _ = try await node.answer(AddReferral(person, code: code, allowUnknown: true)) },
                { _ = try await node.answer(AddPledge(backer: person, amount: "5", code: code)) },
                { _ = try await node.answer(ShowCode(code)) },
            ]
            for entrance in entrances {
                let failure = try #require(await #expect(throws: Failure.self) { try await entrance() })
                #expect(failure.code == .codeForm)
                #expect(failure.message.contains("U+0406 CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I"))
                #expect(failure.message.contains("looks like"))
            }
        }
    }
}
