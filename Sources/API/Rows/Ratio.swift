/// An exact ratio: what a printed figure was rounded from, or is; whoever shows it divides once.
package struct Ratio: Codable, Hashable, Sendable {
    package var numerator: Int64
    /// 0 where there is nothing to divide by.
    package var denominator: Int64

    package init(numerator: Int64, denominator: Int64) {
        self.numerator = numerator
        self.denominator = denominator
    }
}
