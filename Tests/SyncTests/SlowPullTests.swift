import AuthorLog
import Identity
import Testing

@testable import Sync

/// Our side of one pull, by itself: how long a peer may take.
@Suite struct SlowPullTests {
    private let log = madeUpLog(1)
    private let frontier = FrontierTree()

    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }

    private func begun() -> Pulling {
        var pulling = Pulling()
        _ = pulling.start([Want(log: log, from: 0, head: Hash256(raw: .zero), to: 1_000_000)], at: at(0))
        return pulling
    }

    /// A part every so often, answered as long after; until he is given up, or for `duration`.
    ///
    /// - Returns: When he was.
    private func givenUp(
        every period: UInt64, of byteCount: Int, _ outcome: IngestOutcome, answeredAfter delay: UInt64 = 0,
        within duration: UInt64
    ) -> UInt64? {
        var pulling = begun()
        var answers: [UInt64] = []
        for now in stride(from: 0, through: duration, by: 10) {
            while let due = answers.first, due <= now {
                answers.removeFirst()
                _ = pulling.ingested(outcome, of: log, byteCount: byteCount, pull: 1, at: at(now))
            }
            if pulling.stalled(frontier, at: at(now)) != nil { return now }
            if now > 0, now % period == 0 {
                guard pulling.received(part: byteCount, of: log, pull: 1, at: at(now)) == .ingest else { return nil }
                answers.append(now + delay)
            }
        }
        return nil
    }

    @Test(arguments: [7_000, 1_000, 10] as [UInt64])
    func `what is held already buys no time, however often it comes`(period: UInt64) {
        #expect(givenUp(every: period, of: 368, .alreadyHeld, answeredAfter: 20, within: 60_000) == 10_000)
    }

    @Test func `who drips what is new is given up, too`() throws {
        let given = try #require(givenUp(every: 7_000, of: 368, .appended, within: 120_000))
        #expect((10_000...12_000).contains(given))
    }

    @Test func `who brings as much as the slowest link is waited for`() {
        #expect(givenUp(every: 1_000, of: Sync.Limits.slowestPullBytesPerSecond, .appended, within: 600_000) == nil)
    }

    @Test func `who was fast and falls silent is given up after ten seconds`() {
        var pulling = begun()
        for second in 1...5 as ClosedRange<UInt64> {
            _ = pulling.received(part: 262_144, of: log, pull: 1, at: at(second * 1_000))
            _ = pulling.ingested(.queued, of: log, byteCount: 262_144, pull: 1, at: at(second * 1_000))
        }
        #expect(pulling.stalled(frontier, at: at(14_990)) == nil)
        #expect(pulling.deadline == at(15_000))
        #expect(pulling.stalled(frontier, at: at(15_000)) != nil)
    }

    @Test func `what our own disk takes is no time of his`() {
        #expect(givenUp(every: 31_000, of: 65_536, .appended, answeredAfter: 30_000, within: 10_000) == 10_000)
        var pulling = begun()
        _ = pulling.received(part: 65_536, of: log, pull: 1, at: at(1_000))
        #expect(pulling.stalled(frontier, at: at(60_000)) == nil)
        _ = pulling.ingested(.appended, of: log, byteCount: 65_536, pull: 1, at: at(61_000))
        #expect(pulling.stalled(frontier, at: at(69_000)) == nil)
    }
}
