import API
import Community
import Foundation

extension TextRule {
    /// What a post or feedback says: lines, in Unicode's NFC, without blanks around them.
    ///
    /// Line ends become LF, and a tab a space. What moves the cursor or reorders the text of others is refused and named; marks
    /// that join letters or emoji stay, as whole scripts need them.
    static func voice(_ text: String) throws(Failure) -> String {
        var kept = ""
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\r": kept.unicodeScalars.append("\n")
            case "\n": if previous != "\r" { kept.unicodeScalars.append("\n") }
            case "\t": kept.unicodeScalars.append(" ")
            default:
                guard !isForbidden(scalar) else {
                    throw Failure(
                        .text,
                        "the text holds U+\(String(scalar.value, radix: 16, uppercase: true)), which is not to be seen",
                        hint: "leave that character out; line ends are welcome")
                }
                kept.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        let voice = kept.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
        guard !voice.isEmpty else { throw Failure(.text, "there is nothing in the text", hint: "say something") }
        let count = voice.utf8.count
        guard count <= Community.Limits.voiceByteLimit else {
            throw Failure(
                .text, "the text has \(count) bytes, and at most \(Community.Limits.voiceByteLimit) are kept",
                hint: "say it shorter, or in two parts")
        }
        return voice
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl || scalar.properties.isNoncharacterCodePoint
        }
    }
}
