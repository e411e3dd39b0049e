/// What an author may still write: one day's worth at most, filled by the log's own time.
///
/// The level is in units times milliseconds, so that filling is exact: 128 bits hold any quota times any time.
package struct TokenBucket: Hashable, Sendable {
    static let dayMilliseconds: UInt128 = 86_400_000

    /// Of an unlimited quota.
    package static let endless = TokenBucket(level: .max)

    package private(set) var level: UInt128

    init(level: UInt128) {
        self.level = level
    }

    /// - Parameter perDay: 0: unlimited.
    static func full(perDay: UInt64) -> TokenBucket {
        TokenBucket(level: capacity(perDay: perDay))
    }

    /// Time goes by; under a quota that changed, the level is cut to the new day's worth.
    mutating func fill(milliseconds: UInt64, perDay: UInt64) {
        let (sum, overflow) = level.addingReportingOverflow(UInt128(milliseconds) * UInt128(perDay))
        level = min(Self.capacity(perDay: perDay), overflow ? .max : sum)
        if perDay == 0 { self = .endless }
    }

    /// - Returns: Whether there was enough. If not, nothing was taken.
    mutating func take(_ units: Int, perDay: UInt64) -> Bool {
        guard perDay != 0 else { return true }
        let cost = UInt128(UInt(units)) * Self.dayMilliseconds
        guard cost <= level else { return false }
        level -= cost
        return true
    }

    private static func capacity(perDay: UInt64) -> UInt128 {
        perDay == 0 ? .max : UInt128(perDay) * dayMilliseconds
    }
}

extension TokenBucket {
    /// What could be taken now.
    var wholeUnits: UInt64 { UInt64(clamping: level / Self.dayMilliseconds) }
}
