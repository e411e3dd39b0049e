import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct ReconcilerTests {
    /// Two sides that only reconcile.
    private struct Exchange {
        var frontiers: [FrontierTree]
        var dice: SplitMix64
        /// Of each message: the side it came from, its round, its bytes.
        var messages: [(from: Int, round: UInt32, byteCount: Int)] = []
        /// What each side was shown, and in which round.
        var shown: [[(round: UInt32, claim: Claim)]] = [[], []]

        init(_ left: some Sequence<FrontierRow>, _ right: some Sequence<FrontierRow>, seed: UInt64 = 1) {
            frontiers = [FrontierTree(left), FrontierTree(right)]
            dice = SplitMix64(seed: seed)
        }

        mutating func run() throws {
            let salt = dice.next()
            let opening = Reconciler.opening(&frontiers[0], salt: salt)
            var queue = Reconciler.messages(opening, round: 1, salt: salt).map { (from: 0, $0) }
            while !queue.isEmpty {
                let (from, message) = queue.removeFirst()
                let bytes = message.encoded
                guard case .ranges(let ranges) = try Message(decoding: bytes) else { return }
                messages.append((from, ranges.round, bytes.count))
                let to = 1 - from
                let salt = dice.next()
                let answer = Reconciler.answer(ranges, from: &frontiers[to], salt: salt, dice: &dice)
                shown[to] += answer.shown.map { (ranges.round, $0) }
                queue += answer.messages(round: ranges.round + 1, salt: salt).map { (to, $0) }
            }
        }

        /// Logs that the side lacks or has shorter, among those shown, with the length shown; and in which round the last was.
        func wanted(by side: Int) -> (lengths: [LogID: UInt64], round: UInt32) {
            let more = shown[side].filter { $0.claim.length > frontiers[side].row(for: $0.claim.log)?.length ?? 0 }
            let lengths = Dictionary(more.map { ($0.claim.log, $0.claim.length) }) { max($0, $1) }
            return (lengths, more.map(\.round).max() ?? 0)
        }

        /// What the side does lack.
        func lacking(_ side: Int) -> [LogID: UInt64] {
            let rows = frontiers[1 - side].rows().filter {
                $0.length > frontiers[side].row(for: $0.log)?.length ?? 0
            }
            return Dictionary(uniqueKeysWithValues: rows.map { ($0.log, $0.length) })
        }

        var byteCount: Int { messages.reduce(0) { $0 + $1.byteCount } }
    }

    private func rows(_ count: UInt64, length: UInt64 = 10) throws -> [FrontierRow] {
        try (0..<count).map { try .of(madeUpLog($0), length) }
    }

    /// Who begins knows after one round trip what grew elsewhere, and has told what grew here half a trip later.
    @Test(arguments: [(1_000, 100), (10_000, 1_000), (16_000, 1_000)], [0, 1, 2])
    func `what changed among many logs is known after at most three messages`(logs: (Int, Int), where place: Int) throws
    {
        let old = try rows(UInt64(logs.0))
        var both = [old, old]
        for (index, log) in stride(from: 0, to: logs.0, by: logs.0 / logs.1).enumerated() {
            let side = place == 2 ? index % 2 : place
            both[side][log] = try .of(old[log].log, 20)
        }
        var exchange = Exchange(both[0], both[1])
        try exchange.run()
        print(
            "\(logs.1) of \(logs.0) changed at \(place): \(exchange.messages.count) messages, \(exchange.byteCount) B,",
            exchange.messages.map { "\($0.round) \($0.byteCount)" })
        for side in 0...1 {
            let wanted = exchange.wanted(by: side)
            #expect(wanted.lengths == exchange.lacking(side))
            #expect(wanted.round <= (side == 0 ? 2 : 3))
        }
        #expect(exchange.byteCount < 4_500 + 10 * logs.0)
    }

    @Test func `one change among ten thousand logs takes a few kilobytes`() throws {
        let left = try rows(10_000)
        var right = left
        right[77] = try .of(right[77].log, 11)
        var exchange = Exchange(left, right)
        try exchange.run()
        print("10,000 logs, 1 changed: \(exchange.messages.count) messages, \(exchange.byteCount) B")
        #expect(exchange.byteCount < 5_000)
        #expect(exchange.wanted(by: 0).lengths == [right[77].log: 11])
    }

    @Test(arguments: [
        (0, 10_000), (10_000, 0), (5, 10_000), (128, 129), (129, 128), (0, 1), (300, 300), (40_000, 40_000),
    ])
    func `both sides see all they lack`(left: Int, right: Int) throws {
        var exchange = Exchange(try rows(UInt64(left)), try rows(UInt64(right), length: left == 40_000 ? 10 : 12))
        if left == 40_000 { exchange.frontiers[1].set(try .of(madeUpLog(39_999), 11)) }
        try exchange.run()
        print(
            "\(left) and \(right) logs: \(exchange.messages.count) messages, \(exchange.byteCount) B,",
            "largest \(exchange.messages.map(\.byteCount).max() ?? 0) B")
        for side in 0...1 { #expect(exchange.wanted(by: side).lengths == exchange.lacking(side)) }
        #expect(exchange.messages.allSatisfy { $0.byteCount <= Sync.Limits.rangesMessageByteTarget + 1_000 })
    }

    @Test func `random frontiers see all they lack, whoever begins`() throws {
        for seed in UInt64(1)...40 {
            var dice = SplitMix64(seed: seed)
            var both: [[FrontierRow]] = [[], []]
            let differing = Double.random(in: 0...1, using: &dice)
            for log in 0..<UInt64.random(in: 0...3_000, using: &dice) {
                let common = UInt64.random(in: 0...5, using: &dice)
                let isCommon = Double.random(in: 0...1, using: &dice) > differing
                for side in 0...1 {
                    let length = isCommon ? common : UInt64.random(in: 0...5, using: &dice)
                    if length > 0 { both[side].append(try .of(madeUpLog(log), length)) }
                }
            }
            var exchange = Exchange(both[0], both[1], seed: seed)
            try exchange.run()
            for side in 0...1 {
                #expect(exchange.wanted(by: side).lengths == exchange.lacking(side), "seed \(seed)")
            }
            #expect(exchange.messages.allSatisfy { $0.round <= 6 }, "seed \(seed)")
        }
    }

    /// Of 10,000 logs some share 24 bits.
    @Test func `logs that look alike are told as rows`() throws {
        let logs = Dictionary(grouping: (0..<10_000 as Range<UInt64>).map { madeUpLog($0) }) { $0.hash.bytes.prefix(3) }
        let pairs = logs.values.filter { $0.count == 2 }
        let pair = try #require(pairs.first)
        let short = try pair.map { try FrontierRow.of($0, 1) }
        for (left, right) in [
            (short, [short[0], try .of(pair[1], 2)]), ([short[0]], [short[1]]), ([short[0]], short), (short, []),
        ] {
            for both in [[left, right], [right, left]] {
                var exchange = Exchange(both[0], both[1])
                try exchange.run()
                for side in 0...1 { #expect(exchange.wanted(by: side).lengths == exchange.lacking(side)) }
            }
        }
        var same = Exchange(short, short)
        try same.run()
        #expect(same.messages.count == 1)
    }

    @Test func `heads and log ids that look alike with one salt do not with the next`() throws {
        func find(_ make: (UInt64) throws -> FrontierRow, _ look: KeyPath<FrontierFingerprint, UInt16>) throws {
            var seen: [UInt16: FrontierRow] = [:]
            var number: UInt64 = 0
            while true {
                number += 1
                let row = try make(number)
                let fingerprint = FrontierFingerprint(row, depth: 0, salt: 9)
                guard let other = seen.updateValue(row, forKey: fingerprint[keyPath: look]) else { continue }
                let (one, two) = (
                    FrontierFingerprint(row, depth: 0, salt: 10), FrontierFingerprint(other, depth: 0, salt: 10)
                )
                #expect(one[keyPath: look] != two[keyPath: look])
                return
            }
        }
        try find({ try .of(madeUpLog(1), 5, head: madeUpHead($0)) }, \.head)
        try find({ try .of(madeUpLog($0), 5) }, \.log)
    }

    @Test func `a request for everything is answered by a mebibyte, each time by others`() throws {
        var frontier = FrontierTree(try rows(30_000))
        var dice = SplitMix64(seed: 5)
        let requests = [
            FrontierRange(prefix: [], content: .rows([], isAnswer: false)),
            FrontierRange(prefix: [], content: .fingerprints([], isAnswer: false)),
        ]
        for request in requests {
            var seen: Set<LogID> = []
            var tries = 0
            while seen.count < 30_000, tries < 40 {
                tries += 1
                let asked = Ranges(round: 1, ranges: [request], salt: 0)
                let answer = Reconciler.answer(asked, from: &frontier, salt: 1, dice: &dice)
                let messages = answer.messages(round: 2, salt: 1).map(\.encoded)
                #expect(messages.reduce(0) { $0 + $1.count } <= Sync.Limits.replyByteLimit)
                for range in answer.told {
                    if case .rows(let rows, true) = range.content { seen.formUnion(rows.map(\.log)) }
                }
                // What was shown is pulled; the next request is for the rest, which is cut at another place.
            }
            print("30,000 logs: all shown in \(tries) requests")
            #expect(seen.count == 30_000)
        }
    }

    /// All that a message may hold of each kind, and none of it true.
    @Test func `the largest message of each kind is answered in a moment, and by a mebibyte`() throws {
        var frontier = FrontierTree(try rows(10_000))
        _ = frontier.node(at: [])
        var dice = SplitMix64(seed: 1)
        let nibbles = (0 as UInt8)..<16
        let places = nibbles.flatMap { a in nibbles.flatMap { b in nibbles.map { c in [a, b, c] } } }
        let soup = (0..<UInt32(Sync.Limits.fingerprintsPerMessage)).map { _ in
            FrontierFingerprint(
                id: UInt32.random(in: 0..<1 << 24, using: &dice), length: UInt64.random(in: 1...20, using: &dice),
                log: UInt16.random(in: 0...(.max), using: &dice), head: UInt16.random(in: 0...(.max), using: &dice))
        }.sorted { $0.id < $1.id }
        let lies = try rows(4_000, length: 99).sorted { $0.log.hash < $1.log.hash }
        let kinds: [(String, [FrontierRange])] = [
            (
                "4,096 hashes",
                places.prefix(256).map {
                    FrontierRange(prefix: $0, content: .hashes(Array(repeating: .zero, count: 16)))
                }
            ),
            ("4,096 places", places.map { FrontierRange(prefix: $0, content: .fingerprints([], isAnswer: false)) }),
            ("4,096 questions", places.map { FrontierRange(prefix: $0, content: .rows([], isAnswer: false)) }),
            ("fingerprints", [FrontierRange(prefix: [], content: .fingerprints(soup, isAnswer: false))]),
            ("rows", [FrontierRange(prefix: [], content: .rows(lies, isAnswer: false))]),
        ]
        for (name, ranges) in kinds {
            let bytes = Message.ranges(Ranges(round: 3, ranges: ranges, salt: 7)).encoded
            let clock = ContinuousClock()
            var work = 0
            var byteCount = 0
            let took = try clock.measure {
                guard case .ranges(let ranges) = try Message(decoding: bytes) else { return }
                let answer = Reconciler.answer(ranges, from: &frontier, salt: 1, dice: &dice)
                work = answer.work
                for message in answer.messages(round: 4, salt: 1).map(\.encoded) {
                    byteCount += message.count
                    #expect(message.count <= Sync.Limits.messageByteLimit)
                }
            }
            print("\(name), \(bytes.count) B: \(took), \(work) units of work, \(byteCount) B in return")
            #expect(work > 0 && work <= Sync.Limits.workBurst / 2)
            #expect(byteCount <= Sync.Limits.replyByteLimit)
        }
    }

    @Test func `rows that differ in their fork only are nothing to pull`() throws {
        let log = madeUpLog(1)
        let forked = try FrontierRow(log: log, length: 10, head: madeUpHead(10), forkedAt: 10)
        var exchange = Exchange([try .of(log, 10)], [forked])
        try exchange.run()
        #expect(exchange.shown[0].isEmpty && exchange.shown[1].isEmpty)
    }

    @Test func `equal frontiers say nothing`() throws {
        for count in [100, 1_000] as [UInt64] {
            var exchange = Exchange(try rows(count), try rows(count))
            try exchange.run()
            #expect(exchange.messages.count == 1)
        }
    }
}
