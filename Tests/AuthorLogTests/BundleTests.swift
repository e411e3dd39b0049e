import AuthorLog
import Identity
import Testing

struct BundleTests {
    private let key: SigningKey
    private let salt = Bytes16(repeatElement(3, count: 16)) ?? .zero

    init() throws {
        key = try World.key("ana")
    }

    private func bundle(_ operations: [Operation], position: UInt64 = 5) throws(BundleError) -> Bundle {
        try Bundle.author(
            operations, at: HybridTime(rawValue: 77), position: position, previous: Hash256(raw: .zero),
            log: World.log(key), community: CommunityID(raw: .zero), key: key)
    }

    @Test func `a header is 173 bytes and comes back from them`() throws {
        let header = try bundle([.record(1)]).header
        #expect(header.bytes.count == 173)
        #expect(try Header(decoding: header.bytes) == header)
        #expect(header.id == BLAKE2b.hash256(header.bytes, personal: .init("gv/bundle")))
    }

    @Test func `a header is signed as everything is`() throws {
        let bundle = try bundle([.record(1)])
        let content = Array(bundle.header.bytes.dropFirst(49))
        let message = SignatureDomain("gv bundle").message(community: bundle.header.community, content: content)
        #expect(message == bundle.header.bytes)
        #expect(try bundle.header.isSigned(by: #require(bundle.signature)))
    }

    @Test func `a header has its tag, version, length and bounds`() throws {
        let bytes = try bundle([.record(1)]).header.bytes
        #expect(throws: HeaderError.wrongLength(172)) { try Header(decoding: Array(bytes.dropLast())) }
        for index in [0, 15, 16] {
            var changed = bytes
            changed[index] ^= 2
            #expect(throws: HeaderError.notAHeader) { try Header(decoding: changed) }
        }
        for count in [0, 4_097] as [UInt16] {
            var changed = bytes
            changed.replaceSubrange(139..<141, with: [UInt8(count >> 8), UInt8(count & 255)])
            #expect(throws: HeaderError.position(5, operationCount: count)) { try Header(decoding: changed) }
        }
        var changed = bytes
        changed.replaceSubrange(91..<99, with: repeatElement(0xFF, count: 8))
        #expect(throws: HeaderError.position(.max, operationCount: 1)) { try Header(decoding: changed) }
    }

    @Test func `a log ends at 2^48 operations`() throws {
        #expect(try bundle([.record(1)], position: 1 << 48 - 1).header.end == 1 << 48)
        #expect(throws: BundleError.position(1 << 48)) { try bundle([.record(1)], position: 1 << 48) }
        #expect(throws: BundleError.position(.max)) { try bundle([.record(1)], position: .max) }
    }

    @Test func `operations come back from a body, in each state of their private part`() throws {
        let operations: [Operation] = [
            .record(1), .record(2, privatePart: .held(salt: salt, bytes: [1, 2, 3])),
            .record(3, privatePart: .held(salt: salt, bytes: [])),
            .record(4, privatePart: .notHeld(inner: Hash256(raw: salt32))),
        ]
        let bundle = try bundle(operations)
        #expect(try bundle.operations() == operations)
        #expect(bundle.summary.notHeldCount == 1)
        #expect(bundle.summary.publicByteCount == 32)
        #expect(bundle.summary.byteCount == 35)
        let again = try Bundle(header: bundle.header, body: bundle.body, signature: bundle.signature)
        #expect(again == bundle)
    }

    @Test func `an erased private part changes neither root nor id`() throws {
        let held = Operation.record(2, privatePart: .held(salt: salt, bytes: Array("Ana".utf8)))
        let erased = Operation.record(2, privatePart: .notHeld(inner: held.inner))
        #expect(try bundle([held]).id == bundle([erased]).id)
        #expect(try bundle([held]).id != bundle([.record(2)]).id)
    }

    @Test func `an operation holds 16,384 bytes, public and private together`() throws {
        let body = [UInt8](repeating: 1, count: 16_383)
        _ = try bundle([Operation(kind: 32, body: body)])
        #expect(throws: BundleError.operationTooLarge(byteCount: 16_385)) {
            try bundle([Operation(kind: 32, body: body + [1])])
        }
        #expect(throws: BundleError.operationTooLarge(byteCount: 16_385)) {
            try bundle([Operation(kind: 32, body: body, privatePart: .held(salt: salt, bytes: [1]))])
        }
        #expect(throws: BundleError.operationTooLarge(byteCount: 70_001)) {
            try bundle([Operation(kind: 32, body: [UInt8](repeating: 1, count: 70_000))])
        }
    }

    @Test func `a bundle holds 4,096 operations and 524,288 bytes`() throws {
        let full = [Operation](repeating: Operation(kind: 40, body: [UInt8](repeating: 1, count: 127)), count: 4_096)
        #expect(try bundle(full).summary.byteCount == 524_288)
        #expect(throws: BundleError.operationCount(4_097)) { try bundle(full + [.record(1)]) }
        #expect(throws: BundleError.operationCount(0)) { try bundle([]) }
        #expect(throws: BundleError.operationCount(70_000)) {
            try bundle([Operation](repeating: .record(1), count: 70_000))
        }
        var over = full
        over[7] = Operation(kind: 40, body: [UInt8](repeating: 1, count: 128))
        #expect(throws: BundleError.tooLarge(byteCount: 524_289)) { try bundle(over) }
    }

    @Test func `malformed operations are refused`() throws {
        let zero = Hash256(raw: .zero)
        let wrong: [(operation: Operation, error: BundleError)] = [
            (Operation(publicPart: []), .noPublicPart),
            (Operation(kind: 0, body: [1]), .kindZero),
            (Operation(kind: 32, body: [], privatePart: .notHeld(inner: zero)), .zeroInnerHash),
            (
                Operation(kind: 31, body: [], privatePart: .held(salt: salt, bytes: [1])),
                .authorityWithPrivatePart(kind: 31)
            ),
        ]
        for (operation, error) in wrong {
            #expect(throws: error) { try bundle([operation]) }
        }
    }

    @Test func `a body is read to its end and no further`() throws {
        let whole = try bundle([.record(1), .record(2)])
        #expect(throws: BundleError.truncated) {
            try Bundle(header: whole.header, body: whole.body.dropLast(), signature: nil)
        }
        #expect(throws: BundleError.trailing(byteCount: 1)) {
            try Bundle(header: whole.header, body: whole.body + [0], signature: nil)
        }
        var state = whole.body
        state[10] = 3
        #expect(throws: BundleError.unknownState(3)) {
            try Bundle(header: whole.header, body: state, signature: nil)
        }
        let other = try bundle([.record(2), .record(1)])
        #expect(throws: BundleError.bodyRoot) { try Bundle(header: whole.header, body: other.body, signature: nil) }
    }

    @Test func `signatures are kept of authority, and where a multiple of 64 is reached`() throws {
        func keeps(_ position: UInt64, _ count: Int) throws -> Bool {
            try bundle((0..<count).map { .record($0) }, position: position).keepsSignature
        }
        #expect(try !keeps(0, 1))
        #expect(try !keeps(0, 63))
        #expect(try keeps(0, 64))
        #expect(try keeps(63, 1))
        #expect(try !keeps(64, 1))
        #expect(try keeps(60, 10))
        #expect(try keeps(1, 500))
        #expect(try bundle([Operation(kind: 9, body: [])]).keepsSignature)
    }

    private var salt32: Bytes32 { Bytes32(repeatElement(9, count: 32)) ?? .zero }
}
