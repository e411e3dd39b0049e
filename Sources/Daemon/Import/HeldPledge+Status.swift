import API
import Community
import Storage

extension HeldPledge {
    /// The money facts by which this pledge comes to a status that a file states.
    ///
    /// A file knows one amount and one status. Where the record shows both, nothing is said: partial payments and refunds stay.
    /// Otherwise the facts without a reference are written, corrected or withdrawn; those with one are somebody's own books,
    /// and count towards what is paid and refunded.
    ///
    /// - Parameter amount: What the pledge's will be.
    func corrections(to status: PledgeStatus, of amount: Amount) -> [Record.MoneyFact] {
        guard self.amount != amount || state.status != status || !isDerived else { return [] }
        let paid = status == .paid || status == .refunded ? amount.minor : 0
        let confirmed = sum(.confirm, in: amount.currency)
        let refunded = status == .refunded ? max(paid, confirmed) : 0
        return [
            correction(.confirm, to: Amount(minor: max(0, paid - confirmed), currency: amount.currency)),
            correction(
                .refund,
                to: Amount(minor: max(0, refunded - sum(.refund, in: amount.currency)), currency: amount.currency)),
            correction(.lapse, to: status == .lapsed ? .zero(amount.currency) : nil),
            correction(.cancel, to: status == .cancelled ? .zero(amount.currency) : nil),
        ].compactMap { $0 }
    }

    /// - Parameter amount: Of the fact without a reference; nil, or nothing of what carries an amount, for none.
    /// - Returns: nil where the record says so already.
    private func correction(_ kind: Record.MoneyKind, to amount: Amount?) -> Record.MoneyFact? {
        let standing = facts.first { $0.kind == kind && $0.reference.isEmpty && !$0.isVoid }
        guard let amount, !kind.carriesAmount || amount.minor > 0 else {
            return standing == nil ? nil : Record.MoneyFact(kind: kind, isVoid: true)
        }
        if let standing, !kind.carriesAmount || standing.amount == amount { return nil }
        return Record.MoneyFact(kind: kind, amount: kind.carriesAmount ? amount : nil)
    }

    /// Of what stands with a reference.
    private func sum(_ kind: Record.MoneyKind, in currency: Currency) -> Int64 {
        var sum: Int64 = 0
        for fact in facts where fact.kind == kind && !fact.reference.isEmpty && !fact.isVoid {
            guard fact.amount.currency == currency else { continue }
            let (next, overflow) = sum.addingReportingOverflow(fact.amount.minor)
            sum = overflow ? .max : next
        }
        return sum
    }

    /// Takes a fact as written; what follows from it is not worked out.
    mutating func take(_ fact: Record.MoneyFact) {
        isDerived = false
        facts.removeAll { $0.kind == fact.kind && $0.reference.utf8.elementsEqual(fact.reference.utf8) }
        facts.append(
            HeldMoneyFact(
                kind: fact.kind, reference: fact.reference, amount: fact.amount ?? .zero(amount.currency),
                isVoid: fact.isVoid))
    }
}

extension PledgeState {
    var status: PledgeStatus {
        switch self {
        case .pledged: .pledged
        case .paid: .paid
        case .refunded: .refunded
        case .cancelled: .cancelled
        case .lapsed: .lapsed
        }
    }
}
