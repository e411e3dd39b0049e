import Identity
import Noise
import Testing

struct CipherStateTests {
    private let key = SecretBytes(random: 32)

    @Test func `a failed decryption leaves the nonce and closes`() throws {
        var sender = CipherState(key: key)
        var receiver = CipherState(key: key)
        #expect(try receiver.decrypt(sender.encrypt([1])) == [1])
        let genuine = try sender.encrypt([2])
        var forged = genuine
        forged[0] ^= 1
        #expect(throws: NoiseError.refused) { try receiver.decrypt(forged) }
        #expect(receiver.nonce == 1)
        #expect(throws: NoiseError.closed) { try receiver.decrypt(genuine) }
        #expect(throws: NoiseError.closed) { try receiver.encrypt([3]) }
        #expect(throws: NoiseError.closed) { try receiver.rekey() }
        #expect(receiver.nonce == 1)
    }

    @Test func `a frame twice, lost, or in another order is refused`() throws {
        for order in [[0, 0], [1], [0, 2], [1, 0]] {
            var sender = CipherState(key: key)
            var receiver = CipherState(key: key)
            let frames = try (0..<3).map { try sender.encrypt([UInt8($0)]) }
            #expect(throws: NoiseError.refused) {
                for index in order { _ = try receiver.decrypt(frames[index]) }
            }
        }
    }

    @Test func `nonces stop before the last, which is rekey's`() throws {
        var sender = CipherState(key: key)
        var receiver = CipherState(key: key)
        sender.setNonce(.max - 1)
        receiver.setNonce(.max - 1)
        let last = try sender.encrypt([1])
        #expect(throws: NoiseError.noncesExhausted) { try sender.encrypt([2]) }
        #expect(throws: NoiseError.noncesExhausted) { try sender.encrypt([2]) }
        #expect(sender.nonce == .max)
        #expect(try receiver.decrypt(last) == [1])
        #expect(throws: NoiseError.noncesExhausted) { try receiver.decrypt(last) }
    }

    @Test func `both sides that rekey understand each other, and one that does not is refused`() throws {
        var sender = CipherState(key: key)
        var receiver = CipherState(key: key)
        var stale = CipherState(key: key)
        _ = try receiver.decrypt(sender.encrypt([1]))
        stale.setNonce(1)
        try sender.rekey()
        try receiver.rekey()
        #expect(sender.nonce == 1)
        let message = try sender.encrypt([2])
        #expect(try receiver.decrypt(message) == [2])
        #expect(throws: NoiseError.refused) { try stale.decrypt(message) }
    }

    @Test func `rekey is the specification's`() throws {
        var cipher = CipherState(key: key)
        try cipher.rekey()
        let zeros = [UInt8](repeating: 0, count: 32)
        let sealed = ChaChaPoly(key: key).seal(zeros, nonce: .init(counter: .max))
        var expected = CipherState(key: SecretBytes(copying: sealed.prefix(32)))
        #expect(try cipher.encrypt([1, 2]) == expected.encrypt([1, 2]))
    }

    @Test func `a reconnect is asked for at 2^20 messages`() throws {
        var cipher = CipherState(key: key)
        cipher.setNonce((1 << 20) - 1)
        #expect(cipher.needsReconnect == false)
        _ = try cipher.encrypt([])
        #expect(cipher.needsReconnect == true)
    }

    @Test func `payloads end at 65,519 bytes, and asking for more changes nothing`() throws {
        var sender = CipherState(key: key)
        var receiver = CipherState(key: key)
        #expect(throws: NoiseError.messageTooLong(byteCount: 65_536)) {
            try sender.encrypt([UInt8](repeating: 0, count: 65_520))
        }
        #expect(sender.nonce == 0)
        let largest = try sender.encrypt([UInt8](repeating: 0, count: NoiseLimits.payloadByteLimit))
        #expect(largest.count == 65_535)
        #expect(try receiver.decrypt(largest).count == 65_519)
        #expect(throws: NoiseError.messageTooLong(byteCount: 65_536)) { try receiver.decrypt(largest + [0]) }
        #expect(throws: NoiseError.closed) { try receiver.decrypt(largest) }
    }

    @Test func `frames are encrypted and decrypted where they lie`() throws {
        var sender = CipherState(key: key)
        var receiver = CipherState(key: key)
        var frame: [UInt8] = [0, 19, 1, 2, 3]
        try sender.encryptInPlace(&frame, from: 2)
        #expect(frame.count == 2 + 19 && frame[..<2] == [0, 19])
        try receiver.decryptInPlace(&frame, from: 2)
        #expect(frame == [0, 19, 1, 2, 3])
        var rubbish: [UInt8] = [0, 3, 1, 2, 3]
        #expect(throws: NoiseError.refused) { try receiver.decryptInPlace(&rubbish, from: 2) }
        #expect(rubbish == [0, 3])
    }

    @Test func `without a key text passes through`() throws {
        var cipher = CipherState()
        #expect(try cipher.encrypt([1, 2]) == [1, 2])
        #expect(try cipher.decrypt([1, 2]) == [1, 2])
        #expect(cipher.nonce == 0 && !cipher.hasKey)
    }
}
