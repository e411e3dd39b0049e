import API

/// One pledge, for people.
enum PledgeText {
    static func lines(_ row: PledgeRow) -> [String] {
        func sum(_ minor: Int64) -> String { Words.money(minor, row.currency, row.exponent) }
        let facts = Facts.lines(
            [
                ("pledge", row.pledge), ("id", row.id), ("backer", row.backer ?? "anonymous"),
                ("amount", sum(row.amountMinor)), ("pledged", row.pledgedAt.text), ("status", row.status.rawValue),
                ("paid", row.paidMinor == 0 ? nil : sum(row.paidMinor)),
                ("refunded", row.refundedMinor == 0 ? nil : sum(row.refundedMinor)),
                ("code", row.code), ("credits", row.ambassador ?? "nobody"),
            ] + row.flags.map { ("flag", $0.reason) })
        guard let history = row.history, !history.isEmpty else { return facts }
        let table = Table<PledgeEvent>(columns: [
            .init("at") { $0.at.text },
            .init("what") { $0.kind.rawValue },
            .init("from") { $0.amountBefore.map(money) ?? $0.from ?? "" },
            .init("to") { value($0) },
            .init("reference") { $0.reference ?? "" },
            .init("by") { Words.author($0.person, name: $0.name, member: $0.member) },
            .init("standing") { $0.standing.rawValue },
        ])
        return facts + [""] + (row.historyMore == true ? ["… and what was written before:"] : []) + table.lines(history)
    }

    /// A lapse and a cancellation are of no amount.
    private static func value(_ event: PledgeEvent) -> String {
        if event.takesBack { return "taken back" }
        if event.kind == .cancelled || event.kind == .lapsed { return "" }
        return event.amount.map(money) ?? event.to ?? "none"
    }

    private static func money(_ amount: PledgeEvent.Money) -> String {
        Words.money(amount.minor, amount.currency, amount.exponent)
    }

    /// What a change came to, and every contradiction that stands.
    static func outcome(_ row: PledgeRow) -> [String] {
        [line(row)] + row.flags.map { "flagged: \($0.reason)" }
    }

    private static func line(_ row: PledgeRow) -> String {
        let amount = Words.money(row.amountMinor, row.currency, row.exponent)
        let paid = Words.money(row.paidMinor - row.refundedMinor, row.currency, row.exponent)
        return "\(row.pledge): \(amount), \(row.status.rawValue); \(paid) held"
    }
}
