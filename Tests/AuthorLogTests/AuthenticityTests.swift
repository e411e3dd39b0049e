import AuthorLog
import Identity
import Testing

/// The rules of 2-log.md, each broken once.
struct AuthenticityTests {
    private let world: World
    private let ana: SigningKey

    init() throws {
        ana = try World.key("ana")
        world = try World()
    }

    /// What `state`'s author would sign, whether it is authentic or not.
    private func bundle(
        _ operations: [Operation], after state: LogState, key: SigningKey, milliseconds: UInt64,
        position: UInt64? = nil, previous: Hash256? = nil, log: LogID? = nil, community: CommunityID? = nil
    ) throws -> Bundle {
        try Bundle.author(
            operations, at: #require(HybridTime(milliseconds: milliseconds)), position: position ?? state.length,
            previous: previous ?? state.head, log: log ?? state.log, community: community ?? state.community, key: key)
    }

    private func expect(
        _ error: AuthenticityError, _ bundle: Bundle, after state: LogState,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var after = state
        #expect(throws: error, sourceLocation: location) { try after.admit(bundle, charter: world.charter) }
        #expect(after == state, sourceLocation: location)
    }

    private let noon = World.start + World.day

    @Test func `what the author writes is admitted`() throws {
        var (author, first) = try world.member(ana)
        var state = LogState(log: World.log(ana), community: world.charter.id)
        #expect(first.admission.presented?.role == .ambassador)
        #expect(first.admission.right == nil)
        try state.admit(first.bundle, charter: world.charter)
        for count in [1, 7, 100] {
            let bundle = try author.record(count, wallMilliseconds: noon)
            let admission = try state.admit(bundle, charter: world.charter)
            #expect(admission.right?.role == .ambassador)
        }
        #expect(state == author.state)
        #expect(state.length == 109)
        #expect(state.firstTime == first.bundle.header.time)
    }

    @Test func `rule 1: position and predecessor continue the log`() throws {
        let state = try world.member(ana).author.state
        expect(
            .position(expected: 1, actual: 2),
            try bundle([.record(1)], after: state, key: ana, milliseconds: noon, position: 2), after: state)
        expect(
            .wrongPredecessor,
            try bundle([.record(1)], after: state, key: ana, milliseconds: noon, previous: Hash256(raw: .zero)),
            after: state)
        expect(
            .wrongLog,
            try bundle([.record(1)], after: state, key: ana, milliseconds: noon, log: World.log(ana, number: 2)),
            after: state)
        expect(
            .wrongLog,
            try bundle(
                [.record(1)], after: state, key: ana, milliseconds: noon, community: CommunityID(raw: .zero)),
            after: state)
    }

    @Test func `rule 1: a first bundle may name any head`() throws {
        var author = try Author(
            state: LogState(log: World.log(world.founder, number: 2), community: world.charter.id),
            clock: HybridClock(last: .zero), charter: world.charter, key: world.founder,
            firstPrevious: Hash256(raw: try #require(Bytes32(World.bytes32("older head")))))
        let first = try author.present(world.founderPresentation(), wallMilliseconds: noon)
        #expect(first.bundle.header.previous.bytes == World.bytes32("older head"))
    }

    @Test func `rule 2: time increases strictly`() throws {
        let state = try world.member(ana).author.state
        for raw in [state.time.rawValue, state.time.rawValue - 1, 0] {
            let bundle = try Bundle.author(
                [.record(1)], at: HybridTime(rawValue: raw), position: 1, previous: state.head, log: state.log,
                community: state.community, key: ana)
            expect(.timeNotAfter(state.time), bundle, after: state)
        }
        var after = state
        let next = try Bundle.author(
            [.record(1)], at: #require(state.time.next), position: 1, previous: state.head, log: state.log,
            community: state.community, key: ana)
        try after.admit(next, charter: world.charter)
    }

    @Test func `rule 3: a log begins with a present, which is alone`() throws {
        let empty = LogState(log: World.log(world.founder), community: world.charter.id)
        let present = Operation(try world.founderPresentation())
        let grant = Operation(try Grant(subject: ana.publicKey(), role: .observer))
        expect(
            .firstIsNoPresent, try bundle([.record(1)], after: empty, key: world.founder, milliseconds: noon),
            after: empty)
        expect(
            .firstIsNoPresent, try bundle([grant], after: empty, key: world.founder, milliseconds: noon), after: empty)
        for operations in [[present, present], [present, grant], [present, .record(1)]] {
            expect(
                .presentNotAlone, try bundle(operations, after: empty, key: world.founder, milliseconds: noon),
                after: empty)
        }
    }

    @Test func `rule 3: authority travels by itself, 16 at most`() throws {
        let state = try world.founderAuthor().state
        let grant = Operation(try Grant(subject: ana.publicKey(), role: .observer))
        expect(
            .mixedAuthority,
            try bundle([grant, .record(1)], after: state, key: world.founder, milliseconds: noon), after: state)
        let many = [Operation](repeating: grant, count: 17)
        expect(
            .tooManyAuthorityOperations(17),
            try bundle(many, after: state, key: world.founder, milliseconds: noon), after: state)
        var after = state
        try after.admit(
            bundle(Array(many.prefix(16)), after: state, key: world.founder, milliseconds: noon),
            charter: world.charter)
    }

    @Test func `rule 4: a present proves a right of this very author, later than its links`() throws {
        let empty = LogState(log: World.log(ana), community: world.charter.id)
        let founders = Operation(try world.founderPresentation())
        expect(
            .chain(.wrongMember(expected: world.founder.publicKey())),
            try bundle([founders], after: empty, key: ana, milliseconds: noon), after: empty)
        expect(
            .malformedPresentation(.notProtobuf),
            try bundle([Operation(kind: 1, body: [0xFF])], after: empty, key: ana, milliseconds: noon), after: empty)

        let own = LogState(log: World.log(world.founder), community: world.charter.id)
        expect(
            .chain(.presentedTooEarly(lastLink: try #require(HybridTime(milliseconds: World.start)))),
            try bundle([founders], after: own, key: world.founder, milliseconds: World.start), after: own)
    }

    @Test func `rule 4: without a valid right nothing is written but a present`() throws {
        let expires = World.start + World.day
        var (author, _) = try world.member(ana, expires: expires)
        _ = try author.record(wallMilliseconds: expires - 1)
        let state = author.state
        expect(
            .noValidRight, try bundle([.record(1)], after: state, key: ana, milliseconds: expires), after: state)
        #expect(throws: AuthorError.notAuthentic(.noValidRight)) {
            try author.record(wallMilliseconds: expires)
        }

        var founder = try world.founderAuthor()
        let renewed = try founder.grant(
            Grant(subject: ana.publicKey(), role: .treasurer, sources: ["paypal"]),
            wallMilliseconds: expires + World.minute)
        let second = try author.present(
            Presentation(order: world.order, excerpts: [renewed]), wallMilliseconds: expires + 2 * World.minute)
        #expect(second.admission.right == nil)
        let record = try author.write([.record(1)], wallMilliseconds: expires + 2 * World.minute)
        #expect(record.admission.right?.role == .treasurer)
        #expect(author.state.right(at: record.bundle.header.time)?.sources == ["paypal"])
        #expect(
            author.state.right(at: record.bundle.header.time, position: second.bundle.header.position)?.role == nil)
    }

    @Test func `rule 4: a log holds 64 presentations`() throws {
        var author = try world.founderAuthor()
        for _ in 0..<63 { _ = try author.present(world.founderPresentation(), wallMilliseconds: noon) }
        #expect(throws: AuthorError.notAuthentic(.tooManyPresentations)) {
            try author.present(world.founderPresentation(), wallMilliseconds: noon)
        }
        #expect(author.state.rights.count == 64)
        _ = try author.record(wallMilliseconds: noon)
    }

    @Test func `the strongest valid right counts, of equal ones the first`() throws {
        var founder = try world.founderAuthor()
        var (author, _) = try world.member(ana, role: .observer)
        for (role, source) in [(Role.treasurer, "a"), (.ambassador, "b"), (.treasurer, "c")] {
            let excerpt = try founder.grant(
                Grant(subject: ana.publicKey(), role: role, sources: [source]), wallMilliseconds: noon)
            _ = try author.present(Presentation(order: world.order, excerpts: [excerpt]), wallMilliseconds: noon)
        }
        #expect(author.state.right(at: author.clock.last)?.sources == ["a"])
    }

    @Test func `an author writes only in his own log`() throws {
        #expect(throws: AuthorError.notMyLog) {
            try Author(
                state: LogState(log: World.log(ana), community: world.charter.id), clock: HybridClock(last: .zero),
                charter: world.charter, key: world.founder)
        }
    }

    @Test func `a failed write leaves the log as it was`() throws {
        var author = try world.founderAuthor()
        let state = author.state
        #expect(throws: AuthorError.bundle(.operationCount(0))) { try author.write([], wallMilliseconds: noon) }
        #expect(throws: AuthorError.clock(.endOfTime)) { try author.write([.record(1)], wallMilliseconds: .max) }
        #expect(throws: AuthorError.notAuthentic(.mixedAuthority)) {
            try author.write([.record(1), Operation(kind: 9, body: [])], wallMilliseconds: noon)
        }
        #expect(author.state == state)
    }

    @Test func `a body made ahead becomes the bundle that its operations would`() throws {
        let told = Operation.record(3, privatePart: .held(salt: .zero, bytes: [3, 4, 5]))
        var (ahead, first) = try world.member(ana, role: .treasurer)
        let body = try BundleBody([.record(1), told])
        // Where it will stand is not known yet.
        _ = try ahead.write([.record(2)], wallMilliseconds: noon)
        var late = ahead
        let made = try ahead.write(body, wallMilliseconds: noon)
        let written = try late.write([.record(1), told], wallMilliseconds: noon)
        #expect(made.bundle == written.bundle)
        #expect(ahead.state == late.state && first.bundle.header.log == made.bundle.header.log)
        #expect(
            try Bundle(header: made.bundle.header, body: made.bundle.body, signature: nil).operations().last == told)
        #expect(throws: BundleError.operationCount(0)) { try BundleBody([]) }
    }
}
