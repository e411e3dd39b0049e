import API
import Testing

struct DecimalTextTests {
    @Test(arguments: [
        (0, 2, "0.00"), (5, 2, "0.05"), (99, 2, "0.99"), (100, 2, "1.00"), (1_250, 2, "12.50"), (-5, 2, "-0.05"),
        (-1_250, 2, "-12.50"), (0, 0, "0"), (1_200, 0, "1200"), (-7, 0, "-7"), (0, 3, "0.000"), (7, 3, "0.007"),
        (1_234_567, 3, "1234.567"), (12_345, 4, "1.2345"), (277_081_244, 2, "2770812.44"),
        (Int64.max, 2, "92233720368547758.07"), (Int64.min, 2, "-92233720368547758.08"),
        (Int64.min, 0, "-9223372036854775808"),
    ])
    func `minor units become decimals`(minor: Int64, exponent: Int, expected: String) {
        #expect(DecimalText.amount(minor: minor, exponent: exponent) == expected)
    }
}
