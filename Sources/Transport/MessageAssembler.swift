enum MessageError: Error, Equatable, Sendable {
    /// No flag, an unknown flag, or a part that neither says nor ends anything.
    case malformed
    case tooLong
}

/// Puts a message together from the plaintexts of frames, each u8 flag (0: it goes on, 1: it ends here) ‖ part, and cuts it up.
struct MessageAssembler: Sendable {
    private static let goesOn: UInt8 = 0
    private static let ends: UInt8 = 1

    private let byteLimit: Int
    /// The parts so far.
    private var held: [UInt8] = []

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// - Returns: The message that ends with this plaintext, or nil when it goes on.
    mutating func receive(_ plaintext: [UInt8]) throws(MessageError) -> [UInt8]? {
        guard let flag = plaintext.first else { throw .malformed }
        let part = plaintext.dropFirst()
        guard held.count + part.count <= byteLimit else { throw .tooLong }
        switch flag {
        case Self.ends where held.isEmpty:
            return [UInt8](part)
        case Self.ends:
            held += part
            let message = held
            held = []
            return message
        case Self.goesOn where !part.isEmpty:
            held += part
            return nil
        default:
            throw .malformed
        }
    }

    /// - Parameters:
    ///   - partByteLimit: At least 1.
    ///   - spareByteCount: Room to reserve behind each plaintext, for a tag.
    /// - Returns: A plaintext for each frame, at least one.
    static func cut(_ message: [UInt8], partByteLimit: Int, spareByteCount: Int) -> some Sequence<[UInt8]> {
        let lastStart = message.isEmpty ? 0 : (message.count - 1) / partByteLimit * partByteLimit
        return stride(from: 0, through: lastStart, by: partByteLimit).lazy.map { start in
            let part = message[start..<min(start + partByteLimit, message.count)]
            var plaintext: [UInt8] = []
            plaintext.reserveCapacity(1 + part.count + spareByteCount)
            plaintext.append(start == lastStart ? ends : goesOn)
            plaintext.append(contentsOf: part)
            return plaintext
        }
    }
}
