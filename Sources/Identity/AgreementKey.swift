import CSodium

/// An X25519 secret key. As an ephemeral it serves one handshake and is made anew for the next.
package struct AgreementKey: Sendable {
    package static let secretByteCount = 32

    package let secret: SecretBytes
    package let publicKey: NoiseKey

    package init(secret: SecretBytes) throws(KeyError) {
        guard secret.count == Self.secretByteCount else {
            throw .wrongLength(expected: Self.secretByteCount, actual: secret.count)
        }
        self.init(checkedSecret: secret)
    }

    package static func generate() -> AgreementKey {
        AgreementKey(checkedSecret: SecretBytes(random: secretByteCount))
    }

    private init(checkedSecret secret: SecretBytes) {
        var publicBytes = [UInt8](repeating: 0, count: Bytes32.byteCount)
        _ = secret.withUnsafeBytes { crypto_scalarmult_base(&publicBytes, $0.octets) }
        self.secret = secret
        self.publicKey = NoiseKey(raw: Bytes32(publicBytes) ?? .zero)
    }

    /// - Returns: The 32 shared bytes, not yet hashed: not a key before a KDF has seen them.
    /// - Throws: ``KeyError/lowOrderPoint`` when the result would be all zeros.
    package func agree(with other: NoiseKey) throws(KeyError) -> SecretBytes {
        try SecretBytes(byteCount: Self.secretByteCount) { (shared) throws(KeyError) in
            let status = secret.withUnsafeBytes { secret in
                other.withUnsafeBytes { crypto_scalarmult(shared.octets, secret.octets, $0.octets) }
            }
            guard status == 0 else { throw .lowOrderPoint }
        }
    }
}

extension AgreementKey: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "<agreement key of \(publicKey)>" }
    package var debugDescription: String { description }
}
