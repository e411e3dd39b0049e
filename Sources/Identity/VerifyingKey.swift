import CSodium

/// An Ed25519 public key. Any 32 bytes make one; a bad point shows by verifying nothing.
package protocol VerifyingKey: FixedBytes where Raw == Bytes32 {}

extension VerifyingKey {
    /// Refuses S ≥ L, points of low order and points that are not canonically encoded, so that all nodes agree.
    package func verify(_ signature: Signature, of message: [UInt8]) -> Bool {
        message.withUnsafeBytes { verify(signature, of: $0) }
    }

    package func verify(_ signature: Signature, of message: ArraySlice<UInt8>) -> Bool {
        message.withUnsafeBytes { verify(signature, of: $0) }
    }

    package func verify(_ signature: Signature, of message: UnsafeRawBufferPointer) -> Bool {
        Sodium.require()
        return raw.withUnsafeBytes { key in
            crypto_sign_verify_detached(signature.bytes, message.octets, UInt64(message.count), key.octets) == 0
        }
    }
}
