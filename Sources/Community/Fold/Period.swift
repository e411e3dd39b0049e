/// The months that claims are counted in.
package enum Period {
    /// - Parameters:
    ///   - milliseconds: Unix time, within ``Limits/claimedMillisecondRange``.
    ///   - created: The charter's creation time; anything before it is period 1.
    /// - Returns: Months since January of year 1, UTC.
    package static func of(_ milliseconds: Int64, created: Int64) -> UInt32 {
        guard milliseconds >= created else { return 1 }
        let (year, month) = civil(dayOf: milliseconds)
        return UInt32(clamping: year * 12 + month - 13)
    }

    /// Year and month (1 to 12) of a Unix time in the proleptic Gregorian calendar.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    private static func civil(dayOf milliseconds: Int64) -> (year: Int64, month: Int64) {
        let day = floorDivide(milliseconds, 86_400_000) + 719_468
        let era = floorDivide(day, 146_097)
        let dayOfEra = day - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month)
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }
}
