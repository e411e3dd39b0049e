import API
import Testing

@testable import Daemon

struct ImportTimeTests {
    private func read(_ text: String) throws -> Int64 {
        try TimeText.milliseconds(Array(text.utf8)[...])
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2009-12-31T23:09:39Z", 1_262_300_979_000),
        ("2026-01-31T18:00:00.5Z", 1_769_882_400_500), ("2026-01-31T18:00:00.007Z", 1_769_882_400_007),
        ("2026-01-31T18:00:00.1239999Z", 1_769_882_400_123), ("2026-01-31t18:00:00z", 1_769_882_400_000),
        ("2026-01-31 18:00:00Z", 1_769_882_400_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("1969-12-31T23:59:59.999Z", -1),
    ])
    func `a time in UTC is its Unix milliseconds`(text: String, milliseconds: Int64) throws {
        #expect(try read(text) == milliseconds)
    }

    @Test(arguments: [
        ("2026-01-31T20:00:00+02:00", "2026-01-31T18:00:00Z"), ("2026-01-31T12:30:00-05:30", "2026-01-31T18:00:00Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"), ("2024-02-28T23:30:00-01:00", "2024-02-29T00:30:00Z"),
        ("2026-01-31T18:00:00-00:00", "2026-01-31T18:00:00Z"),
        // A leap second counts as the second after it.
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ])
    func `an offset is taken off`(text: String, same: String) throws {
        #expect(try read(text) == read(same))
    }

    @Test(arguments: ["2024-02-29", "2000-02-29", "2400-02-29"])
    func `leap years have a 29 February`(day: String) throws {
        _ = try read(day + "T00:00:00Z")
    }

    @Test(arguments: [
        "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+00:60", "0000-12-31T00:00:00Z",
    ])
    func `what no calendar or clock has is refused`(text: String) {
        #expect(throws: TimeError.noSuchTime) { try read(text) }
    }

    @Test(arguments: [
        ("2026-01-31", TimeError.timeOfDayMissing), ("2026-01-31T18:00:00", .offsetMissing),
        ("2026-01-31T18:00:00.5", .offsetMissing), ("0001-01-01T00:00:00+01:00", .outOfRange),
        ("9999-12-31T23:59:59-01:00", .outOfRange), ("", .form), ("yesterday", .form), ("31.01.2026", .form),
        ("2026-1-31T18:00:00Z", .form), ("2026-01-31T18:00Z", .form), ("2026-01-31T18:00:00.Z", .form),
        ("2026-01-31T18:00:00Z ", .form), ("2026-01-31T18:00:00+0200", .form), ("2026-01-31T18:00:00+02", .form),
        ("+2026-01-31T18:00:00Z", .form), ("1262300979", .form), ("20260131T180000Z", .form),
        ("2026-01-31T18:00:00\u{0660}", .form),
    ])
    func `other forms are refused, and why is told`(text: String, error: TimeError) {
        #expect(throws: error) { try read(text) }
    }

    @Test func `the local API reads and prints the same times`() throws {
        var seed: UInt64 = 1
        for _ in 0..<20_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let time = try #require(
                Timestamp(milliseconds: Int64(seed >> 16) % 253_402_300_799_999 - 62_135_596_800_000))
            #expect(try read(time.text) == time.milliseconds)
        }
        let texts = [
            "2026-02-30T00:00:00Z", "2016-12-31T23:59:60.25+01:00", "2026-01-01", "x", "2026-01-01T00:00:00.123456Z",
        ]
        for text in texts { #expect((try? read(text)) == Timestamp(text)?.milliseconds) }
    }
}
