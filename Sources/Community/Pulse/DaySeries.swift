/// Days of UTC, counted from 1970-01-01.
package enum UTCDay {
    package static let milliseconds: Int64 = 86_400_000

    /// - Parameter unix: Milliseconds.
    package static func of(_ unix: Int64) -> Int64 {
        let (quotient, remainder) = unix.quotientAndRemainder(dividingBy: milliseconds)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// How many of something there were on each of some days, one after the other.
package struct DaySeries: Hashable, Sendable {
    package private(set) var counts: [Int]

    package init(_ counts: [Int]) { self.counts = counts }

    package var total: Int { counts.reduce(0, +) }

    /// The median as a sum of two: twice the middle one, or both middle ones. 0 without days.
    package var twiceMedian: Int {
        let sorted = counts.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]
    }

    /// The line of least squares through the counts: by how many the day's number grows a day.
    ///
    /// With T = Σ(2t − (d − 1))·x over d days it is 6·T / (d (d² − 1)).
    ///
    /// - Returns: nil below ``PulseLimits/slopeDays``. ``PulseDirection/tooFew`` below ``PulseLimits/events``; otherwise steady
    ///   unless Laplace's test for a trend says at 95 % that the events did not fall evenly: T² > z² · N · (d² − 1) / 3.
    ///
    /// Source: Cox and Lewis, "The Statistical Analysis of Series of Events" (1966), §3.3, with whole days for times.
    package var slope: PulseSlope? {
        let days = counts.count
        guard days >= PulseLimits.slopeDays else { return nil }
        var moment: Int128 = 0
        for (day, count) in counts.enumerated() { moment += Int128(2 * day - (days - 1)) * Int128(count) }
        let wide = Int128(days)
        let perDay = Fraction(6 * moment, wide * (wide * wide - 1))
        let isUneven = 3 * 625 * moment * moment > 2_401 * Int128(total) * (wide * wide - 1)
        let direction: PulseDirection =
            switch (total < PulseLimits.events, isUneven) {
            case (true, _): .tooFew
            case (false, false): .steady
            case (false, true): moment > 0 ? .rising : .falling
            }
        return PulseSlope(perDay: perDay, direction: direction, events: total, days: days)
    }
}

/// How a daily number changes.
package struct PulseSlope: Hashable, Sendable {
    /// Events a day, more each day.
    package let perDay: Fraction
    package let direction: PulseDirection
    package let events: Int
    package let days: Int
}
