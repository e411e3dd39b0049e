import Sync
import Testing

@testable import Daemon

struct ArrivalsTests {
    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }

    @Test func `a steady stream has its pace, and none once it has stopped`() {
        var arrivals = Arrivals()
        #expect(arrivals.perSecond(at: at(0)) == 0)
        for step in 1...300 {
            arrivals.changed(arrived: 1_000, waiting: 0, isSettled: false, at: at(UInt64(step) * 100))
        }
        let pace = arrivals.perSecond(at: at(30_000))
        #expect(pace >= 9_800 && pace <= 10_300, "\(pace)")
        // It falls while nothing comes, and is nothing when that has lasted.
        #expect(arrivals.perSecond(at: at(35_000)) < pace * 3 / 4)
        #expect(arrivals.perSecond(at: at(40_100)) == 0)
        // What comes after that begins anew.
        arrivals.changed(arrived: 500, waiting: 0, isSettled: false, at: at(60_000))
        #expect(arrivals.perSecond(at: at(61_000)) == 500)
    }

    @Test func `what waits is what was stored since all was worked in`() {
        var arrivals = Arrivals()
        arrivals.changed(arrived: 10, waiting: 10, isSettled: false, at: at(0))
        arrivals.changed(arrived: 7, waiting: 5, isSettled: false, at: at(1))
        #expect(arrivals.unfolded == 15)
        // Own writes wait, too, where they have to.
        arrivals.changed(arrived: 0, waiting: 1, isSettled: false, at: at(2))
        #expect(arrivals.unfolded == 16)
        arrivals.changed(arrived: 3, waiting: 1, isSettled: true, at: at(3))
        #expect(arrivals.unfolded == 0)
    }

    @Test func `the time to go is told while something is asked for, and comes`() {
        var arrivals = Arrivals()
        #expect(arrivals.secondsLeft(for: 1_000, isComing: true, at: at(0)) == nil)
        for second in 1...5 as ClosedRange<UInt64> {
            arrivals.changed(arrived: 100, waiting: 0, isSettled: true, at: at(second * 1_000))
        }
        #expect(arrivals.secondsLeft(for: 1_000, isComing: true, at: at(6_000)) == 10)
        // The last connection has just ended.
        #expect(arrivals.secondsLeft(for: 1_000, isComing: false, at: at(6_000)) == nil)
        #expect(arrivals.secondsLeft(for: 1_000, isComing: true, at: at(60_000)) == nil)
    }
}
