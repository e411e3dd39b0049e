package import Identity

/// A referral code in normal form: what codes are compared, indexed and carried as.
///
/// Source: Protocol/3-community.md, *Pledges and codes*.
package struct CodeText: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    /// Brings what a person typed to normal form.
    ///
    /// - Returns: nil where the text is no code: other symbols than ASCII letters and digits, or not 1 to 32 of them.
    package init?(_ written: String) {
        var symbols: [UInt8] = []
        for byte in written.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): symbols.append(byte - 32)
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: " "): continue
            default: symbols.append(byte)
            }
            guard symbols.count <= Limits.codeSymbolLimit else { return nil }
        }
        if let own = Self.readAsOwnCode(symbols) {
            text = own
            return
        }
        guard !symbols.isEmpty, symbols.allSatisfy(Self.isLetterOrDigit) else { return nil }
        text = String(decoding: symbols, as: UTF8.self)
    }

    /// - Returns: nil where the text is not in normal form.
    init?(normal text: String) {
        let symbols = text.utf8
        // What reads as an own code may have another normal form.
        guard symbols.count != Self.ownSymbolCount + 1 else {
            guard let code = CodeText(text), code.text == text else { return nil }
            self = code
            return
        }
        guard (1...Limits.codeSymbolLimit).contains(symbols.count), symbols.allSatisfy(Self.isLetterOrDigit) else {
            return nil
        }
        self.text = text
    }

    /// A person's or member's own code, derived from the id: ten symbols and a check symbol.
    package init(ownCodeOf id: Bytes16) {
        let digest = BLAKE2b.hash256(id.bytes, personal: Personal.ownCode).bytes
        // 50 bits are the first ten symbols of the first 7 bytes.
        let symbols = String(Base32.encode(Array(digest.prefix(7))).prefix(Self.ownSymbolCount))
        text = symbols + String(Base32.checkSymbol(of: symbols))
    }

    package var description: String { text }

    package static func < (a: CodeText, b: CodeText) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

    /// The code's key in the state digest.
    package var key: Bytes16 { BLAKE2b.hash128(Array(text.utf8), personal: Personal.code) }

    /// True where the text has the form of an own code with its right check symbol.
    package var isOwnCodeForm: Bool { Self.readAsOwnCode(Array(text.utf8)) == text }

    private static let ownSymbolCount = 10

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// Reads eleven symbols as base32 reads, if the last one is the check symbol of the ten before.
    private static func readAsOwnCode(_ symbols: [UInt8]) -> String? {
        guard symbols.count == ownSymbolCount + 1 else { return nil }
        var read = ""
        for symbol in symbols.dropLast() {
            switch symbol {
            case UInt8(ascii: "O"): read.append("0")
            case UInt8(ascii: "I"), UInt8(ascii: "L"): read.append("1")
            case UInt8(ascii: "U"): return nil
            default:
                guard isLetterOrDigit(symbol) else { return nil }
                read.append(Character(UnicodeScalar(symbol)))
            }
        }
        var check = Character(UnicodeScalar(symbols[ownSymbolCount]))
        switch check {
        case "O": check = "0"
        case "I", "L": check = "1"
        default: break
        }
        return check == Base32.checkSymbol(of: read) ? read + String(check) : nil
    }
}
