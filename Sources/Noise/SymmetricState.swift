import Identity

/// The running hash of all that was said, and the key that follows from all that was agreed.
///
/// Source: Noise specification, section 5.2.
struct SymmetricState: ~Copyable, Sendable {
    private var cipher = CipherState()
    private var chainingKey: SecretBytes
    /// 64 bytes.
    private(set) var hash: [UInt8]

    init(protocolName: String) {
        let name = [UInt8](protocolName.utf8)
        hash =
            name.count <= HKDF.hashByteCount
            ? name + [UInt8](repeating: 0, count: HKDF.hashByteCount - name.count) : BLAKE2b.hash512(name)
        chainingKey = SecretBytes(copying: hash)
    }

    mutating func mixHash(_ data: [UInt8]) {
        hash = BLAKE2b.hash512(hash, data)
    }

    mutating func mixKey(_ input: UnsafeRawBufferPointer) {
        HKDF.derive(2, chainingKey: chainingKey, input: input) { outputs in
            chainingKey = outputs.chainingKey
            cipher = CipherState(key: outputs.key(at: 1))
        }
    }

    /// For pre-shared keys.
    mutating func mixKeyAndHash(_ input: UnsafeRawBufferPointer) {
        HKDF.derive(3, chainingKey: chainingKey, input: input) { outputs in
            chainingKey = outputs.chainingKey
            mixHash([UInt8](outputs[HKDF.hashByteCount..<2 * HKDF.hashByteCount]))
            cipher = CipherState(key: outputs.key(at: 2))
        }
    }

    /// How many bytes encryption adds, now.
    var tagByteCount: Int { cipher.hasKey ? ChaChaPoly.tagByteCount : 0 }

    mutating func encryptAndHash(_ plaintext: [UInt8]) throws(NoiseError) -> [UInt8] {
        let ciphertext = try cipher.encrypt(plaintext, associatedData: hash)
        mixHash(ciphertext)
        return ciphertext
    }

    mutating func decryptAndHash(_ ciphertext: [UInt8]) throws(NoiseError) -> [UInt8] {
        let plaintext = try cipher.decrypt(ciphertext, associatedData: hash)
        mixHash(ciphertext)
        return plaintext
    }

    /// A key for each direction, the initiator's first.
    func split() -> (SecretBytes, SecretBytes) {
        HKDF.derive(2, chainingKey: chainingKey, input: UnsafeRawBufferPointer(start: nil, count: 0)) { outputs in
            (outputs.key(at: 0), outputs.key(at: 1))
        }
    }
}

/// The outputs of ``HKDF``.
extension UnsafeRawBufferPointer {
    fileprivate var chainingKey: SecretBytes {
        SecretBytes(copying: prefix(HKDF.hashByteCount))
    }

    /// Of the output's 64 bytes the first 32, as the specification has it.
    fileprivate func key(at index: Int) -> SecretBytes {
        SecretBytes(copying: dropFirst(index * HKDF.hashByteCount).prefix(ChaChaPoly.keyByteCount))
    }
}
