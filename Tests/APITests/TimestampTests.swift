import API
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2009-12-31T23:09:39Z", 1_262_300_979_000),
        ("2000-02-29T12:00:00Z", 951_825_600_000),
        ("2026-01-31T18:00:00.250Z", 1_769_882_400_250), ("1969-12-31T23:59:59.999Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func `a time is read and written`(text: String, milliseconds: Int64) throws {
        let time = try #require(Timestamp(text))
        #expect(time.milliseconds == milliseconds)
        #expect(time.text == text)
    }

    @Test(arguments: [
        ("2026-01-31T20:00:00+02:00", "2026-01-31T18:00:00Z"), ("2026-01-31T12:30:00-05:30", "2026-01-31T18:00:00Z"),
        ("2026-01-31t18:00:00z", "2026-01-31T18:00:00Z"), ("2026-01-31 18:00:00Z", "2026-01-31T18:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"), ("2026-01-31T18:00:00.5Z", "2026-01-31T18:00:00.500Z"),
        ("2026-01-31T18:00:00.123999Z", "2026-01-31T18:00:00.123Z"),
        ("2026-01-31T00:30:00+01:00", "2026-01-30T23:30:00Z"),
    ])
    func `other spellings come out in UTC`(text: String, expected: String) {
        #expect(Timestamp(text)?.text == expected)
    }

    @Test(arguments: [
        "", "2026-01-31", "2026-01-31T18:00:00", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-31T24:00:00Z",
        "2026-01-31T18:60:00Z", "2026-01-31T18:00:61Z", "2026-01-31T18:00:00.Z", "2026-01-31T18:00:00Zx",
        "26-01-31T18:00:00Z", "0000-01-01T00:00:00Z", "2026-01-31T18:00:00+24:00", "2026-01-31T18:00:00+0200",
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:60Z", "２０26-01-31T18:00:00Z",
    ])
    func `anything else is no time`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `every hour of four centuries comes back`() throws {
        var count = 0
        for hour in stride(from: Int64(-200 * 366 * 24), to: 200 * 366 * 24, by: 1) where hour % 97 == 0 {
            let time = try #require(Timestamp(milliseconds: hour * 3_600_000 + hour % 1_000))
            #expect(Timestamp(time.text) == time)
            count += 1
        }
        print("\(count) times read back")
    }
}
