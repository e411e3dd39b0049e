import CSodium

/// An Ed25519 secret key.
package struct SigningKey: Sendable {
    package static let seedByteCount = 32

    package let seed: SecretBytes
    /// The public key's bytes; ``publicKey(as:)`` gives them the right name.
    package let publicBytes: Bytes32

    /// Seed, then public key: the shape libsodium signs with.
    private let expanded: SecretBytes

    package init(seed: SecretBytes) throws(KeyError) {
        guard seed.count == Self.seedByteCount else {
            throw .wrongLength(expected: Self.seedByteCount, actual: seed.count)
        }
        self.init(checkedSeed: seed)
    }

    package static func generate() -> SigningKey {
        SigningKey(checkedSeed: SecretBytes(random: seedByteCount))
    }

    private init(checkedSeed seed: SecretBytes) {
        var publicBytes = [UInt8](repeating: 0, count: Bytes32.byteCount)
        expanded = SecretBytes(byteCount: Int(crypto_sign_secretkeybytes())) { expanded in
            _ = seed.withUnsafeBytes { crypto_sign_seed_keypair(&publicBytes, expanded.octets, $0.octets) }
        }
        self.seed = seed
        self.publicBytes = Bytes32(publicBytes) ?? .zero
    }

    package func publicKey<Key: VerifyingKey>(as type: Key.Type = Key.self) -> Key {
        Key(raw: publicBytes)
    }

    /// Deterministic (RFC 8032).
    package func sign(_ message: [UInt8]) -> Signature {
        message.withUnsafeBytes { sign($0) }
    }

    package func sign(_ message: UnsafeRawBufferPointer) -> Signature {
        var bytes = [UInt8](repeating: 0, count: Signature.byteCount)
        _ = expanded.withUnsafeBytes {
            crypto_sign_detached(&bytes, nil, message.octets, UInt64(message.count), $0.octets)
        }
        guard let signature = Signature(bytes) else { preconditionFailure("a signature of \(bytes.count) bytes") }
        return signature
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "<signing key of \(publicBytes)>" }
    package var debugDescription: String { description }
}
