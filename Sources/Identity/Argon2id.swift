import CSodium

package enum Argon2idError: Error, Equatable, Sendable {
    case parametersOutOfRange(memoryBytes: Int, passes: Int)
    case outOfMemory(memoryBytes: Int)
}

/// Slow hashing of what people remember (Argon2id 1.3, one lane).
package enum Argon2id {
    /// From libsodium's least to 1 GiB: the numbers may come from a file that somebody else wrote.
    package static let memoryByteRange = 8_192...(1 << 30)
    package static let passRange = 1...64

    /// For short identifiers that must not be cheap to guess.
    ///
    /// Parameters are our own constants: outside the ranges above it traps.
    package static func hash128(
        password: [UInt8], salt: Bytes16, memoryBytes: Int = 1 << 20, passes: Int = 1
    ) -> Bytes16 {
        withUnsafeTemporaryAllocation(byteCount: Bytes16.byteCount, alignment: 8) { output in
            password.withUnsafeBytes { password in
                do throws(Argon2idError) {
                    try derive(into: output, password: password, salt: salt, memoryBytes: memoryBytes, passes: passes)
                } catch {
                    preconditionFailure("Argon2id: \(error)")
                }
            }
            return Bytes16(output) ?? .zero
        }
    }

    /// A key of 32 bytes from a passphrase. The defaults are libsodium's "interactive" ones: 64 MiB, 2 passes.
    package static func key(
        passphrase: SecretBytes, salt: Bytes16, memoryBytes: Int = 1 << 26, passes: Int = 2
    ) throws(Argon2idError) -> SecretBytes {
        try SecretBytes(byteCount: ChaChaPoly.keyByteCount) { (output) throws(Argon2idError) in
            try passphrase.withUnsafeBytes { (passphrase) throws(Argon2idError) in
                try derive(into: output, password: passphrase, salt: salt, memoryBytes: memoryBytes, passes: passes)
            }
        }
    }

    private static func derive(
        into output: UnsafeMutableRawBufferPointer, password: UnsafeRawBufferPointer, salt: Bytes16, memoryBytes: Int,
        passes: Int
    ) throws(Argon2idError) {
        Sodium.require()
        guard memoryByteRange.contains(memoryBytes), passRange.contains(passes) else {
            throw .parametersOutOfRange(memoryBytes: memoryBytes, passes: passes)
        }
        let status = salt.withUnsafeBytes { salt in
            crypto_pwhash_argon2id(
                output.octets, UInt64(output.count),
                UnsafeRawPointer(password.octets).assumingMemoryBound(to: CChar.self), UInt64(password.count),
                salt.octets, UInt64(passes), memoryBytes, crypto_pwhash_argon2id_ALG_ARGON2ID13)
        }
        guard status == 0 else { throw .outOfMemory(memoryBytes: memoryBytes) }
    }
}
