import Identity
import Testing

struct ByteReaderTests {
    @Test func `integers are big-endian, both ways`() throws {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt8(0x01))
        bytes.appendBigEndian(UInt16(0x0203))
        bytes.appendBigEndian(UInt32(0x0405_0607))
        bytes.appendBigEndian(UInt64.max - 1)
        #expect(bytes == [1, 2, 3, 4, 5, 6, 7, 255, 255, 255, 255, 255, 255, 255, 254])
        var reader = ByteReader(bytes)
        #expect(try reader.u8() == 0x01)
        #expect(try reader.u16() == 0x0203)
        #expect(try reader.u32() == 0x0405_0607)
        #expect(try reader.u64() == .max - 1)
        try reader.finish()
    }

    @Test func `too little and too much are told in bytes`() throws {
        var reader = ByteReader([1, 2, 3][1...])
        #expect(throws: ByteReaderError.truncated(needed: 4, available: 2)) { try reader.u32() }
        #expect(throws: ByteReaderError.truncated(needed: 32, available: 2)) { try reader.fixed(MemberKey.self) }
        #expect(throws: ByteReaderError.truncated(needed: -1, available: 2)) { try reader.bytes(-1) }
        #expect(throws: ByteReaderError.truncated(needed: .max, available: 2)) { try reader.bytes(.max) }
        #expect(throws: ByteReaderError.trailing(2)) { try reader.finish() }
        #expect(try reader.u8() == 2)
        #expect(reader.rest() == [3])
        #expect(reader.rest().isEmpty)
        try reader.finish()
    }

    @Test func `names and signatures are read`() throws {
        let bytes = Sodium.random(16 + 32 + 64)
        var reader = ByteReader(bytes)
        #expect(try reader.fixed(MemberID.self).bytes == [UInt8](bytes[..<16]))
        let key: MemberKey = try reader.fixed()
        #expect(key.bytes == [UInt8](bytes[16..<48]))
        #expect(try reader.signature().bytes == [UInt8](bytes[48...]))
        try reader.finish()
    }

    @Test func `random bytes and random questions only ever throw`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SplitMix64(state: seed)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...100, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            var reader = ByteReader(bytes)
            for _ in 0..<8 {
                let before = reader.available
                do throws(ByteReaderError) {
                    switch Int.random(in: 0..<9, using: &generator) {
                    case 0: _ = try reader.u8()
                    case 1: _ = try reader.u16()
                    case 2: _ = try reader.u32()
                    case 3: _ = try reader.u64()
                    case 4: _ = try reader.bytes(Int(truncatingIfNeeded: generator.next()))
                    case 5: _ = try reader.slice(Int(try reader.u8()))
                    case 6: _ = try reader.fixed(Hash256.self)
                    case 7: _ = try reader.signature()
                    default: try reader.finish()
                    }
                    #expect(reader.available <= before)
                } catch {
                    #expect(reader.available <= before)
                }
            }
        }
    }
}

/// Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
