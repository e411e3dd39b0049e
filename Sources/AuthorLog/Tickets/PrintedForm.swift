import Identity

/// Bytes as people pass them on: what they are, a version, then base32 with a checksum. Capitals and digits, which a QR code holds
/// most of.
struct PrintedForm {
    enum ReadingError: Error {
        /// Something else altogether, or too long.
        case otherKind
        /// Made by a later version of this program.
        case newerVersion(Int)
        /// A part is missing or mistyped.
        case damaged
    }

    private static let checksumByteCount = 8

    /// Capitals; a digit, the version, follows it.
    let kind: String
    let checksum: BLAKE2b.Personal

    func text(_ bytes: [UInt8]) -> String {
        "\(kind)1" + Base32.encode(bytes + checksum(of: bytes))
    }

    /// - Parameter text: As pasted: '-', spaces and line breaks are ignored, and so is the case.
    func bytes(in text: String, byteLimit: Int) throws(ReadingError) -> [UInt8] {
        guard text.utf8.count <= byteLimit else { throw .otherKind }
        let symbols = text.utf8.filter { !Self.isFiller($0) }.map(Self.spelled)
        let prefix = kind.utf8.map(Self.spelled)
        guard symbols.starts(with: prefix) else { throw .otherKind }
        guard symbols.count > prefix.count else { throw .damaged }
        switch symbols[prefix.count] {
        case UInt8(ascii: "1"): break
        case let digit where (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(digit):
            throw .newerVersion(Int(digit - UInt8(ascii: "0")))
        default: throw .otherKind
        }
        let checked: [UInt8]
        do {
            checked = try Base32.decode(String(decoding: symbols.dropFirst(prefix.count + 1), as: UTF8.self))
        } catch {
            throw .damaged
        }
        let bytes = [UInt8](checked.dropLast(Self.checksumByteCount))
        guard checked.count > Self.checksumByteCount,
            checked.suffix(Self.checksumByteCount).elementsEqual(checksum(of: bytes))
        else { throw .damaged }
        return bytes
    }

    private func checksum(of bytes: [UInt8]) -> [UInt8] {
        Array(BLAKE2b.hash256(bytes, personal: checksum).bytes.prefix(Self.checksumByteCount))
    }

    private static func isFiller(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }

    /// As base32 reads it, so that the kind may be typed as carelessly as the rest.
    private static func spelled(_ byte: UInt8) -> UInt8 {
        let isSmall = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        let capital = isSmall ? byte - 32 : byte
        return switch capital {
        case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
        case UInt8(ascii: "O"): UInt8(ascii: "0")
        default: capital
        }
    }
}
