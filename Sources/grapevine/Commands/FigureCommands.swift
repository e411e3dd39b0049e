import API
import ArgumentParser

struct Totals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How many, how much, and through whom.",
        discussion: """
            Kept is paid minus refunded, of all that was pledged. Organic and unknown are pledges that credit nobody by the
            community's own attribution rule: unknown ones carry a code that nobody owns. Both as parts of the money pledged.

            Examples:
              grapevine totals
              grapevine totals --json         # every ratio as its two exact sums
              grapevine totals --csv          # the money, one line a currency
            """)

    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions
}

extension Totals: Tabling {
    func question() -> GetTotals { GetTotals() }

    func rows(_ answer: GetTotals.Answer) -> [MoneyRow] { answer.money }

    static var columns: [Table<MoneyRow>.Column] {
        func column(_ title: String, _ minor: @escaping (MoneyRow) -> Int64) -> Table<MoneyRow>.Column {
            .init(title, isNumber: true) { DecimalText.amount(minor: minor($0), exponent: $0.exponent) }
        }
        return [
            .init("currency") { $0.currency },
            column("pledged") { $0.pledgedMinor },
            column("paid") { $0.paidMinor },
            column("refunded") { $0.refundedMinor },
            column("cancelled") { $0.cancelledMinor },
            .init("kept", for: .people, isNumber: true) { row in
                row.kept.map { Words.percent($0.numerator, of: $0.denominator) } ?? ""
            },
            .init("organic", for: .people, isNumber: true) {
                Words.percent($0.organic?.pledgedMinor ?? 0, of: $0.pledgedMinor)
            },
            .init("unknown", for: .people, isNumber: true) {
                Words.percent($0.unknown?.pledgedMinor ?? 0, of: $0.pledgedMinor)
            },
            .init("kept", for: .spreadsheets, isNumber: true) { row in
                row.kept.map { DecimalText.amount(minor: $0.numerator, exponent: row.exponent) } ?? ""
            },
            .init("organic_pledges", for: .spreadsheets) { String($0.organic?.pledges ?? 0) },
            .init("organic", for: .spreadsheets) {
                DecimalText.amount(minor: $0.organic?.pledgedMinor ?? 0, exponent: $0.exponent)
            },
            .init("unknown_pledges", for: .spreadsheets) { String($0.unknown?.pledges ?? 0) },
            .init("unknown", for: .spreadsheets) {
                DecimalText.amount(minor: $0.unknown?.pledgedMinor ?? 0, exponent: $0.exponent)
            },
        ]
    }

    private func prospects(_ answer: GetTotals.Answer) -> [String] {
        guard let amount = answer.qualifying else { return [] }
        let needed = Words.money(amount.amountMinor, amount.currency, amount.exponent)
        return ["\(Words.count(answer.prospects, "prospect")): no payment of \(needed) or more yet"]
    }

    private func waiting(_ answer: GetTotals.Answer) -> String {
        guard answer.qualifying != nil else { return "" }
        let pledges = answer.money.compactMap(\.prospect).map(\.pledges).reduce(0, +)
        return ", \(Words.grouped(pledges)) waiting (of prospects)"
    }

    private func oddities(_ answer: GetTotals.Answer) -> [String] {
        var lines: [String] = []
        if answer.suspendedPledges > 0 {
            lines.append(
                "\(Words.count(answer.suspendedPledges, "pledge")) would credit somebody who was suspended then")
        }
        if answer.flaggedPledges > 0 {
            lines.append(
                "\(Words.count(answer.flaggedPledges, "pledge")) flagged, as facts contradict each other: "
                    + "grapevine pledge list --flagged")
        }
        return lines
    }

    func lines(_ answer: GetTotals.Answer) -> [String] {
        [
            "\(Words.count(answer.backers, "backer")), \(Words.grouped(answer.attributedBackers)) of them brought by "
                + "one of \(Words.count(answer.ambassadors, "ambassador"))"
        ] + prospects(answer) + [
            "\(Words.count(answer.pledges, "pledge")), \(Words.grouped(answer.anonymousPledges)) of them anonymous",
            "by \(answer.attribution.rawValue) \(Words.grouped(answer.organicPledges)) of them organic (credit nobody), "
                + "\(Words.grouped(answer.unknownPledges)) unknown (carry a code that nobody owns)" + waiting(answer),
        ] + oddities(answer) + (answer.money.isEmpty ? [] : [""] + Table(columns: Self.columns).lines(answer.money))
    }
}

struct Leaderboard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The ambassadors, the best first.",
        discussion: """
            Examples:
              grapevine leaderboard
              grapevine leaderboard --attribution last-touch --limit 3
              grapevine leaderboard --by reach --limit 0 --csv > leaderboard.csv
            """)

    @Option(help: "Who gets the credit for a pledge; the community's own rule unless given.")
    var attribution: AttributionName?
    @Option(help: "What makes the order.")
    var by = LeaderboardScore.credited
    @Option(help: ArgumentHelp("Of the credit; the community's own unless given.", valueName: "currency"))
    var currency: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Places to print; 0 for all.", valueName: "n"))
    var limit = 10
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more.") }
    }
}

extension Leaderboard: Tabling {
    func question() -> GetLeaderboard {
        GetLeaderboard(attribution: attribution, by: by, currency: currency, limit: limit)
    }

    /// A place with the currency of its credit.
    struct Place {
        let row: LeaderboardRow
        let currency: String
        let exponent: Int
    }

    func rows(_ answer: GetLeaderboard.Answer) -> [Place] {
        answer.rows.map { Place(row: $0, currency: answer.currency, exponent: answer.exponent) }
    }

    static var columns: [Table<Place>.Column] {
        [
            .number("rank") { $0.row.rank },
            .init("ambassador", for: .people) {
                Words.person($0.row.ambassador, name: $0.row.name, isLookalike: $0.row.nameLookalike)
            },
            .init("ambassador", for: .spreadsheets) { $0.row.ambassador },
            .init("code") { $0.row.code },
            .number("brought") { $0.row.brought },
            .number("reach") { $0.row.reach },
            .number("depth") { $0.row.depth },
            .init("credited", isNumber: true) {
                DecimalText.amount(minor: $0.row.creditedMinor, exponent: $0.exponent)
            },
            .init("currency") { $0.currency },
            .number("credited_pledges") { $0.row.creditedPledges },
            .init("name", for: .spreadsheets) { $0.row.name ?? "" },
        ]
    }

    func lines(_ answer: GetLeaderboard.Answer) -> [String] {
        guard !answer.rows.isEmpty else {
            return ["No ambassadors yet: grapevine ambassador add, or grapevine invite --role ambassador"]
        }
        return Table(columns: Self.columns).lines(rows(answer))
            + ["", "By \(answer.by.rawValue), credit by \(answer.attribution.rawValue)."]
    }
}
