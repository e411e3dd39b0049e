import API

extension Timestamp {
    /// Reads what follows an option: RFC 3339, or a date alone, which is its first moment in UTC.
    init(argument: String, of option: String) throws(Failure) {
        guard let time = Timestamp(argument) ?? Timestamp(argument + "T00:00:00Z") else {
            throw Failure(.time, "\(option): \(argument) is not a time")
        }
        self = time
    }
}

/// A length of time as people write it: `30m`, `12h`, `7d`, `4w`.
struct DurationText {
    let seconds: Int

    init(argument: String, of option: String) throws(Failure) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
        guard let unit = argument.last.flatMap({ units[$0] }), argument.dropLast().allSatisfy(\.isWholeASCIIDigit),
            let count = Int(argument.dropLast()), count > 0
        else { throw Failure(.duration, "\(option): \(argument) is not a duration") }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= Self.longest else {
            throw Failure(.duration, "\(option): \(argument) is longer than ten years")
        }
        self.seconds = seconds
    }

    private static let longest = 3_653 * 86_400
}

extension Character {
    fileprivate var isWholeASCIIDigit: Bool { isASCII && isWholeNumber }
}
