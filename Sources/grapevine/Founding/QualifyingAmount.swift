import API
import AuthorLog

/// The amount of `init --qualifying`, in minor units of the community's currency.
///
/// Everything else leaves amounts to the daemon; `init` has none to ask, so it reads one itself.
struct QualifyingAmount {
    let minor: Int64

    /// - Throws: ``Failure``: `E-CURRENCY`, `E-AMOUNT`.
    init(_ text: String, currency: String) throws(Failure) {
        guard let exponent = CurrencyTable.exponent(of: currency) else {
            throw Failure(.currency, "\"\(currency)\" is no currency in use")
        }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        let digits = parts[0] + decimals + String(repeating: "0", count: max(0, exponent - decimals.count))
        guard !parts[0].isEmpty, parts.count == 1 || !decimals.isEmpty,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw Failure(.amount, "--qualifying: \(text) is not an amount") }
        guard decimals.count <= exponent else {
            throw Failure(.amount, "--qualifying: \(currency) has \(exponent) decimals, and \(text) has more")
        }
        guard let minor = Int64(digits), minor <= AuthorLog.Limits.moneyLimit else {
            throw Failure(.amount, "--qualifying: \(text) is too much")
        }
        self.minor = minor
    }
}
