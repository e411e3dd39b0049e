import API

/// The amount of `init --qualifying`, in minor units of the community's currency.
///
/// Everything else leaves amounts to the daemon; `init` has none to ask, so it knows the currencies' decimals itself.
struct QualifyingAmount {
    let minor: Int64

    init(_ text: String, currency: String) throws(Failure) {
        let exponent = Self.exponent(of: currency)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        let digits = parts[0] + decimals + String(repeating: "0", count: max(0, exponent - decimals.count))
        guard !parts[0].isEmpty, parts.count == 1 || !decimals.isEmpty,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw Failure(.amount, "--qualifying: \(text) is not an amount") }
        guard decimals.count <= exponent else {
            throw Failure(.amount, "--qualifying: \(currency) has \(exponent) decimals, and \(text) has more")
        }
        guard let minor = Int64(digits), minor <= Self.most else {
            throw Failure(.amount, "--qualifying: \(text) is too much")
        }
        self.minor = minor
    }

    /// Source: ISO 4217, the minor units that are not hundredths. A code that is none is refused with the charter.
    private static func exponent(of currency: String) -> Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }

    private static let most: Int64 = 1_000_000_000_000_000
}
