import API

/// One pledge, for people.
enum PledgeText {
    static func lines(_ row: PledgeRow) -> [String] {
        func money(_ minor: Int64) -> String { Words.money(minor, row.currency, row.exponent) }
        let facts = Facts.lines([
            ("pledge", row.pledge), ("id", row.id), ("backer", row.backer ?? "anonymous"),
            ("amount", money(row.amountMinor)), ("pledged", row.pledgedAt.text), ("status", row.status.rawValue),
            ("paid", row.paidMinor == 0 ? nil : money(row.paidMinor)),
            ("refunded", row.refundedMinor == 0 ? nil : money(row.refundedMinor)),
            ("code", row.code), ("credits", row.ambassador ?? "nobody"),
        ])
        guard let history = row.history, !history.isEmpty else { return facts }
        let table = Table<MoneyFact>(columns: [
            .init("at") { $0.at.text },
            .init("what") { $0.void ? "\($0.kind.rawValue), void" : $0.kind.rawValue },
            .init("amount", isNumber: true) { Words.money($0.amountMinor, $0.currency, $0.exponent) },
            .init("reference") { $0.reference ?? "" },
        ])
        return facts + [""] + table.lines(history)
    }

    /// What a change came to, in a sentence.
    static func line(_ row: PledgeRow) -> String {
        let amount = Words.money(row.amountMinor, row.currency, row.exponent)
        let paid = Words.money(row.paidMinor - row.refundedMinor, row.currency, row.exponent)
        return "\(row.pledge): \(amount), \(row.status.rawValue); \(paid) held"
    }
}
