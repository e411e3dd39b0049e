/// Money as people read it: exact decimals, never floating point.
package enum DecimalText {
    /// - Parameters:
    ///   - minor: In the currency's smallest unit.
    ///   - exponent: How many of its digits are decimals: USD 2, VND 0, BHD 3.
    /// - Returns: `12.50`, `-0.05`, `1200`.
    package static func amount(minor: Int64, exponent: Int) -> String {
        let digits = String(minor.magnitude)
        let sign = minor < 0 ? "-" : ""
        guard exponent > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        return "\(sign)\(padded.dropLast(exponent)).\(padded.suffix(exponent))"
    }
}
