import AuthorLog
import Identity
import Testing

struct RunVerifierTests {
    private let world: World
    /// Sizes chosen so that positions 64 and 128 are passed in the middle of bundles.
    private let bundles: [Bundle]
    private let state: LogState

    init() throws {
        world = try World()
        var author = try world.newcomer(world.founder)
        let noon = World.start + World.day
        let first = try author.present(world.founderPresentation(), wallMilliseconds: noon)
        let sizes = [1, 1, 50, 1, 30, 1, 1, 60, 1, 1]
        bundles = [first.bundle] + (try sizes.map { try author.record($0, wallMilliseconds: noon) })
        state = author.state
    }

    private func verifier() -> RunVerifier {
        RunVerifier(
            state: LogState(log: World.log(world.founder), community: world.charter.id), charter: world.charter)
    }

    private func part(_ bundles: some Sequence<Bundle>, signed: (Bundle) -> Bool) throws -> [UInt8] {
        let bundles = Array(bundles)
        var writer = RunWriter(RunHead(of: try #require(bundles.first?.header)))
        for bundle in bundles {
            writer.append(
                time: bundle.header.time, operationCount: bundle.header.operationCount, body: bundle.body[...],
                signature: signed(bundle) ? bundle.signature : nil)
        }
        return writer.bytes
    }

    @Test func `a run is verified, and signatures are kept by the rule`() throws {
        var verifier = verifier()
        let verified = try verifier.receive(Run.encode(bundles))
        #expect(verified.map(\.bundle.id) == bundles.map(\.id))
        #expect(verifier.state == state)
        #expect(verifier.unverifiedByteCount == 0)
        let kept = verified.indices.filter { verified[$0].bundle.signature != nil }
        #expect(kept == [0, 5, 8, 10])
        #expect(verified.dropFirst().allSatisfy { $0.admission.right?.role == .steward })
        #expect(verified[0].admission.presented?.role == .steward)
    }

    @Test func `kept signatures alone are enough`() throws {
        var verifier = verifier()
        let verified = try verifier.receive(Run.kept(bundles))
        #expect(verified.count == bundles.count)
        #expect(verifier.state == state)
    }

    @Test func `what no signature vouches for yet is held back`() throws {
        var verifier = verifier()
        let unsigned = try verifier.receive(part(bundles[0..<5]) { $0.isAuthority })
        #expect(unsigned.map(\.bundle.id) == [bundles[0].id])
        #expect(verifier.state.length == 1)
        #expect(verifier.unverifiedByteCount > 0)
        let rest = try verifier.receive(part(bundles[5...]) { $0.keepsSignature || $0 == bundles.last })
        #expect(rest.map(\.bundle.id) == bundles.dropFirst().map(\.id))
        #expect(verifier.state == state)
        #expect(verifier.unverifiedByteCount == 0)
    }

    @Test func `any cut into parts gives the same state and bundles`() throws {
        var dice = Dice()
        for _ in 0..<40 {
            var verifier = verifier()
            var verified: [VerifiedBundle] = []
            var start = 0
            while start < bundles.count {
                let end = Int.random(in: start + 1...bundles.count, using: &dice)
                let isAll = Bool.random(using: &dice)
                verified += try verifier.receive(
                    part(bundles[start..<end]) { isAll || $0.keepsSignature || $0 == bundles.last })
                start = end
            }
            #expect(verified.map(\.bundle.id) == bundles.map(\.id))
            #expect(verifier.state == state)
        }
    }

    @Test func `rule 6: a bad signature is an offence, and nothing of the part is taken`() throws {
        for index in [0, 5, 8, 10] {
            var verifier = verifier()
            let bad = try Bundle(
                header: bundles[index].header, body: bundles[index].body, signature: bundles[1].signature)
            var run = bundles
            run[index] = bad
            let error = RunError.badSignature(position: bad.header.position)
            #expect(throws: error) { try verifier.receive(Run.kept(run)) }
            #expect(error.isOffence)
            #expect(verifier.state.length == 0)
            #expect(try verifier.receive(Run.kept(bundles)).count == bundles.count)
        }
    }

    @Test func `a signature that nobody keeps is dropped unread`() throws {
        var verifier = verifier()
        var run = bundles
        run[2] = try Bundle(header: run[2].header, body: run[2].body, signature: bundles[1].signature)
        #expect(try verifier.receive(Run.encode(run)).allSatisfy { $0.bundle != run[2] })
        #expect(verifier.state == state)
    }

    @Test func `a signature that everybody keeps must be there`() throws {
        for index in [0, 5, 8] {
            var verifier = verifier()
            let run = try part(bundles) { $0 != bundles[index] }
            #expect(throws: RunError.missingSignature(position: bundles[index].header.position)) {
                try verifier.receive(run)
            }
        }
    }

    @Test func `a changed byte anywhere is refused or changes nothing`() throws {
        var dice = Dice()
        let run = try Run.kept(bundles)
        for _ in 0..<300 {
            var verifier = verifier()
            let mutated = dice.mutated(run)
            guard let verified = try? verifier.receive(mutated) else { continue }
            // A whole prefix of the true log is what may still come through.
            #expect(verified.map(\.bundle.id) == bundles.prefix(verified.count).map(\.id))
        }
    }

    @Test func `the portion already held is skipped where the predecessor matches`() throws {
        var verifier = verifier()
        _ = try verifier.receive(Run.encode(Array(bundles[0..<4])))
        let more = try verifier.receive(Run.kept(bundles))
        #expect(more.map(\.bundle.id) == bundles[4...].map(\.id))
        #expect(throws: RunError.alreadyHeld(length: state.length)) { try verifier.receive(Run.kept(bundles)) }
        #expect(throws: RunError.alreadyHeld(length: state.length)) {
            try verifier.receive(Run.kept(Array(bundles[2..<4])))
        }
    }

    @Test func `a gap does not continue`() throws {
        var verifier = verifier()
        _ = try verifier.receive(Run.encode(Array(bundles[0..<2])))
        let error = RunError.doesNotContinue(length: 2, head: bundles[1].id)
        #expect(throws: error) { try verifier.receive(Run.kept(Array(bundles[3...]))) }
        #expect(!error.isOffence)
    }

    @Test func `another branch does not continue`() throws {
        // The same author from another past: position 1 holds two operations here.
        var author = try world.newcomer(world.founder)
        let noon = World.start + World.day
        let first = try author.present(world.founderPresentation(), wallMilliseconds: noon).bundle
        #expect(first == bundles[0])
        let other = [first] + (try [2, 1, 1].map { try author.record($0, wallMilliseconds: noon + 1) })
        var verifier = verifier()
        _ = try verifier.receive(Run.encode(Array(bundles[0..<3])))
        let error = RunError.doesNotContinue(length: 3, head: bundles[2].id)
        #expect(throws: error) { try verifier.receive(Run.encode(other)) }
        #expect(throws: error) { try verifier.receive(Run.encode(Array(other[2...]))) }
        // A bundle that lies across what is held.
        var short = self.verifier()
        _ = try short.receive(Run.encode(Array(bundles[0..<2])))
        #expect(throws: RunError.doesNotContinue(length: 2, head: bundles[1].id)) {
            try short.receive(Run.encode(other))
        }
    }

    @Test func `a run of another log or community is an offence`() throws {
        var verifier = RunVerifier(
            state: LogState(log: World.log(try World.key("ana")), community: world.charter.id), charter: world.charter)
        #expect(throws: RunError.wrongLog) { try verifier.receive(Run.encode(bundles)) }
        verifier = RunVerifier(
            state: LogState(log: World.log(world.founder), community: CommunityID(raw: .zero)), charter: world.charter)
        #expect(throws: RunError.wrongLog) { try verifier.receive(Run.encode(bundles)) }
    }

    @Test func `what is not authentic is an offence`() throws {
        var verifier = verifier()
        let error = RunError.notAuthentic(.firstIsNoPresent, position: 0)
        let bundle = try Bundle.author(
            [.record(1)], at: HybridTime(rawValue: 1), position: 0, previous: Hash256(raw: .zero),
            log: World.log(world.founder), community: world.charter.id, key: world.founder)
        #expect(throws: error) { try verifier.receive(Run.encode([bundle])) }
        #expect(error.isOffence)
    }

    @Test func `between two kept signatures little more than 1 MiB waits`() throws {
        var author = try world.founderAuthor()
        let noon = World.start + World.day
        var bundles: [Bundle] = []
        for _ in 0..<62 {
            let operation = Operation(kind: 40, body: [UInt8](repeating: 1, count: 16_383))
            bundles.append(try author.write([operation], wallMilliseconds: noon).bundle)
        }
        let founder = try World().founderAuthor()
        var verifier = RunVerifier(state: founder.state, charter: world.charter)
        #expect(try verifier.receive(part(bundles) { _ in false }).isEmpty)
        #expect((62 * 16_384...(1 << 20) + (1 << 14)).contains(verifier.unverifiedByteCount))
        #expect(verifier.state == founder.state)
        let next = try author.record(wallMilliseconds: noon)
        #expect(throws: RunError.missingSignature(position: 63)) {
            try verifier.receive(part([next]) { _ in false })
        }
    }

    @Test func `bare headers vouch for where a cut ends`() throws {
        var writer = RunWriter(RunHead(of: bundles[0].header))
        for bundle in bundles[0..<3] { writer.append(bundle.isAuthority ? bundle : try bundle.unsigned()) }
        writer.append(bare: bundles[3].header, signature: nil)
        writer.append(bare: bundles[4].header, signature: nil)
        writer.append(bare: bundles[5].header, signature: bundles[5].signature)
        var verifier = verifier()
        let verified = try verifier.receive(writer.bytes)
        #expect(verified.map(\.bundle.id) == bundles[0..<3].map(\.id))
        #expect(verifier.state.head == bundles[2].id)
        #expect(verifier.tail?.headers == bundles[3...5].map(\.header))
        #expect(verifier.tail?.signature == bundles[5].signature)
        // The log may go on later, from where it was cut.
        let more = try verifier.receive(Run.kept(Array(bundles[3...])))
        #expect(more.map(\.bundle.id) == bundles[3...].map(\.id))
        #expect(verifier.tail == nil)
        #expect(verifier.state == state)
    }

    @Test func `bare headers may come in parts, too, and nothing after them`() throws {
        var verifier = verifier()
        _ = try verifier.receive(Run.encode(Array(bundles[0..<2])))
        _ = try verifier.receive(part(bundles[2..<3]) { _ in false })
        var writer = RunWriter(RunHead(of: bundles[3].header))
        writer.append(bare: bundles[3].header, signature: nil)
        #expect(try verifier.receive(writer.bytes).isEmpty)
        #expect(throws: RunError.entryAfterEnd(position: bundles[4].header.position)) {
            try verifier.receive(part(bundles[4..<5]) { _ in true })
        }
        writer = RunWriter(RunHead(of: bundles[4].header))
        writer.append(bare: bundles[4].header, signature: nil)
        writer.append(bare: bundles[5].header, signature: bundles[1].signature)
        #expect(throws: RunError.badSignature(position: bundles[5].header.position)) {
            try verifier.receive(writer.bytes)
        }
        writer = RunWriter(RunHead(of: bundles[4].header))
        writer.append(bare: bundles[4].header, signature: bundles[4].signature)
        #expect(try verifier.receive(writer.bytes).map(\.bundle.id) == [bundles[2].id])
        #expect(verifier.state.length == 3)
        #expect(verifier.tail?.headers.count == 2)
    }

    @Test func `a private part that is not held verifies all the same`() throws {
        var author = try world.newcomer(world.founder)
        let noon = World.start + World.day
        let first = try author.present(world.founderPresentation(), wallMilliseconds: noon).bundle
        let held = Operation.record(1, privatePart: .held(salt: .zero, bytes: Array("Ana".utf8)))
        let whole = try author.write([held, .record(2)], wallMilliseconds: noon).bundle
        var body: [UInt8] = []
        body.appendBigEndian(UInt16(held.publicPart.count))
        body += held.publicPart + [2] + held.inner.bytes
        body.appendBigEndian(UInt16(8))
        body += Operation.record(2).publicPart + [0]
        let erased = try Bundle(header: whole.header, body: body, signature: whole.signature)
        var verifier = verifier()
        let verified = try verifier.receive(Run.encode([first, erased]))
        #expect(verified.last?.bundle.summary.notHeldCount == 1)
        #expect(verifier.state == author.state)
    }
}

extension Bundle {
    fileprivate func unsigned() throws -> Bundle {
        try Bundle(header: header, body: body, signature: nil)
    }
}
