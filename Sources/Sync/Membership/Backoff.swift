/// Exponential, with full jitter: drawn evenly from 0 to min(60 s, 0.5 s × 2^n).
///
/// Source: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015.
struct Backoff: Equatable, Sendable {
    private(set) var failures = 0

    /// The longest wait that may be drawn now.
    var ceiling: Duration {
        min(Limits.dialBackoffUnit * (1 << min(failures, 16)), Limits.dialBackoffLimit)
    }

    mutating func failed(dice: inout SplitMix64) -> Duration {
        defer { failures = min(failures + 1, 16) }
        return .milliseconds(UInt64.random(in: 0...ceiling.wholeMilliseconds, using: &dice))
    }

    mutating func succeeded() {
        failures = 0
    }
}
