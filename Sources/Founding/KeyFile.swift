import Identity

/// One secret of 32 bytes as one line of text, fit to be typed off paper:
///
///     grapevine-member-key-1 <base32(secret ‖ first 8 bytes of H(gv/keyfile, kind ‖ secret))>
enum KeyFile {
    enum Kind: String, CaseIterable {
        case root = "root-key"
        case successor = "successor-key"
        case member = "member-key"
        case noise = "noise-key"
        case network = "network-key"
        case person = "person-key"

        var label: String { "grapevine-\(rawValue)-1" }
    }

    enum ReadingError: Error {
        /// It begins like no key file of this kind.
        case otherKind
        /// A symbol is missing or mistyped.
        case damaged
    }

    private static let secretByteCount = 32
    private static let checksumByteCount = 8

    static func text(_ kind: Kind, _ secret: SecretBytes) -> SecretBytes {
        precondition(secret.count == secretByteCount, "a key of \(secret.count) bytes")
        let body = SecretBytes(byteCount: secretByteCount + checksumByteCount) { body in
            secret.withUnsafeBytes { body.copyMemory(from: $0) }
            let rest = UnsafeMutableRawBufferPointer(rebasing: body[secretByteCount...])
            rest.copyBytes(from: secret.withUnsafeBytes { checksum(kind, $0) })
        }
        var symbols = body.withUnsafeBytes { Base32.encode($0) }
        defer { symbols.wipe() }
        let label = Array("\(kind.label) ".utf8)
        return SecretBytes(byteCount: label.count + symbols.utf8.count + 1) { line in
            line.copyBytes(from: label)
            UnsafeMutableRawBufferPointer(rebasing: line[label.count...]).copyBytes(from: symbols.utf8)
            line[line.count - 1] = UInt8(ascii: "\n")
        }
    }

    /// - Parameter text: A whole file; what follows the line does not matter.
    static func secret(_ kind: Kind, in text: SecretBytes) throws(ReadingError) -> SecretBytes {
        try text.withUnsafeBytes { (text) throws(ReadingError) in
            let label = Array("\(kind.label) ".utf8)
            guard text.starts(with: label) else { throw .otherKind }
            let symbols = text.dropFirst(label.count).prefix { $0 >= UInt8(ascii: " ") }
            var line = String(decoding: symbols, as: UTF8.self)
            defer { line.wipe() }
            var body = try decode(line)
            defer { body.withUnsafeMutableBytes { Sodium.wipe($0) } }
            guard body.count == secretByteCount + checksumByteCount else { throw .damaged }
            let secret = SecretBytes(copying: body.prefix(secretByteCount))
            let expected = secret.withUnsafeBytes { checksum(kind, $0) }
            guard body.dropFirst(secretByteCount).elementsEqual(expected) else { throw .damaged }
            return secret
        }
    }

    /// Whether a file begins like one that no node may hold.
    static func isRootSecret(_ start: UnsafeRawBufferPointer) -> Bool {
        [Kind.root, .successor].contains { start.starts(with: Array($0.label.utf8)) }
    }

    private static func decode(_ line: String) throws(ReadingError) -> [UInt8] {
        do throws(Base32Error) {
            return try Base32.decode(line)
        } catch {
            throw .damaged  // which symbol it was would tell a part of the secret
        }
    }

    private static func checksum(_ kind: Kind, _ secret: UnsafeRawBufferPointer) -> [UInt8] {
        var stream = BLAKE2b.Stream(personal: BLAKE2b.Personal("gv/keyfile"), outputByteCount: 32)
        stream.update(Array(kind.rawValue.utf8))
        stream.update(secret)
        return Array(stream.finish().prefix(checksumByteCount))
    }
}

extension String {
    /// Overwrites the text where it lies. Only for a string that was just made and never copied.
    fileprivate mutating func wipe() {
        withUTF8 { Sodium.wipe(UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer($0))) }
    }
}
