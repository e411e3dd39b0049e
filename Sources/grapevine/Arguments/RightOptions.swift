import API
import ArgumentParser

/// What a grant gives, besides the role.
struct RightOptions: ParsableArguments {
    @Option(help: "What the member may do.")
    var role: RoleName
    @Option(help: ArgumentHelp("How long: 12h, 90d, 4w; for ever unless given.", valueName: "duration"))
    var expires: String?
    @OptionGroup var quota: QuotaOptions
    @Option(help: ArgumentHelp("A treasurer may write pledges of this source; again for more.", valueName: "source"))
    var source: [String] = []

    func validSeconds() throws(Failure) -> Int? {
        guard let expires else { return nil }
        return try DurationText(argument: expires, of: "--expires").seconds
    }
}

/// How much a member may write, by that right.
struct QuotaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Updates a day, like 500 or 500/day; without a limit unless given.", valueName: "n/day"))
    var quotaOperations: String?
    @Option(help: ArgumentHelp("Bytes a day; without a limit unless given.", valueName: "n/day"))
    var quotaBytes: String?

    func operationsPerDay() throws(Failure) -> Int? { try Self.daily(quotaOperations, of: "--quota-operations") }
    func bytesPerDay() throws(Failure) -> Int? { try Self.daily(quotaBytes, of: "--quota-bytes") }

    /// `500`, `500/day`.
    private static func daily(_ text: String?, of option: String) throws(Failure) -> Int? {
        guard let text else { return nil }
        let digits = text.hasSuffix("/day") ? text.dropLast(4) : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Int(digits), count > 0
        else { throw Failure(.usage, "\(option): \(text) is not a number a day", hint: "like 500 or 500/day") }
        return count
    }
}
