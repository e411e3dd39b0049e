import AuthorLog
import Identity
import Testing

struct QuotaTests {
    private let ana: SigningKey
    private let third = World.start + 3 * World.minute

    init() throws {
        ana = try World.key("ana")
    }

    private func author(_ operations: UInt64, _ bytes: UInt64) throws -> Author {
        try World().member(ana, quota: Quota(operationsPerDay: operations, bytesPerDay: bytes)).author
    }

    @Test func `a day's worth of operations at once, and not one more`() throws {
        var author = try author(10, 0)
        _ = try author.record(4, wallMilliseconds: third)
        _ = try author.record(6, wallMilliseconds: third)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) { try author.record(wallMilliseconds: third) }
        var other = try self.author(10, 0)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) { try other.record(11, wallMilliseconds: third) }
    }

    @Test func `the bucket fills by the log's own time, to the millisecond`() throws {
        var author = try author(10, 0)
        _ = try author.record(10, wallMilliseconds: third)
        let tenth = World.day / 10
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) {
            try author.record(wallMilliseconds: third + tenth - 1)
        }
        _ = try author.record(wallMilliseconds: third + tenth)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) {
            try author.record(wallMilliseconds: third + tenth)
        }
    }

    @Test func `the burst is one day, however long it was quiet`() throws {
        var author = try author(10, 0)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) {
            try author.record(11, wallMilliseconds: third + 30 * World.day)
        }
        _ = try author.record(10, wallMilliseconds: third + 30 * World.day)
    }

    @Test func `bytes have a bucket of their own, for public parts only`() throws {
        var author = try author(0, 80)
        let salt = Bytes16.zero
        let large = Operation.record(1, privatePart: .held(salt: salt, bytes: [UInt8](repeating: 1, count: 1_000)))
        _ = try author.write([large], wallMilliseconds: third)
        _ = try author.record(9, wallMilliseconds: third)
        #expect(throws: AuthorError.notAuthentic(.overByteQuota)) { try author.record(wallMilliseconds: third) }
        #expect(author.state.allowance(at: author.state.time).bytes == 0)
        #expect(author.state.allowance(at: author.state.time).operations == nil)
    }

    @Test func `an erased private part does not change the quota`() throws {
        var author = try author(100, 1_000)
        let before = author.state
        let held = Operation.record(
            1, privatePart: .held(salt: .zero, bytes: [UInt8](repeating: 1, count: 100)))
        let bundle = try author.write([held], wallMilliseconds: third).bundle
        let erased = try Bundle.author(
            [.record(1, privatePart: .notHeld(inner: held.inner))], at: bundle.header.time, position: 1,
            previous: before.head, log: before.log, community: before.community, key: ana)
        var state = before
        try state.admit(erased, charter: World().charter)
        #expect(state == author.state)
    }

    @Test func `authority is free for stewards, and for nobody else`() throws {
        let quota = Quota(operationsPerDay: 2, bytesPerDay: 0)
        let world = try World(founderQuota: quota)
        var founder = try world.founderAuthor()
        _ = try founder.record(2, wallMilliseconds: third)
        let revoke = Operation(kind: 5, body: [1])
        for _ in 0..<5 { _ = try founder.write([revoke, revoke], wallMilliseconds: third) }
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) { try founder.record(wallMilliseconds: third) }

        var ambassador = try author(2, 0)
        _ = try ambassador.write([revoke, revoke], wallMilliseconds: third)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) {
            try ambassador.write([revoke], wallMilliseconds: third)
        }
    }

    @Test func `a lesser right without a limit does not lift that of the stronger one`() throws {
        let world = try World()
        var founder = try world.founderAuthor()
        var (author, _) = try world.member(ana, quota: Quota(operationsPerDay: 3, bytesPerDay: 0))
        let excerpt = try founder.grant(
            Grant(subject: ana.publicKey(), role: .observer), wallMilliseconds: third)
        _ = try author.present(Presentation(order: world.order, excerpts: [excerpt]), wallMilliseconds: third)
        _ = try author.record(3, wallMilliseconds: third)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) { try author.record(wallMilliseconds: third) }
    }

    @Test func `the most generous right of a role counts, operations and bytes apart`() throws {
        let world = try World()
        var founder = try world.founderAuthor()
        var (author, _) = try world.member(ana, quota: Quota(operationsPerDay: 5, bytesPerDay: 4_000))
        let excerpt = try founder.grant(
            Grant(subject: ana.publicKey(), role: .ambassador, quota: Quota(operationsPerDay: 50, bytesPerDay: 8)),
            wallMilliseconds: third)
        _ = try author.present(Presentation(order: world.order, excerpts: [excerpt]), wallMilliseconds: third)
        // The bucket still holds 5 of the old quota; a day later it holds 50.
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) { try author.record(6, wallMilliseconds: third) }
        _ = try author.record(50, wallMilliseconds: third + World.day)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) {
            try author.record(wallMilliseconds: third + World.day)
        }
    }

    @Test func `a smaller quota cuts the level, and a limit after none begins full`() throws {
        let world = try World()
        var founder = try world.founderAuthor()
        let soon = third + World.day
        var (author, _) = try world.member(ana, quota: .unlimited, expires: soon)
        let excerpt = try founder.grant(
            Grant(
                subject: ana.publicKey(), role: .ambassador, quota: Quota(operationsPerDay: 3, bytesPerDay: 0)),
            wallMilliseconds: third)
        _ = try author.present(Presentation(order: world.order, excerpts: [excerpt]), wallMilliseconds: third)
        _ = try author.record(100, wallMilliseconds: soon - 1)
        _ = try author.record(3, wallMilliseconds: soon)
        #expect(throws: AuthorError.notAuthentic(.overOperationQuota)) { try author.record(wallMilliseconds: soon) }
    }

    @Test func `the greatest quotas and times overflow nothing`() throws {
        var author = try author(.max, .max)
        _ = try author.record(4_096, wallMilliseconds: HybridTime.lastMillisecond)
        _ = try author.record(4_096, wallMilliseconds: HybridTime.lastMillisecond)
        #expect(author.state.length == 8_193)
    }
}
