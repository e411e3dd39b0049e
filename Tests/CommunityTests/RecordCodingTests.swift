import Community
import Identity
import Testing

@Suite struct RecordCodingTests {
    private let currency = Currency("USD")!
    private let person = PersonID(raw: Bytes16([UInt8](repeating: 1, count: 16)) ?? .zero)
    private let pledge = PledgeID(raw: Bytes16([UInt8](repeating: 2, count: 16)) ?? .zero)

    private func decode(_ body: [UInt8]) throws(RecordError) -> Record {
        try Record(decoding: body[...], currency: currency)
    }

    private func decode(_ build: (inout Wire) -> Void) throws(RecordError) -> Record { try decode(Wire.make(build)) }

    @Test func `a record comes back from its bytes as it was, whatever it states`() throws {
        var count = 0
        for seed: UInt64 in 0..<60 {
            var dice = Dice(seed: seed)
            for act in try RandomCommunity(dice: &dice, actCount: 40).acts {
                guard case .record(let record) = act.content else { continue }
                let bytes = record.encoded(currency: currency)
                #expect(bytes.first == Record.kind)
                #expect(try Record(decoding: bytes.dropFirst(), currency: currency) == record, "seed \(seed)")
                #expect(record.encoded(currency: currency) == bytes, "seed \(seed)")
                count += 1
            }
        }
        #expect(count > 1_000)
    }

    @Test func `cut or changed bytes throw or are another record, and never trap`() throws {
        var outcomes = (read: 0, refused: 0)
        for seed: UInt64 in 0..<40 {
            var dice = Dice(seed: seed)
            for act in try RandomCommunity(dice: &dice, actCount: 20).acts {
                guard case .record(let record) = act.content else { continue }
                let body = Array(record.encoded(currency: currency).dropFirst())
                for count in 0..<body.count { tally(&outcomes, Array(body.prefix(count))) }
                for _ in 0..<20 {
                    var changed = body
                    for _ in 0..<dice.roll(1..<4) { changed[dice.roll(0..<body.count)] = UInt8(dice.roll(0..<256)) }
                    tally(&outcomes, changed)
                }
                tally(&outcomes, dice.bytes(dice.roll(0..<100)))
            }
        }
        #expect(outcomes.refused > 5_000)
        print("RecordCoding: \(outcomes.read) mutated records read, \(outcomes.refused) refused")
    }

    private func tally(_ outcomes: inout (read: Int, refused: Int), _ body: [UInt8]) {
        do throws(RecordError) {
            let record = try decode(body)
            outcomes.read += 1
            // What is read can be written: such a record is one that we could have made.
            _ = record.encoded(currency: currency)
        } catch {
            outcomes.refused += 1
        }
    }

    // MARK: Amounts

    private func confirm(minor: Int64?, currency code: String = "", kind: Int64 = 1, isVoid: Bool = false) -> [UInt8] {
        Wire.make {
            $0.message(9) { fact in
                fact.varint(1, kind)
                if let minor {
                    fact.message(3) {
                        $0.varint(1, minor)
                        $0.text(2, code)
                    }
                }
                if isVoid { fact.varint(4, 1) }
            }
            $0.bytes(10, pledge.bytes)
        }
    }

    @Test func `amounts are zero to ten to the fifteen`() throws {
        for minor in [0, 1, Limits.largestAmountMinor] {
            #expect(try decode(confirm(minor: minor)).money.first?.amount?.minor == minor)
        }
        for minor in [-1, .min, Limits.largestAmountMinor + 1, .max] {
            #expect(throws: RecordError.amountOutOfRange) { try decode(confirm(minor: minor)) }
        }
    }

    @Test func `an empty currency is the charter's, and an unknown one is refused`() throws {
        #expect(try decode(confirm(minor: 1)).money.first?.amount?.currency == currency)
        #expect(try decode(confirm(minor: 1, currency: "BHD")).money.first?.amount?.currency.code == "BHD")
        for code in ["XXX", "usd", "US", "\u{212A}RW", "USD "] {
            #expect(throws: RecordError.unknownCurrency) { try decode(confirm(minor: 1, currency: code)) }
        }
    }

    @Test func `confirms and refunds carry an amount, voids and the others carry none`() throws {
        for kind: Int64 in 1...4 {
            let carries = kind <= 2
            #expect(carries == ((try? decode(confirm(minor: 1, kind: kind))) != nil))
            #expect(carries == ((try? decode(confirm(minor: nil, kind: kind))) == nil))
            #expect(throws: RecordError.malformed) { try decode(confirm(minor: 1, kind: kind, isVoid: true)) }
            #expect(try decode(confirm(minor: nil, kind: kind, isVoid: true)).money.first?.isVoid == true)
        }
    }

    @Test(arguments: [0, 5, 255, 256, 257, -1]) func `a money fact of unknown kind is refused`(kind: Int64) {
        #expect(throws: RecordError.malformed) { try decode(confirm(minor: 1, kind: kind)) }
    }

    @Test func `a record has at most 64 money facts`() throws {
        func facts(_ count: Int) -> [UInt8] {
            Wire.make { wire in
                for number in 0..<count {
                    wire.message(9) {
                        $0.varint(1, 4)
                        $0.text(2, "\(number)")
                    }
                }
                wire.bytes(10, pledge.bytes)
            }
        }
        #expect(try decode(facts(Limits.moneyFactLimit)).money.count == 64)
        #expect(throws: RecordError.lengthOutOfBounds) { try decode(facts(Limits.moneyFactLimit + 1)) }
    }

    // MARK: Texts and ids

    @Test func `a reference has at most 64 bytes`() throws {
        func fact(_ reference: String) -> [UInt8] {
            Wire.make {
                $0.message(9) {
                    $0.varint(1, 4)
                    $0.text(2, reference)
                }
                $0.bytes(10, pledge.bytes)
            }
        }
        #expect(try decode(fact(String(repeating: "x", count: 64))).money.first?.reference.count == 64)
        #expect(try decode(fact(String(repeating: "é", count: 32))).money.first?.reference.count == 32)
        for reference in [String(repeating: "x", count: 65), String(repeating: "é", count: 33)] {
            #expect(throws: RecordError.lengthOutOfBounds) { try decode(fact(reference)) }
        }
        // Found in review: SQLite would keep both as "a", and a store's primary key stop the node.
        for reference in ["\u{0}", "a\u{0}", "a\u{0}b"] {
            #expect(throws: RecordError.malformed) { try decode(fact(reference)) }
        }
    }

    @Test func `a source has at most 255 bytes`() throws {
        func record(_ source: String) -> [UInt8] {
            Wire.make {
                $0.bytes(2, person.bytes)
                $0.text(3, source)
            }
        }
        #expect(try decode(record(String(repeating: "s", count: 255))).source.count == 255)
        #expect(throws: RecordError.lengthOutOfBounds) { try decode(record(String(repeating: "s", count: 256))) }
    }

    @Test(arguments: [1, 15, 17, 32]) func `ids and nonces are sixteen bytes`(count: Int) {
        let wrong = [UInt8](repeating: 1, count: count)
        #expect(throws: RecordError.lengthOutOfBounds) { try decode { $0.bytes(2, wrong) } }
        #expect(throws: RecordError.lengthOutOfBounds) { try decode { $0.message(8) { $0.bytes(1, wrong) } } }
        #expect(throws: RecordError.lengthOutOfBounds) {
            try decode {
                $0.bytes(2, person.bytes)
                $0.bytes(10, wrong)
            }
        }
        #expect(throws: RecordError.lengthOutOfBounds) {
            try decode {
                $0.bytes(2, person.bytes)
                $0.bytes(11, wrong)
            }
        }
    }

    @Test func `a pledge without an id is refused`() {
        #expect(throws: RecordError.lengthOutOfBounds) { try decode { $0.message(8) } }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: RecordError.malformed) {
            try decode {
                $0.bytes(2, person.bytes)
                $0.bytes(3, [0xC3, 0x28])
            }
        }
    }

    // MARK: Codes

    @Test(arguments: ["alpha", "AL-PHA", "AL PHA", "", "É", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456"])
    func `a claimed or carried code that is not in normal form is refused`(code: String) {
        #expect(throws: RecordError.notACode) {
            try decode {
                $0.bytes(2, person.bytes)
                $0.message(5) { $0.text(1, code) }
            }
        }
        guard !code.isEmpty else { return }
        #expect(throws: RecordError.notACode) {
            try decode {
                $0.message(8) {
                    $0.bytes(1, pledge.bytes)
                    $0.text(4, code)
                }
            }
        }
    }

    @Test func `an own code is claimed by its digits and not by their lookalikes`() throws {
        let own = (0...UInt8.max).lazy.map { CodeText(ownCodeOf: Bytes16([UInt8](repeating: $0, count: 16))!) }
            .first { $0.text.contains("0") }
        let code = try #require(own).text
        func claim(_ code: String) -> [UInt8] {
            Wire.make {
                $0.bytes(2, person.bytes)
                $0.message(5) { $0.text(1, code) }
            }
        }
        #expect(try decode(claim(code)).claim?.code.text == code)
        #expect(throws: RecordError.notACode) { try decode(claim(code.replacing("0", with: "O"))) }
    }

    @Test func `a registered code is kept as written, up to 64 bytes`() throws {
        func register(_ written: String) -> [UInt8] {
            Wire.make {
                $0.bytes(2, person.bytes)
                $0.message(7) { $0.text(1, written) }
            }
        }
        let record = try decode(register("Al-Pha 1"))
        #expect(record.registration?.written == "Al-Pha 1")
        #expect(record.registration?.code.text == "ALPHA1")
        #expect(try decode(register("A" + String(repeating: "-", count: 63))).registration?.code.text == "A")
        for written in ["A" + String(repeating: "-", count: 64), "", "-", "é", "A\u{0}"] {
            #expect(throws: RecordError.notACode) { try decode(register(written)) }
        }
    }

    @Test func `a pledge writes no code, one, or that there is none`() throws {
        func pledge(_ code: String?) throws -> CodeText?? {
            try decode {
                $0.message(8) {
                    $0.bytes(1, self.pledge.bytes)
                    if let code { $0.text(4, code) }
                }
            }.pledge?.code
        }
        #expect(try pledge(nil) == .none)
        #expect(try pledge("") == .some(nil))
        #expect(try pledge("A") == .some(CodeText("A")))
    }

    // MARK: Times

    @Test func `claimed times are in the years 1 to 9999`() throws {
        func joined(_ at: Int64) -> [UInt8] {
            Wire.make {
                $0.bytes(2, person.bytes)
                $0.message(4) { $0.varint(1, at) }
            }
        }
        let range = Limits.claimedMillisecondRange
        for at in [range.lowerBound, -1, 1, range.upperBound] { #expect(try decode(joined(at)).joined?.at == at) }
        #expect(try decode(joined(0)).joined == .init(at: nil))
        for at in [range.lowerBound - 1, .min, range.upperBound + 1, .max] {
            #expect(throws: RecordError.timeOutOfRange) { try decode(joined(at)) }
            for field: UInt64 in [5, 7] {
                #expect(throws: RecordError.timeOutOfRange) {
                    try decode {
                        $0.bytes(2, person.bytes)
                        $0.message(field) {
                            $0.text(1, "A")
                            $0.varint(2, at)
                        }
                    }
                }
            }
            #expect(throws: RecordError.timeOutOfRange) {
                try decode {
                    $0.message(8) {
                        $0.bytes(1, pledge.bytes)
                        $0.varint(3, at)
                    }
                }
            }
        }
    }

    // MARK: What belongs together

    @Test func `facts about a person need one`() {
        #expect(throws: RecordError.personMissing) { try decode { $0.message(4) } }
        #expect(throws: RecordError.personMissing) { try decode { $0.message(5) { $0.text(1, "A") } } }
        #expect(throws: RecordError.personMissing) { try decode { $0.message(6) } }
        #expect(throws: RecordError.personMissing) { try decode { $0.message(7) { $0.text(1, "A") } } }
        #expect(throws: RecordError.personMissing) {
            try decode {
                $0.message(8) {
                    $0.bytes(1, pledge.bytes)
                    $0.varint(2, 0)
                }
            }
        }
    }

    @Test func `an anonymous pledge needs no person`() throws {
        let record = try decode {
            $0.message(8) {
                $0.bytes(1, pledge.bytes)
                $0.varint(2, 1)
            }
        }
        #expect(record.pledge?.backer == .anonymous)
    }

    @Test func `money needs a pledge, and a record something to say`() {
        #expect(throws: RecordError.pledgeMissing) {
            try decode {
                $0.bytes(2, person.bytes)
                $0.message(9) { $0.varint(1, 4) }
            }
        }
        #expect(throws: RecordError.empty) { try decode([]) }
        #expect(throws: RecordError.empty) { try decode { $0.varint(1, 1) } }
        #expect(throws: RecordError.empty) { try decode { $0.bytes(10, pledge.bytes) } }
    }

    @Test func `visibility is one byte`() throws {
        func pledge(_ visibility: Int64) -> [UInt8] {
            Wire.make {
                $0.message(8) {
                    $0.bytes(1, self.pledge.bytes)
                    $0.varint(5, visibility)
                }
            }
        }
        #expect(try decode(pledge(255)).pledge?.visibility == 255)
        #expect(throws: RecordError.lengthOutOfBounds) { try decode(pledge(256)) }
    }

    @Test func `fields of a later version are ignored`() throws {
        let record = try decode {
            $0.bytes(2, person.bytes)
            $0.text(99, "later")
        }
        #expect(record.person == person)
    }

    @Test func `a private part comes back from its bytes, and a bad one is not held`() {
        let part = RecordPrivate(externalID: "1", contact: "a@b.org", name: "Ann", pledgeExternalID: "é")
        #expect(RecordPrivate(decoding: part.encoded) == part)
        #expect(RecordPrivate(decoding: [0xFF]) == nil)
        #expect(RecordPrivate(decoding: RecordPrivate(name: String(repeating: "x", count: 256)).encoded) == nil)
        #expect(RecordPrivate().isEmpty)
        #expect(!part.isEmpty)
    }
}
