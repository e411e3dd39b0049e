import API
import AuthorLog
import Community
import Identity
import Storage
import Synchronization
import Testing

@testable import Daemon

/// Parts of one file, the next one here before the one in front of it is stored.
struct ImportRunTests {
    private func send(
        _ kind: RecordKind, _ text: String, _ part: Int, of run: String = "run", to node: Node
    ) async throws -> ImportPart {
        try await node.answer(
            importing: kind, part: Array(text.utf8), header: kind.columns.joined(separator: ","), firstLine: 2,
            place: ImportPlace(run: run, part: part))
    }

    /// All at once, the last one first.
    private func together(
        _ kind: RecordKind, _ parts: [String], of run: String = "run", to node: Node
    ) async -> [Result<ImportPart, any Error>] {
        await withTaskGroup(of: (Int, Result<ImportPart, any Error>).self) { group in
            for (number, text) in parts.enumerated().reversed() {
                group.addTask {
                    do {
                        return (number, .success(try await send(kind, text, number, of: run, to: node)))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private func pledge(_ number: Int, _ amount: String) -> String {
        "g-\(number),p\(number % 7),\(amount),USD,2014-02-06T12:30:00Z,paid,\n"
    }

    @Test func `parts are planned by what the parts before them say, stored or not`() async throws {
        try await CommandsCommunity.with { node in
            // Each pledge is in two parts, with another amount; and the same row comes again.
            let parts = (0..<12).map { part in
                (0..<40).map { pledge($0 + part * 20, "\(1 + part).00") }.joined() + pledge(part * 20, "\(1 + part).00")
            }
            let answers = try await together(.pledges, parts, to: node).map { try $0.get() }
            #expect(answers.map(\.rows) == [Int](repeating: 41, count: 12))
            #expect(answers.map(\.applied) == [Int](repeating: 40, count: 12))
            #expect(answers.map(\.unchanged) == [Int](repeating: 1, count: 12))
            let updates = try await node.store.recordFigures().updates
            let totals = try await node.answer(GetTotals())
            #expect(totals.pledges == 13 * 20)
            // The later part wins: twenty of each amount, and of the last one forty.
            let expected = (1...12).reduce(0) { $0 + $1 * 100 * 20 } + 12 * 100 * 20
            #expect(totals.money.map(\.paidMinor) == [Int64(expected)])
            // What was compared with a plan has told each name once.
            let again = try await together(.pledges, Array(parts.suffix(1)), of: "again", to: node).map { try $0.get() }
            #expect(again.map(\.unchanged) == [41])
            #expect(try await node.store.recordFigures().updates == updates)
            #expect(try await node.answer(VerifyRecord()).ok)
        }
    }

    @Test func `a code of a part before is taken, and claims and persons are known`() async throws {
        try await CommandsCommunity.with { node in
            let owners = (0..<3).map { "ana\($0),SUNNY,2014-01-0\($0 + 1)T00:00:00Z\n" }
            let answers = try await together(.ambassadors, owners, to: node).map { try $0.get() }
            #expect(answers.map(\.applied) == [1, 0, 0])
            #expect(answers.map { $0.rejected.map(\.column) } == [[], ["code"], ["code"]])
            let row = "cai,2014-02-06T12:00:00Z,sunny\n"
            let backers = await together(
                .backers, [row, row, "cai,2014-02-06T12:00:00Z,\n"], of: "backers", to: node)
            #expect(try backers.map { try $0.get().applied } == [1, 0, 0])
            #expect(try await node.answer(GetTotals()).attributedBackers == 1)
        }
    }

    @Test func `nothing behind a part that is not stored is stored`() async throws {
        try await CommandsCommunity.with { node in
            let large = String(repeating: "x", count: API.Limits.importPartBytes + 1)
            let parts = [pledge(1, "1.00"), large, pledge(2, "1.00"), pledge(3, "1.00")]
            let answers = await together(.pledges, parts, to: node)
            #expect(try answers[0].get().applied == 1)
            for answer in answers.dropFirst() {
                #expect(throws: Failure.self) { try answer.get() }
            }
            #expect(try await node.answer(GetTotals()).pledges == 1)
            #expect(!node.imports.isBusy)
            // Another run is not held up, and knows what is stored.
            let again = try await send(.pledges, pledge(1, "1.00") + pledge(2, "1.00"), 0, of: "another", to: node)
            #expect(again.applied == 1 && again.unchanged == 1)
        }
    }

    @Test func `a part that comes twice, or again after others, is refused`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await send(.pledges, pledge(1, "1.00"), 0, to: node)
            _ = try await send(.pledges, pledge(2, "1.00"), 1, to: node)
            for part in [0, 1] {
                let failure = await #expect(throws: Failure.self) {
                    try await send(.pledges, pledge(3, "1.00"), part, to: node)
                }
                #expect(failure?.code == .request)
            }
            #expect(try await node.answer(GetTotals()).pledges == 2)
        }
    }

    @Test func `commands between parts see all that was stored, and parts see what they wrote`() async throws {
        try await CommandsCommunity.with { node in
            async let answers = together(.pledges, (0..<20).map { pledge($0 % 4, "\($0 + 1).00") }, to: node)
            for number in 0..<10 {
                _ = try await node.answer(AddPledge(backer: nil, amount: "1.00", external: "h-\(number)"))
            }
            #expect(try await answers.map { try $0.get().applied } == [Int](repeating: 1, count: 20))
            #expect(try await node.answer(GetTotals()).pledges == 14)
            #expect(
                try await node.answer(GetTotals()).money.map(\.pledgedMinor) == [1_000 + 1_700 + 1_800 + 1_900 + 2_000])
            #expect(try await node.answer(VerifyRecord()).ok)
        }
    }

    @Test func `a third part waits until the first one's turn is over, and then takes its own beside the second's`()
        async
    {
        let turn = Turn()
        let steps = (0..<3).map { _ in ImportStep() }
        for (number, step) in steps.enumerated().dropFirst() { step.follow(steps[number - 1]) }
        let events = Events()
        let first = Held(), second = Held(), third = Held()
        await withTaskGroup(of: Void.self) { group in
            for (number, held) in [first, second, third].enumerated() {
                group.addTask {
                    let previous = number == 0 ? nil : steps[number - 1]
                    await previous?.isNext()
                    try? await turn.take(beside: await previous?.hold) { hold, isBeside in
                        events.add("\(number) \(isBeside ? "beside" : "alone")")
                        steps[number].begin(hold)
                        await held.isOver()
                    }
                    steps[number].leave()
                }
            }
            while await turn.heldCount < 2 { await Task.yield() }
            for _ in 0..<200 { await Task.yield() }
            // Whoever waited in the queue would come when everybody is done.
            #expect(await turn.waitingCount == 0)
            first.end()
            for _ in 0..<10_000 where events.all.count < 3 { await Task.yield() }
            second.end()
            third.end()
        }
        #expect(events.all == ["0 alone", "1 beside", "2 beside"])
    }

    @Test func `a part of more rows than a bundle holds goes into several, and each name is told`() async throws {
        try await CommandsCommunity.with { node in
            let rows = AuthorLog.Limits.bundleOperationLimit + 10
            let text = (0..<rows).map { pledge($0, "1.00") }.joined()
            // The first write also presents the member's right.
            _ = try await send(.backers, "p0,2014-02-06T12:00:00Z,\n", 0, of: "first", to: node)
            let before = try await node.store.recordFigures()
            #expect(try await send(.pledges, text, 0, to: node).applied == rows)
            let after = try await node.store.recordFigures()
            #expect(after.updates - before.updates == UInt64(rows))
            #expect(try await node.answer(GetTotals()).pledges == rows)
            #expect(try await send(.pledges, text, 0, of: "again", to: node).unchanged == rows)
            #expect(try await node.answer(VerifyRecord()).ok)
        }
    }
}

/// A turn that lasts until it is told to end.
private final class Held: Sendable {
    private let hasEnded = Mutex(false)

    func end() { hasEnded.withLock { $0 = true } }
    func isOver() async { while !hasEnded.withLock({ $0 }) { await Task.yield() } }
}

private final class Events: Sendable {
    private let list = Mutex<[String]>([])

    var all: [String] { list.withLock { $0 } }
    func add(_ event: String) { list.withLock { $0.append(event) } }
}
