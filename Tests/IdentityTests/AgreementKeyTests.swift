import Identity
import Testing

struct AgreementKeyTests {
    @Test func `RFC 7748's agreements come out`() throws {
        let values = try Vectors.text("ed25519/rfc7748.txt").split(separator: "\n").compactMap { line in
            line.contains(" = ") && !line.hasPrefix("COUNT")
                ? try Hex.decode(String(line.split(separator: " ")[2])) : nil
        }
        #expect(values.count == 9)
        for start in stride(from: 0, to: values.count, by: 3) {
            let key = try AgreementKey(secret: SecretBytes(copying: values[start]))
            let other = try #require(NoiseKey(values[start + 1]))
            let shared = try key.agree(with: other)
            #expect(shared == SecretBytes(copying: values[start + 2]))
        }
    }

    @Test func `Wycheproof's agreements come out, and all low-order points are refused`() throws {
        var refused = 0
        for test in try Vectors.wycheproof("x25519") {
            let key = try AgreementKey(secret: SecretBytes(copying: test.bytes("private")))
            let other = try #require(NoiseKey(test.bytes("public")))
            if test.flags.contains("ZeroSharedSecret") {
                #expect(throws: KeyError.lowOrderPoint, "case \(test.number)") { try key.agree(with: other) }
                refused += 1
            } else {
                #expect(try key.agree(with: other) == SecretBytes(copying: test.bytes("shared")), "case \(test.number)")
            }
        }
        #expect(refused == 12)
    }

    @Test func `two sides agree`() throws {
        let (left, right) = (AgreementKey.generate(), AgreementKey.generate())
        #expect(try left.agree(with: right.publicKey) == right.agree(with: left.publicKey))
        #expect(left.secret != right.secret)
    }

    @Test func `a secret of another length is refused`() {
        #expect(throws: KeyError.wrongLength(expected: 32, actual: 16)) {
            try AgreementKey(secret: SecretBytes(random: 16))
        }
    }
}
