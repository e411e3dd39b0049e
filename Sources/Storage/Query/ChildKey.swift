import Identity

/// Where somebody stands among those that one person brought: the same on every node.
///
/// By reach, then brought, both descending, then by the code's bytes; those without a code last, by their id.
enum ChildKey: Comparable {
    case owner(reach: Int, brought: Int, code: String)
    case plain(PersonID)

    static func < (a: ChildKey, b: ChildKey) -> Bool {
        switch (a, b) {
        case (.owner(let reach, let brought, let code), .owner(let otherReach, let otherBrought, let otherCode)):
            if reach != otherReach { return reach > otherReach }
            if brought != otherBrought { return brought > otherBrought }
            return code.utf8.lexicographicallyPrecedes(otherCode.utf8)
        case (.plain(let id), .plain(let other)): return id < other
        case (.owner, .plain): return true
        case (.plain, .owner): return false
        }
    }

    private enum Tag {
        static let owner: UInt8 = 0
        static let plain: UInt8 = 1
    }

    init(cursor: String) throws(QueryError) {
        guard let bytes = try? Hex.decode(cursor), let key = try? Self(reading: bytes) else {  // why is not asked here
            throw .notACursor(cursor)
        }
        self = key
    }

    private init(reading bytes: [UInt8]) throws {
        var reader = ByteReader(bytes)
        switch try reader.u8() {
        case Tag.owner:
            self = .owner(
                reach: Int(clamping: try reader.u64()), brought: Int(clamping: try reader.u64()),
                code: String(decoding: reader.rest(), as: UTF8.self))
        case Tag.plain:
            self = .plain(try reader.fixed())
            try reader.finish()
        default: throw QueryError.notACursor("")
        }
    }

    var cursor: String {
        var bytes: [UInt8] = []
        switch self {
        case .owner(let reach, let brought, let code):
            bytes.append(Tag.owner)
            bytes.appendBigEndian(UInt64(reach))
            bytes.appendBigEndian(UInt64(brought))
            bytes += code.utf8
        case .plain(let id):
            bytes.append(Tag.plain)
            id.append(to: &bytes)
        }
        return Hex.encode(bytes)
    }
}
