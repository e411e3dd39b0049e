import Community
import Testing

@Suite struct PeriodTests {
    private static let day: Int64 = 86_400_000

    /// (first millisecond of the month, year, month); the times by `date -u -d YYYY-MM-01 +%s`.
    private static let months: [(Int64, UInt32, UInt32)] = [
        (-62_135_596_800, 1, 1), (-62_132_918_400, 1, 2), (-62_104_060_800, 2, 1), (-31_536_000, 1969, 1),
        (-2_678_400, 1969, 12), (0, 1970, 1), (2_678_400, 1970, 2), (949_363_200, 2000, 2), (951_868_800, 2000, 3),
        (1_706_745_600, 2024, 2), (1_709_251_200, 2024, 3), (4_105_123_200, 2100, 2), (4_107_542_400, 2100, 3),
        (253_399_622_400, 9999, 12),
    ]

    @Test(arguments: months) func `a month begins with its first millisecond`(at: Int64, year: UInt32, month: UInt32) {
        let period = year * 12 + month - 13
        #expect(Period.of(at * 1_000, created: .min) == period)
        if at * 1_000 > Limits.claimedMillisecondRange.lowerBound {
            #expect(Period.of(at * 1_000 - 1, created: .min) == period - 1)
        }
    }

    @Test func `the last millisecond that can be claimed is in December 9999`() {
        #expect(Period.of(Limits.claimedMillisecondRange.upperBound, created: 0) == 9_999 * 12 + 12 - 13)
        #expect(Period.of(Limits.claimedMillisecondRange.lowerBound, created: .min) == 0)
    }

    @Test func `every day of the years 1 to 9999 falls into the month that the calendar says`() {
        var at = Limits.claimedMillisecondRange.lowerBound
        var period: UInt32 = 0
        var mistakes = 0
        for year in 1...9_999 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for days in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
                let last = at + Int64(days) * Self.day - 1
                if Period.of(at, created: .min) != period || Period.of(last, created: .min) != period { mistakes += 1 }
                at = last + 1
                period += 1
            }
        }
        #expect(mistakes == 0)
        #expect(at - 1 == Limits.claimedMillisecondRange.upperBound)
    }

    @Test func `what is older than the charter is in period 1`() {
        let created: Int64 = 1_700_000_000_000
        #expect(Period.of(created - 1, created: created) == 1)
        #expect(Period.of(created, created: created) == 2_023 * 12 + 11 - 13)
        #expect(Period.of(Limits.claimedMillisecondRange.lowerBound, created: created) == 1)
    }
}
