import Community
import Testing

@Suite struct AmountTests {
    private func read(_ text: String, _ code: String) throws -> Int64 {
        let currency = try #require(Currency(code))
        return try Amount(decimal: Array(text.utf8)[...], currency: currency).minor
    }

    @Test func `decimals are the currency's own`() throws {
        #expect(try read("12", "VND") == 12)
        #expect(try read("12", "USD") == 1_200)
        #expect(try read("12.5", "USD") == 1_250)
        #expect(try read("12.50", "USD") == 1_250)
        #expect(try read("0.01", "USD") == 1)
        #expect(try read("12.345", "BHD") == 12_345)
        #expect(try read("12.3", "BHD") == 12_300)
        #expect(try read("12.3456", "CLF") == 123_456)
        #expect(try read("0", "USD") == 0)
        #expect(try read("000012.50", "USD") == 1_250)
    }

    @Test(arguments: [("1.0", "VND", 0), ("1.005", "USD", 2), ("1.0005", "BHD", 3), ("1.00005", "CLF", 4)])
    func `a decimal too many is refused and never rounded`(text: String, code: String, allowed: Int) {
        #expect(throws: AmountError.tooManyDecimals(allowed: allowed)) { try read(text, code) }
    }

    @Test(arguments: [("", "USD"), (".", "USD"), ("1.", "USD"), (".5", "USD"), ("1.2.3", "USD"), ("1,50", "USD")])
    func `what is no decimal is refused`(text: String, code: String) {
        #expect(throws: AmountError.notANumber) { try read(text, code) }
    }

    @Test(arguments: ["1e5", "+1", " 1", "1 ", "0x10", "$1", "１２", "NaN", "--1"])
    func `signs, spaces and other digits are refused`(text: String) {
        #expect(throws: AmountError.self) { try read(text, "USD") }
    }

    @Test func `a negative amount is told as such`() {
        #expect(throws: AmountError.negative) { try read("-1.00", "USD") }
    }

    @Test func `the limit is ten to the fifteen minor units in every currency`() throws {
        #expect(try read("1000000000000000", "VND") == Limits.largestAmountMinor)
        #expect(try read("10000000000000.00", "USD") == Limits.largestAmountMinor)
        #expect(try read("1000000000000", "BHD") == Limits.largestAmountMinor)
        for (text, code) in [
            ("1000000000000001", "VND"), ("10000000000000.01", "USD"), ("1000000000000.001", "BHD"),
            ("100000000000.0001", "CLF"), ("9223372036854775807", "VND"), ("9223372036854775807", "USD"),
            ("9223372036854775808", "VND"), ("99999999999999999999999999", "USD"),
        ] {
            #expect(throws: AmountError.tooLarge) { try read(text, code) }
        }
    }

    @Test func `minor units outside the limits are no amount`() throws {
        let currency = try #require(Currency("USD"))
        #expect(Amount(minor: 0, currency: currency) == .zero(currency))
        #expect(Amount(minor: Limits.largestAmountMinor, currency: currency) != nil)
        for minor in [-1, .min, Limits.largestAmountMinor + 1, .max] as [Int64] {
            #expect(Amount(minor: minor, currency: currency) == nil)
        }
    }
}

@Suite struct CurrencyTests {
    @Test(arguments: [("USD", 2, 100), ("VND", 0, 1), ("JPY", 0, 1), ("BHD", 3, 1_000), ("CLF", 4, 10_000)])
    func `a currency knows its minor unit`(code: String, exponent: Int, perUnit: Int64) throws {
        let currency = try #require(Currency(code))
        #expect(currency.exponent == exponent)
        #expect(currency.minorPerUnit == perUnit)
        #expect(currency.code == code)
    }

    @Test(arguments: ["", "US", "usd", "USDX", "XXX", "XAU", "XTS", "DEM", " USD", "USD ", "U\u{0}D"])
    func `what ISO 4217 does not list as money in use is no currency`(code: String) {
        #expect(Currency(code) == nil)
    }

    /// Found in review: Swift's strings are equal to their canonical equivalents, and U+212A is one of K.
    @Test func `a Kelvin sign is no K`() {
        #expect("\u{212A}RW" == "KRW")
        #expect(Currency("\u{212A}RW") == nil)
    }
}
