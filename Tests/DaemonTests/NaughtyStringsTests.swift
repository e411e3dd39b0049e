import API
import AuthorLog
import Community
import Foundation
import Storage
import Testing

@testable import Daemon

/// Threats row 26: what people type into names, codes, references and texts changes no total.
struct NaughtyStringsTests {
    private static let some = [
        "", " ", "undefined", "NULL", "1E+02", "١٢٣", "Ω≈ç√∫", "\u{202E}test", "ﷺ", "👨‍👩‍👧", "'; DROP TABLE logs; --",
        "\u{FEFF}",
        "../../etc/passwd", "%s%n", "\u{0}", "\u{1B}[31m", "{\"a\":1}", "=1+1", "𝕿𝖍𝖊", "A\u{30A}", "\u{FFFE}", "\r\n",
    ]

    /// All of the big list where it is here, else the few above.
    private func strings() throws -> [String] {
        guard let data = try SharedFile.inflated("vectors/strings/blns.json.gz") else {
            print("skipped: ../shared/vectors/strings is not here; \(Self.some.count) strings of our own are tried")
            return Self.some
        }
        let list = try #require(try JSONSerialization.jsonObject(with: data) as? [String])
        return list + Self.some
    }

    /// - Returns: False where it was refused, with a failure that says what to do.
    private func isTaken(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch let failure as Failure {
            #expect(!failure.message.isEmpty && !failure.hint.isEmpty)
            #expect(failure.code != .internalError && failure.code != .storage)
            return false
        }
    }

    @Test func `no naughty string changes a total`() async throws {
        let strings = try strings()
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "p_1"), registered: "SUNNY"))
            _ = try await node.answer(AddBacker(NewPerson(external: "p_2", code: "SUNNY")))
            let pledge = try await node.answer(AddPledge(backer: PersonReference("p_2"), amount: "5")).pledge
            _ = try await node.answer(PayPledge(PledgeReference(pledge), reference: "r"))
            let before = try await node.answer(GetTotals())
            var taken = [0, 0, 0, 0]
            for text in strings {
                let name = NewPerson(external: "p_2", name: text)
                if try await isTaken({ _ = try await node.answer(AddBacker(name)) }) { taken[0] += 1 }
                let code = NewPerson(external: "p_2", code: text, allowUnknown: true)
                if try await isTaken({ _ = try await node.answer(AddBacker(code)) }) { taken[1] += 1 }
                if try await isTaken({ _ = try await node.answer(AnnouncePost(text)) }) { taken[2] += 1 }
                let person = PersonReference(text)
                if try await isTaken({ _ = try await node.answer(ShowBacker(person)) }) { taken[3] += 1 }
            }
            #expect(try await node.answer(GetTotals()) == before)
            #expect(taken[0] > 0 && taken[1] > 0 && taken[2] > 0)
            let verified = try await node.answer(VerifyRecord())
            #expect(verified.ok, "\(verified.problems)")
            print(
                "\(strings.count) strings: \(taken[0]) names, \(taken[1]) codes, \(taken[2]) posts taken; totals as before"
            )
        }
    }
}
