import Identity
import Testing

struct BLAKE2bTests {
    @Test func `all known answers of BLAKE2b are reached, in one piece and in many`() throws {
        let rows = try Vectors.rows("blake2/blake2b-kat.json")
        #expect(rows.count == 512)
        for row in rows {
            let (input, key, output) = (try row.bytes("in"), try row.bytes("key"), try row.bytes("out"))
            var whole = BLAKE2b.Stream(key: key, outputByteCount: 64)
            whole.update(input)
            #expect(whole.finish() == output)

            var pieces = BLAKE2b.Stream(key: key, outputByteCount: 64)
            for start in stride(from: 0, to: input.count, by: 7) { pieces.update(input[start...].prefix(7)) }
            #expect(pieces.finish() == output)

            if key.isEmpty { #expect(BLAKE2b.hash512(input) == output) }
        }
    }

    // Expected values: Python 3.11, hashlib.blake2b(b"grapevine", digest_size=…, person=…, key=…).
    @Test func `personalised hashes are those of Python's hashlib`() throws {
        let input = [UInt8]("grapevine".utf8)
        let personal = BLAKE2b.Personal("test")
        let expected = Hash256(hex: "741c99e2f5a59e433ff7d326dba769c5ad1a49cf56b6491e87b3cb1b99489e80")
        #expect(BLAKE2b.hash256(input, personal: personal) == expected)
        #expect(BLAKE2b.hash256(input[...], personal: personal) == expected)
        #expect(BLAKE2b.hash256([UInt8]("grape".utf8), [UInt8]("vine".utf8), personal: personal) == expected)
        #expect(
            BLAKE2b.hash256([], personal: personal).hex
                == "9d0d36f7b500bbc1c77c5103288f6777c1a25c6eb4321ef0d99d17164a1b94c8")
        #expect(BLAKE2b.hash256(personal: personal) == BLAKE2b.hash256([], personal: personal))

        let key = [UInt8](0..<32)
        #expect(BLAKE2b.hash128(input, personal: personal, key: key).hex == "2f56a5cf6b50ae39b33a95251fa823cf")
        #expect(
            BLAKE2b.hash128(input, personal: personal, key: SecretBytes(copying: key)).hex
                == "2f56a5cf6b50ae39b33a95251fa823cf")
        #expect(BLAKE2b.hash128(input, personal: .init("0123456789abcdef")).hex == "9412e5f2f98cbef5cda6cca3d715e538")
    }
}
