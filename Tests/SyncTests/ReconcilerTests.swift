import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct ReconcilerTests {
    /// Two sides that only reconcile.
    private struct Exchange {
        var frontiers: [FrontierTree]
        var dice = SplitMix64(seed: 1)
        /// Of each message: the side it came from, its round, its bytes.
        var messages: [(from: Int, round: UInt32, byteCount: Int)] = []
        /// What each side was shown.
        var shown: [[FrontierRow]] = [[], []]

        init(_ left: some Sequence<FrontierRow>, _ right: some Sequence<FrontierRow>) {
            frontiers = [FrontierTree(left), FrontierTree(right)]
        }

        mutating func run() throws {
            var queue = Reconciler.messages(Reconciler.opening(&frontiers[0]), round: 1).map { (from: 0, $0) }
            while !queue.isEmpty {
                let (from, message) = queue.removeFirst()
                let bytes = message.encoded
                guard case .ranges(let ranges) = try Message(decoding: bytes) else { return }
                messages.append((from, ranges.round, bytes.count))
                let to = 1 - from
                let answer = Reconciler.answer(ranges.ranges, from: &frontiers[to], dice: &dice)
                shown[to] += answer.shown
                queue += Reconciler.messages(answer.ranges, round: ranges.round + 1).map { (to, $0) }
            }
        }

        /// Rows the side lacks or has shorter, among those shown.
        func wanted(by side: Int) -> Set<FrontierRow> {
            Set(shown[side].filter { $0.length > frontiers[side].row(for: $0.log)?.length ?? 0 })
        }

        var byteCount: Int { messages.reduce(0) { $0 + $1.byteCount } }
    }

    private func rows(_ count: UInt64, length: UInt64 = 10) throws -> [FrontierRow] {
        try (0..<count).map { try .of(madeUpLog($0), length) }
    }

    @Test func `a thousand changes among ten thousand logs take at most three round trips`() throws {
        let left = try rows(10_000)
        let right = try left.enumerated().map { index, row in index % 10 == 0 ? try .of(row.log, 20) : row }
        var exchange = Exchange(left, right)
        try exchange.run()
        let rounds = exchange.messages.map(\.round).max() ?? 0
        print(
            "10,000 logs, 1,000 changed: \(rounds) rounds, \(exchange.messages.count) messages,", exchange.byteCount,
            "B")
        #expect(rounds <= 6)
        #expect(exchange.wanted(by: 0).count == 1_000)
        #expect(exchange.byteCount < 700_000)
        #expect(exchange.messages.allSatisfy { $0.byteCount <= Sync.Limits.messageByteLimit })
    }

    @Test func `one change among ten thousand logs takes a few kilobytes`() throws {
        let left = try rows(10_000)
        var right = left
        right[77] = try .of(right[77].log, 11)
        var exchange = Exchange(left, right)
        try exchange.run()
        print("10,000 logs, 1 changed: \(exchange.messages.count) messages, \(exchange.byteCount) B")
        #expect(exchange.byteCount < 5_000)
        #expect(exchange.wanted(by: 0) == [right[77]])
    }

    @Test(arguments: [(0, 10_000), (10_000, 0), (5, 10_000), (16, 17), (17, 16), (0, 1), (300, 300)])
    func `both sides see all they lack`(left: Int, right: Int) throws {
        let left = try rows(UInt64(left))
        let right = try rows(UInt64(right), length: 12).map { row in try FrontierRow.of(row.log, row.length) }
        var exchange = Exchange(left, right)
        try exchange.run()
        print(
            "\(left.count) and \(right.count) logs: \(exchange.messages.count) messages, \(exchange.byteCount) B,",
            "largest \(exchange.messages.map(\.byteCount).max() ?? 0) B")
        #expect(exchange.wanted(by: 0) == Set(right))
        let lacking = left.filter { row in !right.contains { $0.log == row.log } }
        #expect(exchange.wanted(by: 1).isSuperset(of: lacking))
        #expect(exchange.messages.allSatisfy { $0.byteCount <= Sync.Limits.rangesMessageByteTarget + 1_000 })
    }

    @Test func `a request for everything is answered by a mebibyte, each time by others`() throws {
        var frontier = FrontierTree(try rows(30_000))
        var dice = SplitMix64(seed: 5)
        let request = [FrontierRange(prefix: [], content: .rows([], isAnswer: false))]
        var seen: Set<LogID> = []
        var tries = 0
        while seen.count < 30_000, tries < 40 {
            tries += 1
            let answer = Reconciler.answer(request, from: &frontier, dice: &dice)
            let messages = Reconciler.messages(answer.ranges, round: 2).map(\.encoded)
            #expect(messages.reduce(0) { $0 + $1.count } <= Sync.Limits.replyByteLimit)
            for range in answer.ranges {
                if case .rows(let rows, true) = range.content { seen.formUnion(rows.map(\.log)) }
            }
            // What was shown is pulled; the next request is for the rest, which is cut at another place.
        }
        print("30,000 logs: all shown in \(tries) requests")
        #expect(seen.count == 30_000)
    }

    @Test func `four thousand ranges are answered in a moment`() throws {
        var frontier = FrontierTree(try rows(10_000))
        _ = frontier.node(at: [])
        var dice = SplitMix64(seed: 1)
        let nibbles = (0 as UInt8)..<16
        let prefixes = nibbles.flatMap { a in nibbles.flatMap { b in nibbles.map { c in [a, b, c] } } }
        let ranges = prefixes.map { FrontierRange(prefix: $0, content: .hash(.zero)) }
        let bytes = Message.ranges(Ranges(round: 3, ranges: ranges)).encoded
        let clock = ContinuousClock()
        var work = 0
        let took = try clock.measure {
            guard case .ranges(let ranges) = try Message(decoding: bytes) else { return }
            work = Reconciler.answer(ranges.ranges, from: &frontier, dice: &dice).work
        }
        print("4,096 ranges: \(took), \(work) units of work")
        #expect(work <= Sync.Limits.workBurst)
    }

    @Test func `rows that differ in their fork only are told, but nobody wants them`() throws {
        let log = madeUpLog(1)
        let forked = try FrontierRow(log: log, length: 10, head: madeUpHead(10), forkedAt: 10)
        var exchange = Exchange([try .of(log, 10)], [forked])
        try exchange.run()
        #expect(exchange.shown[0] == [forked])
        #expect(exchange.wanted(by: 0).isEmpty)
    }

    @Test func `equal frontiers say nothing`() throws {
        var exchange = Exchange(try rows(100), try rows(100))
        try exchange.run()
        #expect(exchange.messages.count == 1)
    }
}
