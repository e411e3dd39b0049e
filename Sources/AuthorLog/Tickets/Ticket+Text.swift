import Identity

/// A ticket as people pass it on: capitals and digits, which a QR code holds most of.
extension Ticket {
    private static let prefix = "GRAPEVINE"
    private static let version = 1
    private static let checksumByteCount = 8

    package var text: String {
        let bytes = bytes
        return "\(Self.prefix)\(Self.version)" + Base32.encode(bytes + Self.checksum(of: bytes))
    }

    /// - Parameter text: As pasted: '-', spaces and line breaks are ignored, and so is the case.
    package init(parsing text: String) throws(TicketError) {
        guard text.utf8.count <= Limits.ticketTextByteLimit else { throw .notATicket }
        let symbols = text.utf8.filter { !Self.isFiller($0) }.map(Self.spelled)
        let prefix = Self.prefix.utf8.map(Self.spelled)
        guard symbols.starts(with: prefix) else { throw .notATicket }
        guard symbols.count > prefix.count else { throw .damaged }
        switch symbols[prefix.count] {
        case UInt8(ascii: "1"): break
        case let digit where (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(digit):
            throw .newerVersion(Int(digit - UInt8(ascii: "0")))
        default: throw .notATicket
        }

        let checked: [UInt8]
        do {
            checked = try Base32.decode(String(decoding: symbols.dropFirst(prefix.count + 1), as: UTF8.self))
        } catch {
            throw .damaged
        }
        let bytes = [UInt8](checked.dropLast(Self.checksumByteCount))
        guard checked.count > Self.checksumByteCount,
            checked.suffix(Self.checksumByteCount).elementsEqual(Self.checksum(of: bytes))
        else { throw .damaged }
        try self.init(decoding: bytes)
    }

    private static func checksum(of bytes: [UInt8]) -> [UInt8] {
        Array(BLAKE2b.hash256(bytes, personal: .ticket).bytes.prefix(checksumByteCount))
    }

    private static func isFiller(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }

    /// As base32 reads it, so that the prefix may be typed as carelessly as the rest.
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
