import Identity
import Testing

struct ChaChaPolyTests {
    private let cipher = ChaChaPoly(key: SecretBytes(random: 32))
    private let nonce = ChaChaPoly.Nonce(counter: 1)

    @Test func `Wycheproof's texts are sealed and opened, and its forgeries refused`() throws {
        for test in try Vectors.wycheproof("chacha20_poly1305") {
            guard let nonce = ChaChaPoly.Nonce(try test.bytes("iv")) else {
                #expect(test.flags.contains("InvalidNonceSize") && !test.isValid, "case \(test.number)")
                continue
            }
            let cipher = ChaChaPoly(key: SecretBytes(copying: try test.bytes("key")))
            let (text, associatedData) = (try test.bytes("msg"), try test.bytes("aad"))
            let sealed = try test.bytes("ct") + test.bytes("tag")
            if test.isValid {
                #expect(
                    cipher.seal(text, nonce: nonce, associatedData: associatedData) == sealed, "case \(test.number)")
                #expect(
                    try cipher.open(sealed, nonce: nonce, associatedData: associatedData) == text, "case \(test.number)"
                )
            } else {
                #expect(throws: ChaChaPolyError.refused, "case \(test.number)") {
                    try cipher.open(sealed, nonce: nonce, associatedData: associatedData)
                }
            }
        }
    }

    @Test func `a counter is written little-endian after four zeros`() {
        #expect(
            ChaChaPoly.Nonce(counter: 0x0102_0304_0506_0708) == ChaChaPoly.Nonce([0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1]))
    }

    @Test func `sealing in place leaves what stands before`() throws {
        var message: [UInt8] = [0xAA, 0xBB, 1, 2, 3]
        cipher.sealInPlace(&message, from: 2, nonce: nonce, associatedData: [9])
        #expect(message[..<2] == [0xAA, 0xBB])
        #expect(message.count == 2 + 3 + 16)
        #expect([UInt8](message[2...]) == cipher.seal([1, 2, 3], nonce: nonce, associatedData: [9]))
        try cipher.openInPlace(&message, from: 2, nonce: nonce, associatedData: [9])
        #expect(message == [0xAA, 0xBB, 1, 2, 3])
    }

    @Test func `every changed bit is refused and nothing of the text remains`() {
        let sealed = cipher.seal([1, 2, 3], nonce: nonce)
        for bit in 0..<sealed.count * 8 {
            var forged = sealed
            forged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ChaChaPolyError.refused) { try cipher.openInPlace(&forged, nonce: nonce) }
            #expect(forged.isEmpty)
        }
    }

    @Test func `what is too short for a tag is refused`() {
        for count in 0..<16 {
            #expect(throws: ChaChaPolyError.refused) {
                try cipher.open([UInt8](repeating: 0, count: count), nonce: nonce)
            }
        }
    }

    @Test func `nothing at all can be sealed, too`() throws {
        let sealed = cipher.seal([], nonce: nonce)
        #expect(sealed.count == 16)
        #expect(try cipher.open(sealed, nonce: nonce).isEmpty)
    }
}
