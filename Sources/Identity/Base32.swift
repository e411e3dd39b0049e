package enum Base32Error: Error, Equatable, Sendable {
    case notASymbol(Character, position: Int)
    /// The last symbol holds bits that belong to no byte and are not zero: two spellings of one value would exist.
    case trailingBits(Character, position: Int)
    /// No count of bytes has that many symbols: some are missing.
    case incomplete(symbolCount: Int)
    case wrongCheckSymbol(expected: Character, found: Character)
}

/// Crockford's base32, made to be read aloud: no I, L, O or U, most significant bits first.
///
/// Out: upper case. In: any case, O as 0, I and L as 1; '-' and ' ' are skipped. Positions count characters from 0.
///
/// Source: Crockford, https://www.crockford.com/base32.html. We differ: bytes are coded, not a number, so the last symbol is
/// padded with zero bits on its right.
package enum Base32 {
    /// The last five are check symbols only.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U")
    private static let checkModulus = 37

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text = ""
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 5 {
                bitCount -= 5
                text.append(alphabet[Int(bits >> UInt32(bitCount)) & 31])
            }
            bits &= 1 << UInt32(bitCount) - 1
        }
        if bitCount > 0 {
            text.append(alphabet[Int(bits << UInt32(5 - bitCount)) & 31])
        }
        return text
    }

    package static func decode(_ text: some StringProtocol) throws(Base32Error) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 5 / 8)
        var bits: UInt32 = 0
        var bitCount = 0
        var symbolCount = 0
        var last: (character: Character, position: Int) = ("0", 0)
        for (position, character) in text.enumerated() where !isFiller(character) {
            guard let value = value(of: character), value < 32 else {
                throw .notASymbol(character, position: position)
            }
            bits = bits << 5 | UInt32(value)
            bitCount += 5
            symbolCount += 1
            last = (character, position)
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
                bits &= 1 << UInt32(bitCount) - 1
            }
        }
        guard bitCount < 5 else { throw .incomplete(symbolCount: symbolCount) }
        guard bits == 0 else { throw .trailingBits(last.character, position: last.position) }
        return bytes
    }

    /// Crockford's check symbol: the number the symbols spell, modulo 37. It finds every single wrong symbol and every swap of
    /// two neighbours, but not a zero lost in front.
    ///
    /// What is no symbol counts for nothing here; ``decode(_:)`` is who refuses it.
    package static func checkSymbol(of symbols: String) -> Character {
        var remainder = 0
        for character in symbols {
            guard let value = value(of: character), value < 32 else { continue }
            remainder = (remainder * 32 + value) % checkModulus
        }
        return alphabet[remainder]
    }

    /// The symbols without the check symbol at their end.
    package static func removingCheckSymbol(from text: String) throws(Base32Error) -> String {
        guard let index = text.lastIndex(where: { !isFiller($0) }) else { throw .incomplete(symbolCount: 0) }
        let symbols = String(text[..<index])
        let found = text[index]
        let expected = checkSymbol(of: symbols)
        guard let value = value(of: found), alphabet[value] == expected else {
            throw .wrongCheckSymbol(expected: expected, found: found)
        }
        return symbols
    }

    private static func isFiller(_ character: Character) -> Bool {
        character == "-" || character == " "
    }

    /// 0 to 36.
    private static func value(of character: Character) -> Int? {
        guard let ascii = character.asciiValue else { return nil }
        let value = values[Int(ascii)]
        return value == noValue ? nil : Int(value)
    }

    private static let noValue: UInt8 = .max

    /// By ASCII code.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: noValue, count: 128)
        for (value, character) in alphabet.enumerated() {
            for spelling in [character.uppercased(), character.lowercased()] {
                values[Int(spelling.utf8.first!)] = UInt8(value)
            }
        }
        for (lookalike, digit) in zip("OoIiLl".utf8, "001111".utf8) {
            values[Int(lookalike)] = digit - UInt8(ascii: "0")
        }
        return values
    }()
}
