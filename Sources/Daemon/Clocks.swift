package import Sync
import Glibc

/// The two clocks of a node: wall time for what people read and what expires, a steady one for waiting.
package struct Clocks: Sendable {
    private let start = ContinuousClock.now

    package init() {}

    /// Unix milliseconds.
    package var wallMilliseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) * 1_000 + UInt64(clamping: time.tv_nsec) / 1_000_000
    }

    /// Since this value was made; runs only forward, also while the machine sleeps.
    package var instant: Instant {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Instant(
            milliseconds: UInt64(clamping: seconds) * 1_000 + UInt64(clamping: attoseconds / 1_000_000_000_000_000))
    }
}
