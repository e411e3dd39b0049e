import Identity
import Testing

struct SecretBytesTests {
    /// Whatever Swift prints of a value.
    private func prints(of value: Any) -> String {
        var text = "\(value) " + String(describing: value) + String(reflecting: value)
        dump(value, to: &text)
        debugPrint(value, to: &text)
        print(value, [value], ["key": value], Optional(value) as Any, to: &text)
        return text
    }

    @Test func `a secret never prints`() throws {
        let bytes = [UInt8](repeating: 0xAB, count: 32)
        let secret = SecretBytes(copying: bytes)
        struct Holder { let secret: SecretBytes, signing: SigningKey, agreement: AgreementKey, cipher: ChaChaPoly }
        let holder = Holder(
            secret: secret, signing: try SigningKey(seed: secret), agreement: try AgreementKey(secret: secret),
            cipher: ChaChaPoly(key: secret))
        for value in [secret, holder.signing, holder.agreement, holder.cipher, holder] as [Any] {
            let text = prints(of: value)
            #expect(!text.lowercased().contains("abab"))
            #expect(!text.contains("171, 171"))
            #expect(!text.contains("0x"), "not even where it lies: \(text)")
        }
        #expect(prints(of: secret).contains("<secret>"))
    }

    @Test func `secrets are equal when their bytes are`() {
        let bytes = Sodium.random(40)
        #expect(SecretBytes(copying: bytes) == SecretBytes(copying: bytes))
        #expect(SecretBytes(copying: bytes) != SecretBytes(copying: bytes.dropLast()))
        #expect(SecretBytes(random: 32) != SecretBytes(random: 32))
        #expect(SecretBytes(copying: []) == SecretBytes(random: 0))
        #expect(SecretBytes(copying: bytes).withUnsafeBytes { [UInt8]($0) } == bytes)
    }

    @Test func `Argon2id is that of the reference implementation`() throws {
        // argon2-cffi 25.1, hash_secret_raw(b"correct horse", bytes(range(16)), passes, KiB, 1, length, Type.ID).
        let password = [UInt8]("correct horse".utf8)
        let salt = try #require(Bytes16(0..<16))
        #expect(Argon2id.hash128(password: password, salt: salt).hex == "9dba2ac5764d543dd9240dae732a2db6")
        let key = try Argon2id.key(passphrase: SecretBytes(copying: password), salt: salt)
        #expect(
            key.withUnsafeBytes { Hex.encode($0) } == "9aab5a81db651bf866ff7b6169794d2ad9bb00f3d95177925a5fca692a34dbd1"
        )
        #expect(throws: Argon2idError.parametersOutOfRange(memoryBytes: 1 << 40, passes: 1)) {
            try Argon2id.key(passphrase: key, salt: salt, memoryBytes: 1 << 40, passes: 1)
        }
    }

    @Test func `libsodium initialises as often as it is asked to`() throws {
        try Sodium.initialise()
        try Sodium.initialise()
        #expect(Sodium.version.hasPrefix("1."))
        #expect(Sodium.random(32) != Sodium.random(32))
        #expect(Sodium.random(0).isEmpty)
    }
}
