package enum HybridClockError: Error, Equatable, Sendable {
    /// Too far ahead of the wall to be believed; the clock stays as it was.
    case future(HybridTime, wallMilliseconds: UInt64)
    /// Past the 48 bits, in the year 10889. It fails rather than wraps.
    case endOfTime
}

/// A node's one clock. The wall's time is an argument; see ``HybridTime``.
package struct HybridClock: Hashable, Sendable {
    package private(set) var last: HybridTime
    private let leadMilliseconds: UInt64

    /// - Parameters:
    ///   - last: The highest time ever given or observed, from the disk.
    ///   - leadMilliseconds: How far ahead of the wall an observed time may be.
    package init(last: HybridTime, leadMilliseconds: UInt64 = Limits.clockLeadMilliseconds) {
        self.last = last
        self.leadMilliseconds = leadMilliseconds
    }

    /// - Returns: A time above all given and observed before.
    package mutating func tick(wallMilliseconds: UInt64) throws(HybridClockError) -> HybridTime {
        let wall = try Self.wall(wallMilliseconds)
        last = wall > last ? wall : try Self.successor(of: last)
        return last
    }

    package mutating func observe(_ time: HybridTime, wallMilliseconds: UInt64) throws(HybridClockError) {
        let wall = try Self.wall(wallMilliseconds)
        guard time.milliseconds <= wallMilliseconds.addingSaturating(leadMilliseconds) else {
            throw .future(time, wallMilliseconds: wallMilliseconds)
        }
        let seen = max(last, time)
        last = wall > seen ? wall : try Self.successor(of: seen)
    }

    private static func wall(_ milliseconds: UInt64) throws(HybridClockError) -> HybridTime {
        guard let time = HybridTime(milliseconds: milliseconds) else { throw .endOfTime }
        return time
    }

    private static func successor(of time: HybridTime) throws(HybridClockError) -> HybridTime {
        guard let next = time.next else { throw .endOfTime }
        return next
    }
}

extension UInt64 {
    func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
