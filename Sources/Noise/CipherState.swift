package import Identity

/// A key and the number of the next message under it. Not copyable: two copies would use a nonce twice.
///
/// Source: Noise specification, section 5.1. We are stricter: a failed decryption closes the state, and its nonce stays.
package struct CipherState: ~Copyable, Sendable {
    private enum State: Sendable { case plain, keyed(ChaChaPoly), closed }

    private var state: State
    /// How many messages have been sent (or received) under this key.
    package private(set) var nonce: UInt64 = 0

    /// Without a key: text passes through, as the specification has it for the start of a handshake.
    package init() {
        state = .plain
    }

    /// - Parameter key: 32 bytes.
    package init(key: SecretBytes) {
        state = .keyed(ChaChaPoly(key: key))
    }

    /// For the direction in which a one-way pattern has nothing to say.
    static func closed() -> CipherState {
        var cipher = CipherState()
        cipher.state = .closed
        return cipher
    }

    package var hasKey: Bool {
        if case .keyed = state { true } else { false }
    }

    /// From here on the connection should be replaced: long before nonces end, and so that keys are forgotten now and then.
    package var needsReconnect: Bool { nonce >= NoiseLimits.reconnectMessageCount }

    /// For tests and for transports that lose messages (section 11.4).
    package mutating func setNonce(_ nonce: UInt64) {
        self.nonce = nonce
    }

    package mutating func encrypt(_ plaintext: [UInt8], associatedData: [UInt8] = []) throws(NoiseError) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(plaintext.count + ChaChaPoly.tagByteCount)
        message.append(contentsOf: plaintext)
        try encryptInPlace(&message, associatedData: associatedData)
        return message
    }

    package mutating func decrypt(_ ciphertext: [UInt8], associatedData: [UInt8] = []) throws(NoiseError) -> [UInt8] {
        var message = ciphertext
        try decryptInPlace(&message, associatedData: associatedData)
        return message
    }

    /// Encrypts `message[start...]` where it lies and appends the tag; what is before `start` (a frame's length) stays.
    ///
    /// - Throws: ``NoiseError/messageTooLong(byteCount:)`` (nothing has changed), ``NoiseError/noncesExhausted``,
    ///   ``NoiseError/closed``.
    package mutating func encryptInPlace(
        _ message: inout [UInt8], from start: Int = 0, associatedData: [UInt8] = []
    ) throws(NoiseError) {
        guard let cipher = try usableCipher() else { return }
        let byteCount = message.count - start + ChaChaPoly.tagByteCount
        guard byteCount <= NoiseLimits.messageByteLimit else { throw .messageTooLong(byteCount: byteCount) }
        cipher.sealInPlace(
            &message, from: start, nonce: ChaChaPoly.Nonce(counter: nonce), associatedData: associatedData)
        nonce += 1
    }

    /// Decrypts `message[start...]` where it lies and removes the tag. Any failure closes; a refused text is removed.
    package mutating func decryptInPlace(
        _ message: inout [UInt8], from start: Int = 0, associatedData: [UInt8] = []
    ) throws(NoiseError) {
        guard let cipher = try usableCipher() else { return }
        let byteCount = message.count - start
        guard byteCount <= NoiseLimits.messageByteLimit else {
            state = .closed
            throw .messageTooLong(byteCount: byteCount)
        }
        do throws(ChaChaPolyError) {
            try cipher.openInPlace(
                &message, from: start, nonce: ChaChaPoly.Nonce(counter: nonce), associatedData: associatedData)
        } catch {
            state = .closed
            throw .refused
        }
        nonce += 1
    }

    /// Replaces the key by one that does not tell it (section 4.2); the nonce goes on. Both sides do it after the same message.
    package mutating func rekey() throws(NoiseError) {
        let cipher: ChaChaPoly
        switch state {
        case .plain: return
        case .closed: throw .closed
        case .keyed(let current): cipher = current
        }
        var sealed = cipher.seal(
            [UInt8](repeating: 0, count: ChaChaPoly.keyByteCount), nonce: ChaChaPoly.Nonce(counter: .max))
        state = .keyed(ChaChaPoly(key: SecretBytes(copying: sealed.prefix(ChaChaPoly.keyByteCount))))
        sealed.withUnsafeMutableBytes { Sodium.wipe($0) }
    }

    /// Nil where text passes through. The last nonce is never used: it belongs to ``rekey()``.
    private func usableCipher() throws(NoiseError) -> ChaChaPoly? {
        switch state {
        case .plain: return nil
        case .closed: throw .closed
        case .keyed(let cipher):
            guard nonce < .max else { throw .noncesExhausted }
            return cipher
        }
    }
}
