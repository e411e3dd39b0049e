/// A currency of ISO 4217, with the number of decimal digits of its minor unit.
///
/// Source: ISO 4217:2015, table A.1 of active codes, and their minor units. Funds and metals without a minor unit are left out.
package struct Currency: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The three bytes of the code, the first one highest.
    private let packed: UInt32
    private let digits: UInt8

    /// Three ASCII capitals.
    package var code: String {
        String(decoding: [UInt8(packed >> 16), UInt8(packed >> 8 & 0xFF), UInt8(packed & 0xFF)], as: UTF8.self)
    }
    /// Decimal digits of the minor unit, 0 to 4.
    package var exponent: Int { Int(digits) }

    /// - Returns: nil where `code` is not an active currency's.
    package init?(_ code: String) {
        guard let packed = Self.packed(code.utf8), let exponent = Self.exponents[packed] else { return nil }
        self.packed = packed
        digits = exponent
    }

    private static func packed(_ code: some Collection<UInt8>) -> UInt32? {
        code.count == 3 ? code.reduce(0) { $0 << 8 | UInt32($1) } : nil
    }

    package var description: String { code }

    package static func < (a: Currency, b: Currency) -> Bool { a.packed < b.packed }

    /// How many minor units make one.
    package var minorPerUnit: Int64 {
        var result: Int64 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }

    private static let exponents: [UInt32: UInt8] = {
        var table: [UInt32: UInt8] = [:]
        for (exponent, codes) in [(UInt8(0), noDecimals), (2, twoDecimals), (3, threeDecimals), (4, fourDecimals)] {
            for code in codes.utf8.split(separator: UInt8(ascii: " ")) { table[packed(code) ?? 0] = exponent }
        }
        return table
    }()

    private static let noDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
    private static let threeDecimals = "BHD IQD JOD KWD LYD OMR TND"
    private static let fourDecimals = "CLF UYW"
    private static let twoDecimals = """
        AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY \
        COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
        INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR \
        MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP \
        STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
        """
}
