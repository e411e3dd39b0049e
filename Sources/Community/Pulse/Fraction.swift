/// An exact ratio of two sums; divided once, where it is printed or compared.
package struct Fraction: Hashable, Sendable {
    package let numerator: Int128
    /// 0 where there is nothing to divide by.
    package let denominator: Int128

    /// - Parameter denominator: 0 or more.
    package init(_ numerator: Int128, _ denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    package init(_ numerator: Int, _ denominator: Int) {
        self.init(Int128(numerator), Int128(denominator))
    }

    /// In millionths, a half rounded away from zero; nil where there is nothing to divide by.
    ///
    /// Numbers past 2^100, which no sum of capped amounts reaches, are halved together until they fit.
    package var millionths: Int128? {
        guard denominator > 0 else { return nil }
        var (top, bottom) = (numerator, denominator)
        while top.magnitude >> 100 > 0 || bottom >> 100 > 0 { (top, bottom) = (top / 2, max(bottom / 2, 1)) }
        return (top * Self.one).dividedRounding(by: bottom)
    }

    package static var one: Int128 { 1_000_000 }
}

/// Decimals of what is in millionths.
package enum MillionthsText {
    /// - Parameters:
    ///   - digits: After the point, 0 to 6; a half is rounded away from zero.
    ///   - factor: 100 for percentages.
    /// - Returns: `97.3`, `-0.05`.
    package static func decimal(_ millionths: Int128, digits: Int, factor: Int128 = 1) -> String {
        let digits = min(max(digits, 0), 6)
        var unit: Int128 = 1
        for _ in digits..<6 { unit *= 10 }
        let (product, overflow) = millionths.multipliedReportingOverflow(by: factor)
        let scaled = (overflow ? millionths : product).dividedRounding(by: unit)
        let text = String(scaled.magnitude)
        let sign = scaled < 0 ? "-" : ""
        guard digits > 0 else { return sign + text }
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }
}

extension Int128 {
    /// - Parameter divisor: More than 0.
    /// - Returns: The nearest whole number, a half rounded away from zero.
    func dividedRounding(by divisor: Int128) -> Int128 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        guard remainder.magnitude >= (divisor.magnitude + 1) / 2 else { return quotient }
        return self < 0 ? quotient - 1 : quotient + 1
    }

    func dividedDown(by divisor: Int128) -> Int128 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    func dividedUp(by divisor: Int128) -> Int128 { -(-self).dividedDown(by: divisor) }

    /// The smallest whole number whose square is at least this; 0 for what is negative.
    var rootUp: Int128 {
        guard self > 0 else { return 0 }
        let value = magnitude
        var root: UInt128 = 0
        for bit in stride(from: 63, through: 0, by: -1) {
            let candidate = root | (1 << UInt128(bit))
            if candidate * candidate <= value { root = candidate }
        }
        return Int128(root * root == value ? root : root + 1)
    }
}
