import API
import Community
import Storage

/// What a code may be made of, and what is wrong with a text that is none: the one sentence at every entrance.
///
/// Only ASCII letters and digits, so nothing that merely looks like one (threats row 26) gets in: it is named.
enum CodeRule {
    static let hint =
        "a code is 1 to \(Community.Limits.codeSymbolLimit) ASCII letters and digits; - and _ and spaces do not count"

    /// - Parameter written: What no code can be read from.
    static func fault(in written: String) -> String {
        let strange = written.unicodeScalars.first { !isSymbol($0) && !isSkipped($0) }
        if let strange {
            let likeness = Skeleton.ascii(of: strange).map { ", which looks like \($0)" } ?? ""
            return "it holds \(name(of: strange))\(likeness)"
        }
        let count = written.unicodeScalars.count { isSymbol($0) }
        if count == 0 { return "it holds no letter or digit" }
        if count > Community.Limits.codeSymbolLimit {
            return "it has \(count) letters and digits, and at most \(Community.Limits.codeSymbolLimit) are a code"
        }
        return
            "it has \(written.utf8.count) bytes as written, and at most \(Community.Limits.writtenCodeByteLimit) are kept"
    }

    static func failure(_ written: String) -> Failure {
        Failure(.codeForm, "\(written) is no code: \(fault(in: written))", hint: hint)
    }

    private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9": true
        default: false
        }
    }

    private static func isSkipped(_ scalar: Unicode.Scalar) -> Bool { scalar == "-" || scalar == "_" || scalar == " " }

    /// `А (U+0410 CYRILLIC CAPITAL LETTER A)`; what is not to be seen by its number alone.
    private static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let name = scalar.properties.name.map { "\(number) \($0)" } ?? number
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter, .decimalNumber,
            .letterNumber, .otherNumber, .currencySymbol, .mathSymbol, .otherSymbol, .dashPunctuation, .openPunctuation,
            .closePunctuation, .otherPunctuation, .initialPunctuation, .finalPunctuation, .modifierSymbol:
            return "\(scalar) (\(name))"
        default: return name
        }
    }
}
