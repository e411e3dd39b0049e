import API
import AuthorLog
import Community
import Identity
import Storage
import Synchronization
import Testing

@testable import Daemon

private final class Queued: Sendable {
    let count = Mutex(0)
}

/// Writes of many callers at once.
struct NodeWritesTests {
    @Test func `pledges of many clients share bundles, and each is there when it is acknowledged`() async throws {
        try await CommandsCommunity.with { node in
            let count = 64
            let answers = try await withThrowingTaskGroup { group in
                for number in 0..<count {
                    group.addTask {
                        let external = number.isMultiple(of: 2) ? "p\(number)" : nil
                        let name = try await node.answer(AddPledge(backer: nil, amount: "12.50", external: external))
                            .pledge
                        #expect(try await node.answer(ShowPledge(PledgeReference(name))).pledge == name)
                        return name
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers).count == count)
            #expect(answers.filter { $0.hasPrefix("p") }.count == count / 2)
            #expect(try await node.answer(GetTotals()).pledges == count)
            #expect(try await node.answer(VerifyRecord()).ok)
        }
    }

    @Test func `who can share bundles does, who asks for a bundle has it alone, and a write too large fails alone`()
        async throws
    {
        try await CommandsCommunity.with { node in
            let large = Operation(publicPart: [UInt8](repeating: 0, count: AuthorLog.Limits.operationByteLimit + 1))
            let small = try (0..<40).map { try Self.pledge($0, of: node) }
            let results = await node.writtenTogether(
                small.map { ([$0], true) } + [([large], true)] + small.prefix(2).map { ([$0], false) })
            let shared = try results.prefix(40).map { try $0.get() }
            #expect(Set(shared.flatMap { $0.map(\.id) }).count == 40, "the large one leaves each its own signature")
            let failure = #expect(throws: Failure.self) { try results[40].get() }
            #expect(failure?.code == .tooLarge)
            for alone in results.suffix(2) {
                #expect(try alone.get().map(\.operationCount) == [1])
            }
            let again = try await node.writtenTogether(small.map { ([$0], true) }).map { try $0.get() }
            #expect(Set(again.flatMap { $0.map(\.id) }).count == 1)
            #expect(again[0].map(\.operationCount) == [40])
            #expect(try await node.answer(GetTotals()).pledges == 40)
            #expect(try await node.answer(VerifyRecord()).ok)
        }
    }

    @Test func `what comes while a write is stored is not forgotten`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddPledge(backer: nil, amount: "1"))
            try await node.hearWhileStoring()
        }
    }

    private static func pledge(_ number: Int, of node: Node) throws -> Operation {
        var record = Record()
        let id = node.store.rules.pseudonyms.pledge(source: "test", externalID: "\(number)")
        record.source = "test"
        record.pledge = Record.Pledge(id: id)
        record.pledge?.amount = try Amount(argument: "5", currency: node.store.rules.currency)
        return Operation(publicPart: record.encoded(currency: node.store.rules.currency))
    }
}

extension Node {
    /// One batch: all of them wait before the first is taken.
    fileprivate func writtenTogether(
        _ writes: [(operations: [Operation], sharesBundle: Bool)]
    ) async -> [Result<[Bundle], any Error>] {
        let queued = Queued()
        let calls = writes.map { write in
            Task { () -> Result<[Bundle], any Error> in
                do {
                    return .success(
                        try await withCheckedThrowingContinuation { answer in
                            writeQueue.append(
                                PendingWrite(
                                    operations: write.operations, folded: nil, sharesBundle: write.sharesBundle,
                                    answer: answer))
                            queued.count.withLock { $0 += 1 }
                        })
                } catch {
                    return .failure(error)
                }
            }
        }
        while queued.count.withLock({ $0 }) < writes.count { await Task.yield() }
        wake(.writes)
        var results: [Result<[Bundle], any Error>] = []
        for call in calls { results.append(await call.value) }
        return results
    }

    /// Plays a commit on a copy of the own log, with peers heard in its middle.
    fileprivate func hearWhileStoring() throws {
        let wall = wallMilliseconds
        let later = HybridTime(rawValue: (wall + 30_000) << 16)
        var log = ownLog
        var author = try log.author(wallMilliseconds: wall).author
        _ = try author.write([Operation(publicPart: [0x0A])], wallMilliseconds: wall)
        log.observe(later, wallMilliseconds: wall)
        try log.committed(author)
        #expect(log.incarnation == author.state.log.incarnation.number)
        #expect(try log.author(wallMilliseconds: wall).author.clock.last > later)

        let elsewhere = BranchPoint(length: author.state.length + 9, head: author.state.head)
        author = try log.author(wallMilliseconds: wall).author
        log.seenElsewhere(author.state.log, elsewhere)
        try log.committed(author)
        #expect(log.incarnation == nil, "it would fork")
        #expect(log.doubt == .headElsewhere(length: elsewhere.length))
        let (next, opening) = try log.author(wallMilliseconds: wall)
        #expect(next.state.log.incarnation.number == author.state.log.incarnation.number + 1)
        #expect(opening.count == 1)
    }
}
