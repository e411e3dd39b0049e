import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct ServingTests {
    private let log = madeUpLog(1)

    private func pull(_ id: UInt32, credit: UInt64, to: UInt64 = 10) -> Pull {
        Pull(id: id, wants: [Want(log: log, from: 0, head: madeUpHead(0), to: to)], credit: credit)
    }

    private func part(_ byteCount: Int, end: UInt64) -> ReadOutcome {
        .part([UInt8](repeating: 0, count: byteCount), end: end, head: madeUpHead(end))
    }

    @Test func `never more bytes than the credit, and one read at a time`() throws {
        var serving = Serving()
        serving.start(pull(1, credit: 1_000))
        guard case .read(let read) = serving.next() else {
            Issue.record("no read")
            return
        }
        #expect(read.byteLimit == 1_000 && read.from == 0)
        #expect(serving.next() == .wait)
        serving.read(part(1_500, end: 5), pull: 1)  // one entry, larger than the credit
        #expect(serving.next() == .wait)
        serving.credit(499, pull: 1)
        #expect(serving.next() == .wait)
        serving.credit(1, pull: 1)
        #expect(serving.next() == .send(.run(pull: 1, [UInt8](repeating: 0, count: 1_500))))
        #expect(serving.next() == .wait)
        serving.credit(.max, pull: 1)
        guard case .read(let next) = serving.next() else {
            Issue.record("no second read")
            return
        }
        #expect(next.byteLimit == Sync.Limits.runPartByteLimit && next.from == 5 && next.head == madeUpHead(5))
        serving.read(part(100, end: 12), pull: 1)
        #expect(serving.next() == .send(.run(pull: 1, [UInt8](repeating: 0, count: 100))))
        #expect(serving.next() == .served(log, length: 12, head: madeUpHead(12)))
        #expect(serving.next() == .send(.pullDone(1, unserved: [])))
        #expect(serving.next() == .wait)
    }

    @Test func `however much credit is given, no more is sent than is given at most`() {
        var serving = Serving()
        serving.start(pull(1, credit: .max, to: 1_000))
        serving.credit(.max, pull: 1)
        var sent = 0
        var position: UInt64 = 0
        while case .read(let read) = serving.next() {
            position += 1
            serving.read(part(read.byteLimit, end: position), pull: 1)
            guard case .send(.run(_, let bytes)) = serving.next() else { break }
            sent += bytes.count
        }
        #expect(sent == Sync.Limits.servingCreditByteLimit)
    }

    @Test func `a new pull replaces the old, whose read is awaited and dropped`() {
        var serving = Serving()
        serving.start(pull(1, credit: 1_000))
        _ = serving.next()
        serving.start(pull(2, credit: 1_000))
        #expect(serving.next() == .wait)
        serving.read(part(10, end: 10), pull: 1)
        guard case .read(let read) = serving.next() else {
            Issue.record("no read")
            return
        }
        #expect(read.pull == 2)
    }

    @Test func `what is not held, or on another branch, is said with its reason`() {
        var serving = Serving()
        serving.start(pull(1, credit: 1_000))
        _ = serving.next()
        serving.read(.anotherBranch(length: 4), pull: 1)
        let unserved = Unserved(log: log, reason: .anotherBranch, length: 4)
        #expect(serving.next() == .send(.pullDone(1, unserved: [unserved])))
        serving.start(pull(2, credit: 1_000))
        _ = serving.next()
        serving.read(part(10, end: 6), pull: 2)
        _ = serving.next()
        _ = serving.next()
        serving.read(.notHeld, pull: 2)
        #expect(
            serving.next() == .send(.pullDone(2, unserved: [Unserved(log: log, reason: .notHeld, length: 6)])))
    }
}

@Suite struct PullingTests {
    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }
    private let want = Want(log: madeUpLog(1), from: 0, head: madeUpHead(0), to: 10)

    @Test func `more bytes than credit are refused`() {
        var pulling = Pulling()
        let pull = pulling.start([want], at: at(0))
        let all = Int(pull.credit)
        #expect(pulling.received(part: all, of: want.log, pull: 1, at: at(1)) == .ingest)
        let more = pulling.received(part: 1, of: want.log, pull: 1, at: at(1))
        #expect(more == .refuse(Goodbye(.limit, "more bytes than credit")))
        #expect(pulling.ingested(.queued, of: want.log, byteCount: all, pull: 1, at: at(2)) == all)
    }

    @Test func `what is queued is waited for until it is durable`() throws {
        var pulling = Pulling()
        _ = pulling.start([want], at: at(0))
        _ = pulling.received(part: 100, of: want.log, pull: 1, at: at(1))
        #expect(pulling.done(pull: 1, unserved: [], at: at(2)) == true)
        #expect(pulling.finish(FrontierTree(), at: at(3)) == nil)
        #expect(pulling.ingested(.queued, of: want.log, byteCount: 100, pull: 1, at: at(4)) == nil)
        #expect(pulling.finish(FrontierTree(), at: at(5)) == nil)
        let frontier = FrontierTree([try .of(want.log, 10)])
        #expect(pulling.finish(frontier, at: at(6)) == Pulling.Result(logs: [want.log], fruitless: []))
        #expect(pulling.mayStart(at: at(6)))
    }

    @Test func `a peer who brings nothing rests, each time longer`() {
        var pulling = Pulling()
        var now: UInt64 = 0
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] as [UInt64] {
            let pull = pulling.start([want], at: at(now))
            #expect(pulling.done(pull: pull.id, unserved: [], at: at(now)) == true)
            #expect(pulling.finish(FrontierTree(), at: at(now))?.fruitless == [want.log])
            #expect(!pulling.mayStart(at: at(now + wait * 1_000 - 1)))
            now += wait * 1_000
            #expect(pulling.mayStart(at: at(now)))
        }
    }
}
