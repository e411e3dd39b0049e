/// Why a cell is no time, as its rule says it.
enum TimeError: Error, Equatable {
    /// A date alone: which moment of the day, and whose day, nobody knows.
    case timeOfDayMissing
    case offsetMissing
    /// The form is right, but no calendar or clock has it.
    case noSuchTime
    /// Outside of the years 1 to 9999, in UTC.
    case outOfRange
    case form

    var rule: String {
        switch self {
        case .timeOfDayMissing:
            "a time has a time of day and an offset, like 2026-01-31T18:00:00Z: this is a date alone"
        case .offsetMissing: "a time ends in Z or an offset like +02:00"
        case .noSuchTime: "a time is one that calendars and clocks have"
        case .outOfRange: "a time lies in the years 1 to 9999, in UTC"
        case .form: "a time is RFC 3339, like 2026-01-31T18:00:00Z or 2026-01-31T20:00:00+02:00"
        }
    }
}

/// Reads RFC 3339 from bytes, as `API.Timestamp` does from text: digits of the second beyond the third are dropped, and a leap
/// second counts as the second after it. Here because an import reads a million of them.
struct TimeText {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// - Returns: Unix milliseconds within the years 1 to 9999.
    static func milliseconds(_ bytes: ArraySlice<UInt8>) throws(TimeError) -> Int64 {
        var text = TimeText(bytes: bytes, position: bytes.startIndex)
        return try text.read()
    }

    private mutating func read() throws(TimeError) -> Int64 {
        let year = try number(digits: 4)
        try take(UInt8(ascii: "-"))
        let month = try number(digits: 2)
        try take(UInt8(ascii: "-"))
        let day = try number(digits: 2)
        guard position < bytes.endIndex else { throw .timeOfDayMissing }
        guard takes(UInt8(ascii: "T")) || takes(UInt8(ascii: "t")) || takes(UInt8(ascii: " ")) else { throw .form }
        let hour = try number(digits: 2)
        try take(UInt8(ascii: ":"))
        let minute = try number(digits: 2)
        try take(UInt8(ascii: ":"))
        let second = try number(digits: 2)
        let fraction = try thousandths()
        let offset = try minutesEast()
        guard position == bytes.endIndex else { throw .form }

        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year), hour < 24, minute < 60, second <= 60
        else { throw .noSuchTime }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
        let milliseconds = seconds * 1_000 + fraction
        guard Self.range.contains(milliseconds) else { throw .outOfRange }
        return milliseconds
    }

    // MARK: Pieces, from the left

    private mutating func takes(_ byte: UInt8) -> Bool {
        guard position < bytes.endIndex, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ byte: UInt8) throws(TimeError) {
        guard takes(byte) else { throw .form }
    }

    private mutating func number(digits: Int) throws(TimeError) -> Int64 {
        guard bytes.endIndex - position >= digits else { throw .form }
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { throw .form }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.endIndex else { return nil }
        let value = bytes[position] &- UInt8(ascii: "0")
        guard value < 10 else { return nil }
        position += 1
        return Int64(value)
    }

    /// 0 where there is no fraction.
    private mutating func thousandths() throws(TimeError) -> Int64 {
        guard takes(UInt8(ascii: ".")) else { return 0 }
        guard let first = digit() else { throw .form }
        var value = first * 100
        var weight: Int64 = 10
        while let next = digit() {
            value += next * weight
            weight /= 10
        }
        return value
    }

    private mutating func minutesEast() throws(TimeError) -> Int64 {
        if takes(UInt8(ascii: "Z")) || takes(UInt8(ascii: "z")) { return 0 }
        guard position < bytes.endIndex else { throw .offsetMissing }
        let isEast = takes(UInt8(ascii: "+"))
        guard isEast || takes(UInt8(ascii: "-")) else { throw .form }
        let hours = try number(digits: 2)
        try take(UInt8(ascii: ":"))
        let minutes = try number(digits: 2)
        guard hours < 24, minutes < 60 else { throw .noSuchTime }
        return isEast ? hours * 60 + minutes : -(hours * 60 + minutes)
    }

    // MARK: Calendar

    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z.
    private static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// Days of the proleptic Gregorian calendar, years from 1 on.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }
}
