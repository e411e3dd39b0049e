import AuthorLog

/// A currency of ISO 4217, with the number of decimal digits of its minor unit.
package struct Currency: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The three bytes of the code, the first one highest.
    private let packed: UInt32
    private let digits: UInt8

    /// Three ASCII capitals.
    package var code: String {
        String(unsafeUninitializedCapacity: 3) { bytes in
            for index in 0..<3 { bytes[index] = UInt8(truncatingIfNeeded: packed >> UInt32(16 - 8 * index)) }
            return 3
        }
    }

    /// The three capitals.
    func append(to output: inout [UInt8]) {
        for shift in [16, 8, 0] as [UInt32] { output.append(UInt8(packed >> shift & 0xFF)) }
    }

    /// Decimal digits of the minor unit, 0 to 4.
    package var exponent: Int { Int(digits) }

    /// - Returns: nil where `code` is not an active currency's.
    package init?(_ code: String) {
        // Three ASCII capitals, or the table would not know it.
        guard let exponent = CurrencyTable.exponent(of: code) else { return nil }
        packed = code.utf8.reduce(0) { $0 << 8 | UInt32($1) }
        digits = UInt8(exponent)
    }

    package var description: String { code }

    package static func < (a: Currency, b: Currency) -> Bool { a.packed < b.packed }

    /// How many minor units make one.
    package var minorPerUnit: Int64 {
        var result: Int64 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}
