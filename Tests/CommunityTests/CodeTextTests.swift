import Community
import Foundation
import Identity
import Testing

@Suite struct CodeTextTests {
    private static let alphabet = Set("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U")

    private func id(_ number: UInt8) -> Bytes16 { Bytes16([UInt8](repeating: number, count: 16)) ?? .zero }

    @Test func `an own code is ten symbols and Crockford's check symbol`() {
        for number in 0...UInt8.max {
            let text = CodeText(ownCodeOf: id(number)).text
            #expect(text.count == 11)
            #expect(text.allSatisfy { Self.alphabet.contains($0) })
            #expect(text.last == Base32.checkSymbol(of: String(text.prefix(10))))
            #expect(CodeText(text)?.text == text)
            #expect(CodeText(text)?.isOwnCodeForm == true)
        }
    }

    @Test func `an own code is the first 50 bits of the hash of its id`() throws {
        let digest = BLAKE2b.hash256(id(5).bytes, personal: BLAKE2b.Personal("gv/own-code")).bytes
        let bits = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 14
        let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U")
        let symbols = (0..<10).map { digits[Int(bits >> UInt64(45 - 5 * $0)) & 31] }
        #expect(CodeText(ownCodeOf: id(5)).text == String(symbols + [digits[Int(bits % 37)]]))
    }

    @Test func `an own code may be read with lookalikes, small letters and separators`() {
        for number in 0...UInt8.max {
            let own = CodeText(ownCodeOf: id(number))
            let lookalike = own.text.map { symbol -> Character in
                switch symbol {
                case "0": "o"
                case "1": number.isMultiple(of: 2) ? "I" : "l"
                default: symbol
                }
            }
            #expect(CodeText(String(lookalike)) == own)
            #expect(CodeText(own.text.lowercased()) == own)
            let parts = [
                String(own.text.prefix(4)), String(own.text.dropFirst(4).prefix(4)), String(own.text.dropFirst(8)),
            ]
            #expect(CodeText(parts.joined(separator: "-")) == own)
            #expect(CodeText(" " + parts.joined(separator: " _ ") + "-") == own)
        }
    }

    @Test func `one wrong symbol makes no own code`() {
        for number in 0...UInt8.max {
            let own = Array(CodeText(ownCodeOf: id(number)).text)
            for position in 0..<10 {
                var wrong = own
                wrong[position] = own[position] == "7" ? "8" : "7"
                let read = CodeText(String(wrong))
                #expect(read?.isOwnCodeForm != true)
            }
        }
    }

    @Test(arguments: [
        ("alpha", "ALPHA"), ("AL-PHA_1 2", "ALPHA12"), ("oil", "OIL"), ("0il", "0IL"), ("a", "A"),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"), ("763EF438AF07", "763EF438AF07"),
    ])
    func `a registered code keeps its letters and loses its separators`(written: String, normal: String) {
        #expect(CodeText(written)?.text == normal)
        #expect(CodeText(normal)?.text == normal)
    }

    @Test(arguments: [
        "", "-", " _-", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456", "é", "ALPHA!", "AL.PHA", "a\u{0}b", "a\tb", "a\nb", "ＡＢＣ",
        "a\u{301}", "АLPHA", "$", "*~$=U", "A=", "\u{200B}A", "A\u{AD}B",
    ])
    func `what has other symbols, or none, or too many is no code`(written: String) {
        #expect(CodeText(written) == nil)
    }

    @Test func `a sign is read in the eleventh place and only with the right check`() throws {
        let signs = (0...UInt16.max).lazy.map { number in
            CodeText(ownCodeOf: Bytes16([UInt8](repeating: 0, count: 14) + [UInt8(number >> 8), UInt8(number & 255)])!)
        }.filter { "*~$=U".contains($0.text.last!) }
        for own in signs.prefix(200) {
            #expect(CodeText(own.text) == own)
            #expect(own.isOwnCodeForm)
            let others = "*~$=".filter { $0 != own.text.last }
            for other in others { #expect(CodeText(String(own.text.dropLast()) + String(other)) == nil) }
        }
        // Ten symbols with a U among them are no base32: such a text is a registered code as it stands.
        #expect(CodeText("UUUUUUUUUUU")?.isOwnCodeForm == false)
    }

    @Test func `reading is stable: the normal form of a normal form is itself`() {
        var dice = Dice(seed: 7)
        let symbols = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZoil-_ $*~=")
        for _ in 0..<20_000 {
            let written = String((0..<dice.roll(1..<14)).map { _ in dice.pick(symbols) })
            guard let code = CodeText(written) else { continue }
            #expect(CodeText(code.text) == code, "\(written)")
        }
    }

    @Test func `two ids can have one own code`() throws {
        for pair in RandomCommunity.rivalIDs {
            let ids = try pair.map { try #require(PersonID(hex: $0)) }
            #expect(ids[0] < ids[1])
            #expect(CodeText(ownCodeOf: ids[0].raw) == CodeText(ownCodeOf: ids[1].raw))
        }
    }

    @Test func `nothing but ASCII letters and digits survives of lookalikes and naughty strings`() throws {
        guard let naughty = try Files.shared("vectors/strings/blns.json.gz"),
            let confusable = try Files.shared("vectors/strings/uts39-confusables.json.gz")
        else {
            print("skipped: ../shared/vectors/strings is not here")
            return
        }
        let strings = try #require(try JSONSerialization.jsonObject(with: naughty) as? [String])
        let table = try #require(try JSONSerialization.jsonObject(with: confusable) as? [String: [[String: String]]])
        let lookalikes = table.keys + table.values.joined().compactMap { $0["c"] }
        var read = 0
        for text in strings + lookalikes + lookalikes.map({ "AL" + $0 + "HA" }) {
            guard let code = CodeText(text) else { continue }
            read += 1
            #expect(
                code.text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) } || code.isOwnCodeForm)
            let isASCII = text.utf8.allSatisfy { $0 < 128 }
            #expect(isASCII, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
        }
        print(
            "CodeText read \(read) of \(strings.count) naughty and \(2 * lookalikes.count) confusable strings, all ASCII"
        )
    }
}
