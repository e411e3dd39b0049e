import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct MessageTests {
    private let rows: [FrontierRow]

    init() throws {
        rows = try (0..<3 as Range<UInt64>).map { try FrontierRow.of(madeUpLog($0), $0 + 1) }
            .sorted { $0.log.hash < $1.log.hash }
    }

    private func all() throws -> [Message] {
        let member = try Fixture().member(0)
        let forked = try FrontierRow(log: madeUpLog(9), length: 5, head: madeUpHead(5), forkedAt: 0)
        return [
            .hello(member.hello(frontier: madeUpHead(1))),
            .chainRequest,
            .chain(member.presentation.bytes),
            .frontierHash(madeUpHead(2), updates: .max),
            .ranges(
                Ranges(
                    round: 64,
                    ranges: [
                        hash([0]),
                        FrontierRange(prefix: [1, 15], content: .rows([], isAnswer: true)),
                        FrontierRange(prefix: [2], content: .fingerprints([], isAnswer: false)),
                        FrontierRange(
                            prefix: [3, 0],
                            content: .fingerprints(
                                [
                                    FrontierFingerprint(id: 0, length: 1, log: 1, head: .max),
                                    FrontierFingerprint(id: 0xFF_FFFF, length: 1 << 48, log: .max, head: 0),
                                    FrontierFingerprint(id: 0xFF_FFFF, length: 1, log: 0, head: 1),
                                ], isAnswer: true)),
                        FrontierRange(prefix: [3, 1], content: .hashes(Array(repeating: .zero, count: 256))),
                    ], salt: .max)),
            .ranges(
                Ranges(round: 1, ranges: [FrontierRange(prefix: [], content: .rows(rows, isAnswer: false))], salt: 0)),
            .pull(Pull(id: 1, wants: [Want(log: madeUpLog(1), from: 0, head: madeUpHead(0), to: 9)], credit: 10)),
            .run(pull: 7, [1, 2, 3]),
            .push([1, 2, 3], hop: .max),
            .pullDone(1, unserved: [Unserved(log: madeUpLog(1), reason: .anotherBranch, length: 3)]),
            .credit(pull: 1, byteCount: .max),
            .heads(rows + [forked], hops: [0, 1, .max, 2]),
            .heads(rows, hops: [0, 0, 0]),
            .peerRecords([member.record()]),
            .orders([member.order.bytes]),
            .forkProofs([[1]]),
            .networkKey(NetworkKey(number: .max, secret: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))),
            .goodbye(Goodbye(.limit, "too much")),
            .ping(.max),
            .pong(0),
            .join,
            .forwardJoin(member.record(), timeToLive: .max),
            .neighbor(.low),
            .neighbor(.high),
            .neighbor(.guest),
            .neighborReply(isAccepted: true),
            .disconnect,
            .shuffle(
                (0..<8).map { member.record(serial: $0) }, timeToLive: 6,
                path: (0..<6 as Range<UInt64>).map { madeUpLog($0).member }),
            .shuffleReply([], path: [member.memberKey]),
            .graft,
            .prune,
            .unknown,
        ]
    }

    @Test func `every message survives its encoding`() throws {
        for message in try all() { #expect(try Message(decoding: message.encoded) == message) }
    }

    @Test func `no bytes make the decoder trap`() throws {
        let samples = try all().map(\.encoded)
        var dice = SplitMix64(seed: 7)
        var refused = 0
        for _ in 0..<100_000 {
            var bytes = samples.randomElement(using: &dice) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &dice) where !bytes.isEmpty {
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: bytes.remove(at: Int.random(in: bytes.indices, using: &dice))
                case 1:
                    let byte = UInt8.random(in: 0...255, using: &dice)
                    bytes.insert(byte, at: Int.random(in: bytes.indices, using: &dice))
                case 2: bytes.append(contentsOf: bytes.prefix(Int.random(in: 0...bytes.count, using: &dice)))
                default: bytes[Int.random(in: bytes.indices, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
                }
            }
            do { _ = try Message(decoding: bytes) } catch { refused += 1 }
        }
        print("100,000 mutants of seed 7: \(refused) refused")
        #expect(refused > 10_000)
    }

    private func decode(_ ranges: [FrontierRange], round: UInt32 = 1) -> MessageError? {
        do {
            _ = try Message(decoding: Message.ranges(Ranges(round: round, ranges: ranges, salt: 1)).encoded)
            return nil
        } catch { return error }
    }

    private func hash(_ prefix: [UInt8], count: Int = 16) -> FrontierRange {
        FrontierRange(prefix: prefix, content: .hashes(Array(repeating: .zero, count: count)))
    }

    private func fingerprints(_ prefix: [UInt8], _ ids: [UInt32], length: UInt64 = 1) -> FrontierRange {
        let fingerprints = ids.map { FrontierFingerprint(id: $0, length: length, log: 0, head: 0) }
        return FrontierRange(prefix: prefix, content: .fingerprints(fingerprints, isAnswer: false))
    }

    @Test func `ranges that are unsorted, equal, overlapping or too deep are refused`() {
        #expect(decode([hash([1]), hash([2])]) == nil)
        #expect(decode([hash([2]), hash([1])]) == .notAscending(field: "prefixes"))
        #expect(decode([hash([1]), hash([1])]) == .notAscending(field: "prefixes"))
        #expect(decode([hash([1]), hash([1, 0])]) == .notAscending(field: "prefixes"))
        #expect(decode([hash([]), hash([0])]) == .notAscending(field: "prefixes"))
        #expect(decode([hash([16])]) == .outOfBounds(field: "nibble"))
        let rows = FrontierRange.Content.rows([], isAnswer: false)
        #expect(decode([FrontierRange(prefix: [UInt8](repeating: 1, count: 64), content: rows)]) == nil)
        let deep = FrontierRange(prefix: [UInt8](repeating: 1, count: 65), content: rows)
        #expect(decode([deep]) == .tooMany(field: "prefix"))
        #expect(decode([], round: 64) == nil)
        #expect(decode([], round: 65) == .tooManyRounds(65))
        #expect(decode([], round: 0) == .outOfBounds(field: "round"))
    }

    @Test func `hashes and fingerprints of what cannot be are refused`() {
        func prefix(_ count: Int) -> [UInt8] { [UInt8](repeating: 1, count: count) }
        #expect(decode([hash(prefix(63))]) == nil)
        #expect(decode([hash(prefix(64))]) == .tooMany(field: "prefix"))
        #expect(decode([hash(prefix(62), count: 256)]) == nil)
        #expect(decode([hash(prefix(63), count: 256)]) == .tooMany(field: "prefix"))
        for count in [0, 1, 15, 17, 255] {
            #expect(decode([hash([], count: count)]) == .wrongLength(field: "range hashes"))
        }
        let many = (UInt8(0)..<16).map { hash([$0], count: 256) }
        #expect(decode(many) == nil)
        #expect(decode(many.dropLast() + [hash([15, 0], count: 256), hash([15, 1])]) == .tooMany(field: "hashes"))
        #expect(decode([fingerprints(prefix(58), [0, 7, 7, 0xFF_FFFF])]) == nil)
        #expect(decode([fingerprints(prefix(59), [0])]) == .tooMany(field: "prefix"))
        #expect(decode([fingerprints([], [8, 7])]) == .notAscending(field: "fingerprints"))
        for length in [0, 1 << 48 + 1] as [UInt64] {
            #expect(decode([fingerprints([], [0], length: length)]) == .outOfBounds(field: "length"))
        }
        let most = Array(repeating: UInt32(1), count: Sync.Limits.fingerprintsPerMessage)
        #expect(decode([fingerprints([], most)]) == nil)
        #expect(decode([fingerprints([0], most), fingerprints([1], [0])]) == .tooMany(field: "fingerprints"))
        // One length, and two bytes of an id.
        #expect(throws: MessageError.wrongLength(field: "fingerprints")) {
            try Message(decoding: [0x2A, 13, 8, 1, 0x12, 9, 0x22, 7, 0x0A, 2, 0, 0, 0x12, 1, 1])
        }
    }

    @Test func `rows out of order or outside their prefix are refused`() {
        func content(_ rows: [FrontierRow]) -> FrontierRange.Content { .rows(rows, isAnswer: false) }
        #expect(decode([FrontierRange(prefix: [], content: content(rows.reversed()))]) == .notAscending(field: "rows"))
        let twice = content([rows[0], rows[0]])
        #expect(decode([FrontierRange(prefix: [], content: twice)]) == .notAscending(field: "rows"))
        let nibble = rows[0].log.hash.nibble(0)
        #expect(decode([FrontierRange(prefix: [nibble ^ 1], content: content([rows[0]]))]) == .outsidePrefix)
    }

    @Test func `shuffles, paths, hops and priorities beyond their bounds are refused`() throws {
        let member = try Fixture().member(0)
        let keys = (0..<7 as Range<UInt64>).map { madeUpLog($0).member }
        let records = Array(repeating: member.record(), count: 9)
        let refused: [(Message, MessageError)] = [
            (.shuffle(records, timeToLive: 1, path: []), .tooMany(field: "peer records")),
            (.shuffleReply(records, path: []), .tooMany(field: "peer records")),
            (.shuffle([], timeToLive: 1, path: keys), .tooMany(field: "path")),
            (.shuffleReply([], path: keys), .tooMany(field: "path")),
            (.heads(rows, hops: [1]), .outOfBounds(field: "hops")),
            (.heads(rows, hops: [1, 2, 3, 4]), .outOfBounds(field: "hops")),
            (.heads([], hops: [1]), .outOfBounds(field: "hops")),
        ]
        for (message, error) in refused {
            #expect(throws: error) { try Message(decoding: message.encoded) }
        }
        // Field 34 with priority 3, and field 33 without a record.
        #expect(throws: MessageError.outOfBounds(field: "priority")) {
            try Message(decoding: [0x92, 0x02, 2, 0x08, 3])
        }
        #expect(throws: MessageError.self) { try Message(decoding: [0x8A, 0x02, 2, 0x10, 3]) }
        // Half a million empty records, or members of a path, are counted before they are made.
        for field in [0x0A, 0x1A] as [UInt8] {
            let body = [[UInt8]](repeating: [field, 0], count: 100_000).flatMap(\.self)
            #expect(throws: MessageError.self) {
                try Message(decoding: [0xAA, 0x02] + varint(UInt64(body.count)) + body)
            }
        }
    }

    @Test func `lengths of rows beyond 2^48 and none are refused`() throws {
        let key = [UInt8](repeating: 1, count: 32)
        for length in [UInt64(0), (1 << 48) + 1, .max] {
            var row: [UInt8] = [0x0A, 32] + key + [0x12, 10]
            row += [UInt8](repeating: 1, count: 10) + [0x18] + varint(length) + [0x22, 32] + key
            let heads = [0x0A, UInt8(row.count)] + row
            let bytes = [0x52] + varint(UInt64(heads.count)) + heads
            #expect(throws: MessageError.outOfBounds(field: "row")) { try Message(decoding: bytes) }
        }
    }

    @Test func `lists that are too long are refused before they are decoded`() {
        let clock = ContinuousClock()
        // Field 10 (heads): half a million empty rows.
        let rows = [UInt8]([10, 0]).repeated(500_000)
        let heads = [UInt8]([0x52]) + varint(1_000_000) + rows
        var error: MessageError?
        let took = clock.measure {
            do { _ = try Message(decoding: heads) } catch let thrown { error = thrown as? MessageError }
        }
        print("500,000 empty rows: refused in \(took)")
        #expect(error == .tooMany(field: "rows"))
        // The same in pieces: fields that repeat are joined.
        let piece = [UInt8]([0x52]) + varint(1_000) + [UInt8]([10, 0]).repeated(500)
        #expect(throws: MessageError.tooMany(field: "rows")) { try Message(decoding: piece.repeated(100)) }
        // Ranges within ranges.
        let empty = [UInt8]([0x12, 0]).repeated(5_000)
        #expect(throws: MessageError.tooMany(field: "ranges")) {
            try Message(decoding: [0x2A] + varint(10_000) + empty)
        }
        #expect(throws: MessageError.tooLarge(byteCount: 1_048_577)) {
            try Message(decoding: [UInt8](repeating: 0, count: 1_048_577))
        }
    }

    @Test func `deep nesting is refused`() {
        // Unknown groups within groups: field 63.
        let start: [UInt8] = [0xFB, 0x03]
        #expect(throws: MessageError.notProtobuf) { try Message(decoding: start.repeated(100)) }
        #expect(throws: MessageError.notProtobuf) { try Message(decoding: [0xFF, 0xFF, 0xFF]) }
    }

    @Test func `a want that asks for nothing and a pull without a number are refused`() {
        let want = Want(log: madeUpLog(1), from: 5, head: madeUpHead(0), to: 5)
        let empty = Message.pull(Pull(id: 1, wants: [want], credit: 1)).encoded
        #expect(throws: MessageError.outOfBounds(field: "want")) { try Message(decoding: empty) }
        let unnamed = Message.pull(Pull(id: 0, wants: [], credit: 1)).encoded
        #expect(throws: MessageError.outOfBounds(field: "pull id")) { try Message(decoding: unnamed) }
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }
}

extension [UInt8] {
    fileprivate func repeated(_ count: Int) -> [UInt8] {
        Array(repeatElement(self, count: count).joined())
    }
}
