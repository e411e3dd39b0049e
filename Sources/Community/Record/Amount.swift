/// Money in minor units of its currency: 0 to ``Limits/largestAmountMinor``.
package struct Amount: Hashable, Sendable {
    package let minor: Int64
    package let currency: Currency

    /// - Returns: nil where `minor` is negative or above the limit.
    package init?(minor: Int64, currency: Currency) {
        guard minor >= 0, minor <= Limits.largestAmountMinor else { return nil }
        self.minor = minor
        self.currency = currency
    }

    package static func zero(_ currency: Currency) -> Amount { Amount(zeroIn: currency) }

    private init(zeroIn currency: Currency) {
        minor = 0
        self.currency = currency
    }
}

/// Why a text is not an amount.
package enum AmountError: Error, Equatable {
    case notANumber
    case negative
    case tooManyDecimals(allowed: Int)
    case tooLarge
}

extension Amount {
    /// Reads an exact decimal such as `12.50`; never through floating point.
    ///
    /// - Parameters:
    ///   - text: ASCII digits with at most one `.` or none; at most the currency's decimals.
    package init(decimal text: ArraySlice<UInt8>, currency: Currency) throws(AmountError) {
        var minor: Int64 = 0
        var decimals: Int?
        var digits = 0
        for (index, byte) in zip(text.indices, text) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                if let count = decimals { decimals = count + 1 }
                let (product, overflow) = minor.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
                guard !overflow, !carry else { throw .tooLarge }
                minor = sum
            case UInt8(ascii: ".") where decimals == nil && digits > 0: decimals = 0
            case UInt8(ascii: "-") where index == text.startIndex: throw .negative
            default: throw .notANumber
            }
        }
        guard digits > 0, decimals != 0 else { throw .notANumber }
        let given = decimals ?? 0
        guard given <= currency.exponent else { throw .tooManyDecimals(allowed: currency.exponent) }
        for _ in given..<currency.exponent {
            let (product, overflow) = minor.multipliedReportingOverflow(by: 10)
            guard !overflow else { throw .tooLarge }
            minor = product
        }
        guard let amount = Amount(minor: minor, currency: currency) else { throw .tooLarge }
        self = amount
    }
}
