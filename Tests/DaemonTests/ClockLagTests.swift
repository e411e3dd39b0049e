import AuthorLog
import Identity
import Testing

@testable import Daemon
@testable import Storage

struct ClockLagTests {
    @Test func `the clock lags while anything in the record is dated ahead of it`() async throws {
        try await CommandsCommunity.with { node in
            let wall = node.wallMilliseconds
            await node.hear(of: wall + NodeLimits.noticedClockLagMilliseconds + 5_000)
            #expect(await node.notices.clockLags)
            // Older news, and none, make no clock right.
            await node.hear(of: wall - 1_000)
            await node.changed(Changes())
            #expect(await node.notices.clockLags)
        }
        try await CommandsCommunity.with { node in
            await node.hear(of: node.wallMilliseconds + NodeLimits.noticedClockLagMilliseconds / 2)
            #expect(await !node.notices.clockLags)
        }
    }
}

extension Node {
    /// That some log has grown, and when its last bundle was dated.
    fileprivate func hear(of milliseconds: UInt64) {
        let log = LogID(member: member, incarnation: Incarnation(number: 78, random: 7))
        guard let time = HybridTime(milliseconds: milliseconds),
            let row = try? FrontierRow(log: log, length: 1, head: Hash256(raw: .zero))
        else {
            Issue.record("not a time of this millennium: \(milliseconds)")
            return
        }
        let growth = Growth(
            log: log, operationCount: 1, heldTo: BranchPoint(length: 1, head: Hash256(raw: .zero)), row: row, run: nil,
            source: nil, time: time, bearsAuthority: false,
            presentation: nil)
        changed(Changes(growths: [growth]))
    }
}
