import Identity
import Testing

struct FixedBytesTests {
    @Test func `only the exact count of bytes makes a value`() {
        for count in 0...64 {
            let bytes = [UInt8](repeating: 7, count: count)
            #expect((Bytes16(bytes) != nil) == (count == 16))
            #expect((Bytes32(bytes) != nil) == (count == 32))
            #expect((MemberID(bytes[...]) != nil) == (count == 16))
            #expect((MemberKey(bytes) != nil) == (count == 32))
            #expect((Signature(bytes) != nil) == (count == 64))
        }
    }

    @Test func `bytes come back as they went in`() throws {
        let bytes = [UInt8](0..<64)
        let key = try #require(MemberKey(bytes[8..<40]))
        #expect(key.bytes == [UInt8](8..<40))
        #expect(key.description == "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627")
        #expect(MemberKey(hex: key.hex) == key)
        #expect(MemberKey(hex: "08") == nil)
        #expect((0..<32).allSatisfy { key.raw[$0] == UInt8($0 + 8) })

        let id = try #require(MemberID(bytes.prefix(16)))
        #expect(id.bytes == [UInt8](0..<16))
        #expect((0..<16).allSatisfy { id.raw[$0] == UInt8($0) })

        let signature = try #require(Signature(bytes))
        #expect(signature.bytes == bytes)
        var output: [UInt8] = [0xFF]
        signature.append(to: &output)
        id.append(to: &output)
        #expect(output == [0xFF] + bytes + bytes[..<16])
    }

    @Test func `bytes that do not lie together are taken as well`() throws {
        let scattered = (0..<16).lazy.map { UInt8($0) }.reversed()
        #expect(Bytes16(scattered)?.bytes == Array(scattered))
        #expect(MemberID(scattered.dropLast()) == nil)
    }

    @Test func `random values are many and different`() {
        #expect(Sodium.random16(0).isEmpty)
        let values = Sodium.random16(1_000)
        #expect(values.count == 1_000)
        #expect(Set(values).count == 1_000)
    }

    @Test func `order is the order of the bytes`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            // Equal but for one byte, so that every word decides once.
            let left = Sodium.random(32)
            var right = left
            right[Int.random(in: 0..<32, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            let expected = left.lexicographicallyPrecedes(right)
            let hashes = (try #require(Hash256(left)), try #require(Hash256(right)))
            #expect((hashes.0 < hashes.1) == expected)
            let (leftHalf, rightHalf) = (left.prefix(16), right.prefix(16))
            let people = (try #require(PersonID(leftHalf)), try #require(PersonID(rightHalf)))
            #expect((people.0 < people.1) == leftHalf.lexicographicallyPrecedes(rightHalf))
        }
    }
}
