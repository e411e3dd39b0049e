/// The median of delays in milliseconds, in days, with the interval of the order statistics.
struct DelayMedian {
    let value: Fraction
    let interval: Interval?

    /// - Parameter delays: In any order.
    init(_ delays: [Int64]) {
        let sorted = delays.sorted()
        guard !sorted.isEmpty else {
            (value, interval) = (Fraction(0, 0), nil)
            return
        }
        let day = Int128(UTCDay.milliseconds)
        value = Fraction(Int128(sorted[(sorted.count - 1) / 2]) + Int128(sorted[sorted.count / 2]), 2 * day)
        interval = Interval.medianPlaces(of: sorted.count).map {
            Interval(
                low: (Int128(sorted[$0.lowerBound]) * Fraction.one).dividedDown(by: day),
                high: (Int128(sorted[$0.upperBound]) * Fraction.one).dividedUp(by: day))
        }
    }
}
