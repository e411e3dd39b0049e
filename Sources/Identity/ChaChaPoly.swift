import CSodium

package enum ChaChaPolyError: Error, Equatable, Sendable {
    /// Forged, damaged, or too short to hold a tag: the difference is nobody's business.
    case refused
}

/// ChaCha20-Poly1305 as the IETF has it (RFC 8439): 32-byte key, 12-byte nonce, 16-byte tag at the end.
///
/// A nonce is used once per key. Nothing here counts: see Noise's `CipherState`.
package struct ChaChaPoly: Sendable {
    package static let keyByteCount = 32
    package static let tagByteCount = 16

    private let key: SecretBytes

    /// - Parameter key: 32 bytes, or it traps: no peer chooses the size of a key.
    package init(key: SecretBytes) {
        precondition(key.count == Self.keyByteCount, "a ChaChaPoly key of \(key.count) bytes")
        self.key = key
    }

    /// - Returns: Ciphertext, then tag.
    package func seal(_ plaintext: [UInt8], nonce: Nonce, associatedData: [UInt8] = []) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(plaintext.count + Self.tagByteCount)
        message.append(contentsOf: plaintext)
        sealInPlace(&message, nonce: nonce, associatedData: associatedData)
        return message
    }

    package func open(
        _ sealed: [UInt8], nonce: Nonce, associatedData: [UInt8] = []
    ) throws(ChaChaPolyError) -> [UInt8] {
        var message = sealed
        try openInPlace(&message, nonce: nonce, associatedData: associatedData)
        return message
    }

    /// Encrypts `message[start...]` where it lies and appends the tag; what is before `start` (a frame's length) stays.
    package func sealInPlace(
        _ message: inout [UInt8], from start: Int = 0, nonce: Nonce, associatedData: [UInt8] = []
    ) {
        precondition((0...message.count).contains(start), "start \(start) of \(message.count) bytes")
        let end = message.count
        message.append(contentsOf: repeatElement(0, count: Self.tagByteCount))
        message.withUnsafeMutableBytes { message in
            let text = UnsafeMutableRawBufferPointer(rebasing: message[start..<end])
            let tag = UnsafeMutableRawBufferPointer(rebasing: message[end...])
            associatedData.withUnsafeBytes { seal(text, tag: tag, nonce: nonce, associatedData: $0) }
        }
    }

    /// Checks, then decrypts `message[start...]` where it lies and removes the tag. When refused, it is removed altogether.
    package func openInPlace(
        _ message: inout [UInt8], from start: Int = 0, nonce: Nonce, associatedData: [UInt8] = []
    ) throws(ChaChaPolyError) {
        precondition((0...message.count).contains(start), "start \(start) of \(message.count) bytes")
        let end = message.count - Self.tagByteCount
        let isGenuine =
            end >= start
            && message.withUnsafeMutableBytes { message in
                let text = UnsafeMutableRawBufferPointer(rebasing: message[start..<end])
                let tag = UnsafeRawBufferPointer(rebasing: message[end...])
                return associatedData.withUnsafeBytes { open(text, tag: tag, nonce: nonce, associatedData: $0) }
            }
        message.removeSubrange((isGenuine ? end : start)...)
        guard isGenuine else { throw .refused }
    }

    private func seal(
        _ text: UnsafeMutableRawBufferPointer, tag: UnsafeMutableRawBufferPointer, nonce: Nonce,
        associatedData: UnsafeRawBufferPointer
    ) {
        _ = nonce.withUnsafeBytes { nonce in
            key.withUnsafeBytes { key in
                crypto_aead_chacha20poly1305_ietf_encrypt_detached(
                    text.octets, tag.octets, nil, text.octets, UInt64(text.count), associatedData.octets,
                    UInt64(associatedData.count), nil, nonce.octets, key.octets)
            }
        }
    }

    private func open(
        _ text: UnsafeMutableRawBufferPointer, tag: UnsafeRawBufferPointer, nonce: Nonce,
        associatedData: UnsafeRawBufferPointer
    ) -> Bool {
        let status = nonce.withUnsafeBytes { nonce in
            key.withUnsafeBytes { key in
                crypto_aead_chacha20poly1305_ietf_decrypt_detached(
                    text.octets, nil, text.octets, UInt64(text.count), tag.octets, associatedData.octets,
                    UInt64(associatedData.count), nonce.octets, key.octets)
            }
        }
        return status == 0
    }
}

extension ChaChaPoly {
    /// 12 bytes.
    package struct Nonce: Hashable, Sendable {
        package static let byteCount = 12

        /// In memory order.
        private let word0: UInt32
        private let word1: UInt32
        private let word2: UInt32

        /// As Noise has it: 4 zero bytes, then the counter, little-endian.
        package init(counter: UInt64) {
            word0 = 0
            word1 = UInt32(truncatingIfNeeded: counter).littleEndian
            word2 = UInt32(truncatingIfNeeded: counter >> 32).littleEndian
        }

        /// Nil unless there are exactly 12 bytes.
        package init?(_ bytes: some Collection<UInt8>) {
            guard bytes.count == Self.byteCount else { return nil }
            var words: (UInt32, UInt32, UInt32) = (0, 0, 0)
            Swift.withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
            (word0, word1, word2) = words
        }

        func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            Swift.withUnsafeBytes(of: (word0, word1, word2), body)
        }
    }
}
