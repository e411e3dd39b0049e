import API

/// What becomes of the orders that are held when a successor takes over.
enum SuccessionText {
    static func lines(_ plan: PlanSuccession.Answer) -> [String] {
        let orders = plan.orders ?? []
        let stays = Set(plan.stays)
        return lines("stay", orders.filter { $0.counts && stays.contains($0.order) })
            + lines("begin to count: their signer takes over", orders.filter { $0.counts && !stays.contains($0.order) })
            + lines("do not count", orders.filter { !$0.counts })
    }

    private static func lines(_ fate: String, _ orders: [RootOrderRow]) -> [String] {
        guard !orders.isEmpty else { return [] }
        return ["orders that \(fate): \(orders.count)"] + Table(columns: columns).lines(orders).map { "  \($0)" }
    }

    private static var columns: [Table<RootOrderRow>.Column] {
        [
            .number("serial") { $0.serial },
            .init("kind") { $0.kind.rawValue },
            .init("subject") { Words.short($0.subject) },
            .init("at") { $0.at.text },
        ]
    }
}
