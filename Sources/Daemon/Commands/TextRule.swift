import API
import Community
import Foundation
import Storage

/// What people may call things: bounded, and without characters that are not to be seen (threats rows 26 and 44).
enum TextRule {
    static let externalIDRule = "an id is 1 to \(Community.Limits.externalIDByteLimit) bytes without control characters"

    /// - Parameter bytes: UTF-8, trimmed.
    static func isExternalID(_ bytes: some Collection<UInt8>) -> Bool {
        guard !bytes.isEmpty, bytes.count <= Community.Limits.externalIDByteLimit else { return false }
        return !holdsControl(bytes)
    }

    /// Characters of category Cc: C0, DEL, and C1, which UTF-8 writes as 0xC2 and one byte.
    private static func holdsControl(_ bytes: some Collection<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return true }
            previous = byte
        }
        return false
    }

    /// - Returns: Trimmed.
    static func externalID(_ text: String, of option: String) throws(Failure) -> String {
        let text = Pseudonyms.trimmed(text)
        guard isExternalID(text.utf8) else { throw Failure(.text, "\(option): \(externalIDRule)") }
        return text
    }

    /// - Returns: Trimmed; the default where none is given.
    static func source(_ text: String?) throws(Failure) -> String {
        guard let text else { return ImportPart.defaultSource }
        return try externalID(text, of: "--source")
    }

    /// - Returns: In normal form.
    static func contact(_ text: String) throws(Failure) -> String {
        let contact = Pseudonyms.normalContact(text)
        guard contact.utf8.count <= Community.Limits.detailByteLimit, !holdsControl(contact.utf8) else {
            throw Failure(
                .text, "--contact: it has at most \(Community.Limits.detailByteLimit) bytes and no control characters")
        }
        guard PersonResolver.isContact(contact) else {
            throw Failure(
                .contact, "--contact: this is neither an address nor a number",
                hint: "an address like ana@example.org or a number like +49 30 1234567; for ids there is --external")
        }
        return contact
    }

    private static let nameScalarLimit = 64

    /// - Returns: In Unicode's NFC.
    static func name(_ text: String) throws(Failure) -> String {
        let name = Pseudonyms.trimmed(text).precomposedStringWithCanonicalMapping
        let count = name.unicodeScalars.count
        guard (1...nameScalarLimit).contains(count), name.utf8.count <= Community.Limits.detailByteLimit else {
            throw Failure(.text, "--name: a name has 1 to \(nameScalarLimit) characters")
        }
        guard let hidden = name.unicodeScalars.first(where: isHidden) else { return name }
        throw Failure(
            .text, "--name: it holds U+\(String(hidden.value, radix: 16, uppercase: true)), which is not to be seen")
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// - Returns: Empty where none is given.
    static func reference(_ text: String?) throws(Failure) -> String {
        guard let text else { return "" }
        let reference = Pseudonyms.trimmed(text)
        guard (1...Community.Limits.referenceByteLimit).contains(reference.utf8.count), !holdsControl(reference.utf8)
        else {
            throw Failure(
                .text,
                "--reference: it has 1 to \(Community.Limits.referenceByteLimit) bytes and no control characters")
        }
        return reference
    }
}
