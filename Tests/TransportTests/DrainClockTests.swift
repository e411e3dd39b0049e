import NIOCore
import Testing

@testable import Transport

struct DrainClockTests {
    private let clock: DrainClock

    init() {
        var limits = TransportLimits()
        (limits.outboundByteLimit, limits.drainByteCount, limits.drainDeadline) = (1_000, 100, .seconds(30))
        clock = DrainClock(limits: limits)
    }

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000) + .seconds(seconds) }

    @Test func `a queue is watched from when it is over its limit until it is empty`() {
        var clock = clock
        clock.changed(queued: 1_000, at: at(0))
        #expect(clock.due == nil)
        clock.changed(queued: 1_001, at: at(1))
        #expect(clock.due == at(31))
        clock.changed(queued: 950, drained: 51, at: at(2))
        #expect(clock.due == at(31))
        clock.changed(queued: 0, drained: 950, at: at(3))
        #expect(clock.due == nil)
    }

    @Test func `drips buy no time, what a slow link takes does`() {
        var clock = clock
        clock.changed(queued: 2_000, at: at(0))
        for second in 1...9 as ClosedRange<Int64> {
            // Below the limit, and above it again.
            clock.changed(queued: 999, drained: 11, at: at(second))
            clock.changed(queued: 2_000, at: at(second))
            #expect(clock.due == at(30))
        }
        clock.changed(queued: 1_999, drained: 1, at: at(29))
        #expect(clock.due == at(59))
    }
}
