import Identity
import Testing

struct Base32Tests {
    @Test func `bytes of every length come back`() throws {
        for count in 0...70 {
            let bytes = Sodium.random(count)
            let text = Base32.encode(bytes)
            #expect(text.count == (count * 8 + 4) / 5)
            #expect(text.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
            #expect(try Base32.decode(text) == bytes)
            #expect(try Base32.decode(text.lowercased()) == bytes)
        }
    }

    // RFC 4648's examples, in Crockford's alphabet.
    @Test(arguments: [
        ("", ""), ("f", "CR"), ("fo", "CSQG"), ("foo", "CSQPY"), ("foob", "CSQPYRG"), ("fooba", "CSQPYRK1"),
        ("foobar", "CSQPYRK1E8"),
    ])
    func `known texts have their spelling`(text: String, spelling: String) throws {
        #expect(Base32.encode(text.utf8) == spelling)
        #expect(try Base32.decode(spelling) == [UInt8](text.utf8))
    }

    @Test func `what people write is understood`() throws {
        #expect(try Base32.decode("csqp-yrk1 E8") == [UInt8]("foobar".utf8))
        #expect(try Base32.decode("CSQPYRKiE8") == Base32.decode("CSQPYRK1E8"))
        #expect(try Base32.decode("CSQPYRKLE8") == Base32.decode("CSQPYRKlE8"))
        #expect(try Base32.decode("oO") == [0])
    }

    @Test func `other symbols are refused by name and place`() {
        for (text, character, position) in [
            ("CSQU", "U", 3), ("*0", "*", 0), ("00é0", "é", 2), ("-0\u{200B}", "\u{200B}", 2), ("0\0", "\0", 1),
            ("О0", "О", 0), ("0\r\n", "\r\n", 1), ("CSQP=", "=", 4),
        ] as [(String, Character, Int)] {
            #expect(throws: Base32Error.notASymbol(character, position: position)) { try Base32.decode(text) }
        }
    }

    @Test func `no value has two spellings`() {
        #expect(throws: Base32Error.trailingBits("S", position: 1)) { try Base32.decode("CS") }
        #expect(throws: Base32Error.trailingBits("1", position: 2)) { try Base32.decode("0-1") }
        for symbols in ["0", "000", "000000", "000000000"] {
            #expect(throws: Base32Error.incomplete(symbolCount: symbols.count)) { try Base32.decode(symbols) }
        }
    }

    @Test func `the check symbol finds every wrong symbol and every swap of neighbours`() throws {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        for _ in 0..<50 {
            let symbols = Array(Base32.encode(Sodium.random(10)))
            let check = Base32.checkSymbol(of: String(symbols))
            #expect(
                try Base32.removingCheckSymbol(from: String(symbols) + String(check).lowercased()) == String(symbols))
            for index in symbols.indices {
                for other in alphabet where other != symbols[index] {
                    var wrong = symbols
                    wrong[index] = other
                    #expect(Base32.checkSymbol(of: String(wrong)) != check)
                }
                guard index > 0, symbols[index] != symbols[index - 1] else { continue }
                var swapped = symbols
                swapped.swapAt(index, index - 1)
                #expect(Base32.checkSymbol(of: String(swapped)) != check)
            }
        }
    }

    @Test func `check symbols are Crockford's`() {
        // The number modulo 37, from 0 to 36, spelled in two symbols.
        let spelled = (0..<37).map { number in
            let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
            return Base32.checkSymbol(of: String([symbols[number / 32], symbols[number % 32]]))
        }
        #expect(String(spelled) == "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U")
        #expect(throws: Base32Error.wrongCheckSymbol(expected: "1", found: "2")) {
            try Base32.removingCheckSymbol(from: "012")
        }
        #expect(throws: Base32Error.incomplete(symbolCount: 0)) { try Base32.removingCheckSymbol(from: " -") }
    }

    @Test func `hexadecimal comes back, and other digits are refused`() throws {
        let bytes = [UInt8](0...255)
        #expect(try Hex.decode(Hex.encode(bytes)) == bytes)
        #expect(try Hex.decode(Hex.encode(bytes).uppercased()) == bytes)
        #expect(Hex.encode([0x0F, 0xA0]) == "0fa0")
        #expect(throws: HexError.oddLength(3)) { try Hex.decode("abc") }
        #expect(throws: HexError.notADigit("g", position: 2)) { try Hex.decode("00g0") }
        #expect(throws: HexError.notADigit("١", position: 0)) { try Hex.decode("١0") }
    }
}
