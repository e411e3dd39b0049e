/// Unix milliseconds in the upper 48 bits, a counter in the lower 16: a clock reading that never repeats along a log.
///
/// Source: Kulkarni et al., "Logical Physical Clocks", 2014. We differ: a full counter carries into the milliseconds.
package struct HybridTime: Hashable, Comparable, Sendable {
    package static let zero = HybridTime(rawValue: 0)
    package static let lastMillisecond: UInt64 = 1 << 48 - 1

    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The first time of a millisecond; nil past the end of the 48 bits.
    package init?(milliseconds: UInt64) {
        guard milliseconds <= Self.lastMillisecond else { return nil }
        self.init(rawValue: milliseconds << 16)
    }

    package var milliseconds: UInt64 { rawValue >> 16 }
    package var counter: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    /// Nil at the end of time.
    package var next: HybridTime? {
        let (value, overflow) = rawValue.addingReportingOverflow(1)
        return overflow ? nil : HybridTime(rawValue: value)
    }

    package static func < (left: HybridTime, right: HybridTime) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension HybridTime: CustomStringConvertible {
    package var description: String { "\(milliseconds).\(counter)" }
}
