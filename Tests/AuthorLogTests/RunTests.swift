import AuthorLog
import Identity
import Testing

struct RunTests {
    private let world: World
    private let bundles: [Bundle]

    init() throws {
        world = try World()
        var author = try world.newcomer(world.founder)
        let noon = World.start + World.day
        let first = try author.present(world.founderPresentation(), wallMilliseconds: noon)
        bundles =
            [first.bundle] + (try [3, 60, 1, 2].map { try author.record($0, wallMilliseconds: noon) })
    }

    @Test func `a run comes back from its bytes`() throws {
        let run = try Run(decoding: Run.encode(bundles))
        #expect(run.entries.compactMap(\.bundle) == bundles)
        #expect(run.entries.map(\.id) == bundles.map(\.id))
        #expect(run.head.firstPosition == 0)
        #expect(Run.encode(run.entries.compactMap(\.bundle)) == Run.encode(bundles))
    }

    @Test func `bare entries imply the same headers`() throws {
        var writer = RunWriter(RunHead(of: bundles[1].header))
        for bundle in bundles.dropFirst() {
            writer.append(bare: bundle.header, signature: bundle == bundles.last ? bundle.signature : nil)
        }
        let run = try Run(decoding: writer.bytes)
        #expect(run.entries.allSatisfy { $0.isBare })
        #expect(run.entries.map(\.header) == bundles.dropFirst().map(\.header))
        #expect(run.entries.last?.signature == bundles.last?.signature)
    }

    @Test func `a run has entries, whole ones, and ends signed`() throws {
        let bytes = Run.encode(bundles)
        let head = Array(bytes.prefix(RunHead.byteCount))
        #expect(throws: RunError.empty) { try Run(decoding: head) }
        #expect(throws: RunError.truncated) { try Run(decoding: Array(head.dropLast())) }
        #expect(throws: RunError.malformed(.truncated, position: 67)) { try Run(decoding: bytes + [0]) }
        var writer = RunWriter(RunHead(of: bundles[0].header))
        writer.append(
            time: bundles[0].header.time, operationCount: 1, body: bundles[0].body[...], signature: nil)
        #expect(throws: RunError.endsUnsigned) { try Run(decoding: writer.bytes) }
    }

    @Test func `flags of a later version are malformed`() throws {
        var bytes = Run.encode(Array(bundles.prefix(1)))
        bytes[RunHead.byteCount + 10] |= 4
        #expect(throws: RunError.malformed(.unknownFlags(5), position: 0)) { try Run(decoding: bytes) }
    }

    @Test func `after a bare entry comes no full one, and after a signed bare one nothing`() throws {
        var writer = RunWriter(RunHead(of: bundles[0].header))
        writer.append(bare: bundles[0].header, signature: nil)
        writer.append(bundles[1])
        #expect(throws: RunError.entryAfterEnd(position: 1)) { try Run(decoding: writer.bytes) }
        writer = RunWriter(RunHead(of: bundles[0].header))
        writer.append(bare: bundles[0].header, signature: bundles[0].signature)
        writer.append(bare: bundles[1].header, signature: bundles[1].signature)
        #expect(throws: RunError.entryAfterEnd(position: 1)) { try Run(decoding: writer.bytes) }
    }

    @Test func `counts and positions out of bounds are malformed`() throws {
        var writer = RunWriter(RunHead(of: bundles[0].header))
        writer.append(time: .zero, operationCount: 0, body: [], signature: bundles[0].signature)
        #expect(throws: RunError.malformed(.operationCount(0), position: 0)) { try Run(decoding: writer.bytes) }
        for position in [UInt64.max, 1 << 48] {
            let head = RunHead(
                community: world.charter.id, log: World.log(world.founder), firstPosition: position,
                previous: Hash256(raw: .zero))
            writer = RunWriter(head)
            writer.append(bundles[1])
            #expect(throws: RunError.malformed(.position(position), position: position)) {
                try Run(decoding: writer.bytes)
            }
        }
    }

    @Test func `no bytes make the decoder trap`() throws {
        var dice = Dice()
        let result = decodesOrThrows({ try Run(decoding: $0) }, truncationsOf: Run.encode(bundles), using: &dice)
        #expect(result.thrown > 400)
    }
}
