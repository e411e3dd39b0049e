import Testing

@testable import Community

/// What the pulse's figures are made of, against values worked out by hand or by the formula in floating point.
struct PulseArithmeticTests {
    @Test func `a ratio is divided once, and a half is rounded away from zero`() {
        #expect(Fraction(1, 3).millionths == 333_333)
        #expect(Fraction(2, 3).millionths == 666_667)
        #expect(Fraction(-2, 3).millionths == -666_667)
        #expect(Fraction(1, 2_000_000).millionths == 1)
        #expect(Fraction(0, 0).millionths == nil)
        #expect(MillionthsText.decimal(975_500, digits: 1, factor: 100) == "97.6")
        #expect(MillionthsText.decimal(975_499, digits: 1, factor: 100) == "97.5")
        #expect(MillionthsText.decimal(-4_999, digits: 2) == "0.00")
        #expect(MillionthsText.decimal(-5_000, digits: 2) == "-0.01")
        #expect(MillionthsText.decimal(12_000_000, digits: 0) == "12")
    }

    @Test func `sums of any size have a ratio`() {
        #expect(Fraction(Int128.max, Int128.max).millionths == 1_000_000)
        #expect(Fraction(Int128.max / 4, Int128.max).millionths == 250_000)
        #expect(Fraction(Int128.max, 1).millionths ?? 0 > 0)
    }

    @Test func `a root is rounded up`() {
        #expect([0, 1, 2, 4, 5, 9, 10].map { Int128($0).rootUp } == [0, 1, 2, 2, 3, 3, 4])
        #expect(Int128.max.rootUp == 13_043_817_825_332_782_213)
        #expect(Int128(-5).rootUp == 0)
    }

    /// z = 1.96, in floating point elsewhere: 3 of 40 is 0.0258355… to 0.1986453…
    @Test(arguments: [
        (3, 40, 25_835, 198_646), (0, 30, 0, 113_518), (30, 30, 886_482, 1_000_000), (15, 30, 331_538, 668_462),
        (10, 100, 55_228, 174_368), (81, 263, 255_287, 366_211),
    ]) func `Wilson's interval is the formula's, rounded outwards`(hits: Int, all: Int, low: Int, high: Int) {
        #expect(
            Interval.wilson(successes: hits, of: all) == Interval(low: Int128(low), high: Int128(high)))
    }

    @Test func `no rate has no interval, and a huge one no trap`() {
        #expect(Interval.wilson(successes: 0, of: 0) == nil)
        #expect(Interval.wilson(successes: 3, of: 2) == nil)
        let huge = Interval.wilson(successes: .max / 2, of: .max)
        #expect(huge.map { $0.low > 499_900 && $0.high < 500_100 } == true)
    }

    /// Ten of thirty brought one each: mean 1/3, variance (30·10 − 100) / (30·29) = 0.22989, standard error 0.08754.
    @Test func `the interval of a mean comes from the spread between the members`() {
        let even = Interval.mean(of: [Int](repeating: 1, count: 10), members: 30)
        #expect(even == Interval(low: 161_759, high: 504_908))
        // 30, 20 and 10 by three of thirty: 2 ± 2.3774, cut at 0.
        #expect(Interval.mean(of: [30, 20, 10], members: 30) == Interval(low: 0, high: 4_377_396))
        #expect(Interval.mean(of: [1], members: 1) == nil)
        #expect(Interval.mean(of: [1 << 40, 1 << 40], members: 1 << 20).map { $0.low == 0 } == true)
    }

    /// n/2 ± 0.98 √n, rounded up: for 30 it is 9.63 and 20.37, the 10th and the 21st.
    @Test(arguments: [(6, 0, 5), (7, 0, 6), (30, 9, 20), (31, 10, 20), (100, 40, 59)])
    func `the median lies between two places`(count: Int, low: Int, high: Int) {
        #expect(Interval.medianPlaces(of: count) == low...high)
        #expect(Interval.medianPlaces(of: 5) == nil)
    }

    @Test func `a median is kept as a sum of two`() {
        #expect(DaySeries([]).twiceMedian == 0)
        #expect(DaySeries([5, 1, 3]).twiceMedian == 6)
        #expect(DaySeries([4, 1, 2, 9]).twiceMedian == 6)
    }

    @Test func `days are counted downwards before 1970`() {
        #expect(
            [-86_400_001, -86_400_000, -1, 0, 86_399_999, 86_400_000].map { UTCDay.of($0) } == [-2, -1, -1, 0, 0, 1])
        #expect(UTCDay.of(.min) < UTCDay.of(.max))
    }

    /// Seven days of nothing, four of 1, three of 2. T = Σ(2t − 13)x = (1 + 3 + 5 + 7) + 2·(9 + 11 + 13) = 82; the slope is
    /// 6·82 / (14·195) = 492/2730. Laplace: 3·82² = 20172 > 3.8416 · 10 · 195 = 7491.1.
    @Test func `a slope is that of least squares`() {
        let slope = DaySeries([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]).slope
        #expect(
            slope == PulseSlope(perDay: Fraction(492, 2_730), direction: .rising, events: 10, days: 14))
        let mirrored = DaySeries([2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]).slope
        #expect(mirrored?.direction == .falling)
        #expect(mirrored?.perDay == Fraction(-492, 2_730))
    }

    /// T = 54: 3·54² = 8748 > 7491. T = 46: 3·46² = 6348, not above it. Ten events each.
    @Test func `a slope that chance explains is steady`() {
        #expect(DaySeries([0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 2]).slope?.direction == .rising)
        #expect(DaySeries([1, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 2]).slope?.direction == .steady)
        #expect(DaySeries([Int](repeating: 1, count: 14)).slope?.perDay == Fraction(0, 2_730))
    }

    @Test func `a slope of few days or few events says nothing`() {
        #expect(DaySeries([Int](repeating: 9, count: 13)).slope == nil)
        #expect(DaySeries([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]).slope?.direction == .tooFew)
    }
}
