import AuthorLog
import Identity
import Testing

struct CharterTests {
    @Test func `a charter comes back from its bytes`() throws {
        let charter = try World().charter
        #expect(try Charter(decoding: charter.bytes) == charter)
        #expect(charter.title == "The Vine")
        #expect(charter.qualifyingMinor == 500)
    }

    @Test func `its id is the hash of its bytes, unknown fields included`() throws {
        let charter = try World().charter
        let longer = try Charter(decoding: charter.bytes + Proto.number(99, 1))
        #expect(longer.title == charter.title)
        #expect(longer.id != charter.id)
    }

    @Test(arguments: ["", String(repeating: "x", count: 121), String(repeating: "é", count: 61)])
    func `a title is 1 to 120 bytes`(title: String) {
        #expect(throws: CharterError.title(byteCount: title.utf8.count)) { try charter(title: title) }
    }

    @Test func `a title of 120 bytes is one`() throws {
        #expect(try charter(title: String(repeating: "é", count: 60)).title.utf8.count == 120)
    }

    @Test(arguments: ["", "usd", "US", "USDX", "U$D", "ÜSD"])
    func `a currency is three capitals`(currency: String) {
        #expect(throws: CharterError.currency(currency)) { try charter(currency: currency) }
    }

    @Test(arguments: [-1, 1_000_000_000_000_001, .max, .min] as [Int64])
    func `money is 0 to 10^15`(amount: Int64) {
        #expect(throws: CharterError.qualifyingAmount(amount)) { try charter(amount: amount) }
    }

    @Test(arguments: [UInt64.max, 1 << 48])
    func `a charter's time fits 48 bits`(created: UInt64) {
        #expect(throws: CharterError.form(.outOfRange(field: "created_ms"))) { try charter(created: created) }
    }

    @Test func `keys and hashes have their lengths`() throws {
        let bytes = try World().charter.bytes
        for (field, name) in [(4, "root_key"), (5, "successor_key_hash"), (10, "person_key_hash")] {
            for count in [0, 31, 33] {
                let error = CharterError.form(.wrongLength(field: name, byteCount: count))
                let changed = bytes + Proto.bytes(UInt64(field), [UInt8](repeating: 1, count: count))
                #expect(throws: error) { try Charter(decoding: changed) }
            }
        }
    }

    @Test func `an attribution or calendar of a later version is refused`() throws {
        let bytes = try World().charter.bytes
        for (field, name) in [(6, "attribution"), (9, "calendar")] {
            #expect(throws: CharterError.form(.outOfRange(field: name))) {
                try Charter(decoding: bytes + Proto.number(UInt64(field), 2))
            }
        }
    }

    @Test func `more than 4 KiB is refused`() throws {
        let bytes = try World().charter.bytes + Proto.bytes(99, [UInt8](repeating: 0, count: 4_096))
        #expect(throws: CharterError.form(.tooLarge(byteCount: bytes.count, limit: 4_096))) {
            try Charter(decoding: bytes)
        }
    }

    private func charter(
        title: String = "T", currency: String = "USD", amount: Int64 = 0, created: UInt64 = 1
    ) throws -> Charter {
        let key = try World.key("root").publicKey(as: RootKey.self)
        let hash = Charter.hash(ofSuccessor: key)
        return try Charter(
            title: title, currency: currency, createdMilliseconds: created, rootKey: key, successorKeyHash: hash,
            qualifyingMinor: amount, personKeyHash: hash)
    }
}
