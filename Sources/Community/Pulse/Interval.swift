/// Where a figure may well lie, in millionths, at 95 %: bounds are rounded outwards, so it is never narrower than the formula's.
///
/// All roots and quotients are of whole numbers; z = 1.96 = 49/25 exactly.
package struct Interval: Hashable, Sendable {
    package let low: Int128
    package let high: Int128

    package init(low: Int128, high: Int128) {
        self.low = low
        self.high = high
    }

    /// Wilson's score interval of a rate.
    ///
    /// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927), 209–212;
    /// Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16 (2001), recommend it for
    /// small n. With z² = 2401/625 it is (1250 x + 2401 ± 49 √((2401 n + 2500 x (n − x)) / n)) / (1250 n + 4802).
    ///
    /// - Parameters:
    ///   - successes: 0 to `trials`.
    ///   - trials: Past 2^30 both are halved until they fit.
    /// - Returns: nil without trials, or where there are more successes than trials.
    package static func wilson(successes: Int, of trials: Int) -> Interval? {
        guard trials > 0, (0...trials).contains(successes) else { return nil }
        var (hits, count) = (Int128(successes), Int128(trials))
        while count >> 30 > 0 { (hits, count) = (hits / 2, count / 2) }
        let radicand = 2_401 * count + 2_500 * hits * (count - hits)
        // 49 √(radicand / count), in millionths: everything under the root.
        let spread = (2_401 * Fraction.one * Fraction.one * radicand).dividedUp(by: count).rootUp
        let middle = (1_250 * hits + 2_401) * Fraction.one
        let whole = 1_250 * count + 4_802
        return Interval(
            low: max(0, (middle - spread).dividedDown(by: whole)),
            high: min(Fraction.one, (middle + spread).dividedUp(by: whole)))
    }

    /// The normal interval of a mean over the whole of a group, from the spread between its members.
    ///
    /// A Poisson interval would be far too narrow: a few ambassadors bring most people. With X = Σx and Q = Σx² over A members it is
    /// X/A ± 1.96 √((A·Q − X²) / (A²·(A − 1))), cut at 0.
    ///
    /// - Parameters:
    ///   - values: Of those members who have any; the others count 0.
    ///   - members: At least as many as `values`.
    /// - Returns: nil below two members.
    package static func mean(of values: [Int], members: Int) -> Interval? {
        guard members > 1, values.count <= members else { return nil }
        let count = Int128(members)
        var (sum, squares): (Int128, Int128) = (0, 0)
        for value in values {
            sum += Int128(value)
            squares += Int128(value) * Int128(value)
        }
        // 1.96² · 10^12 times the spread; what has no room for that is scaled after the root.
        let spread = count * squares - sum * sum
        let (wide, overflow) = spread.multipliedReportingOverflow(by: 2_401 * Fraction.one * Fraction.one)
        let half =
            overflow
            ? (spread.dividedUp(by: count - 1) * 2_401).dividedUp(by: 625).rootUp * Fraction.one
            : wide.dividedUp(by: 625 * (count - 1)).rootUp
        return Interval(
            low: max(0, (sum * Fraction.one - half).dividedDown(by: count)),
            high: (sum * Fraction.one + half).dividedUp(by: count))
    }

    /// The places, counted from 0, between whose values the median lies.
    ///
    /// Source: the order statistics n/2 ± 1.96 √n / 2, rounded up; Conover, "Practical Nonparametric Statistics", 3rd ed. (1999), §3.2.
    ///
    /// - Returns: nil below six values, of which even the smallest and the largest are too few for 95 %.
    package static func medianPlaces(of count: Int) -> ClosedRange<Int>? {
        guard count >= 6 else { return nil }
        // 100 · 1.96 √n = √(38416 n).
        let spread = (38_416 * Int128(count)).rootUp
        let middle = 100 * Int128(count)
        let low = max(0, (middle - spread).dividedUp(by: 200) - 1)
        let high = min(Int128(count) - 1, (middle + spread).dividedUp(by: 200) - 1)
        return Int(low)...Int(max(low, high))
    }
}
