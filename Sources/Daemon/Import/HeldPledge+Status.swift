import API
import Community
import Storage

extension HeldPledge {
    /// The money facts by which this pledge comes to a status that a file states.
    ///
    /// A file knows one amount and one status. Where the record shows both, nothing is said: partial payments and refunds stay.
    /// Otherwise the facts without a reference are written, corrected, or withdrawn where an import wrote them: a file that has
    /// not heard of a payment does not undo what somebody booked by hand. Those with a reference are somebody's own books, and
    /// count towards what is paid and refunded.
    ///
    /// - Parameter amount: What the pledge's will be.
    func corrections(to status: PledgeStatus, of amount: Amount) -> [Record.MoneyFact] {
        guard self.amount != amount || state.status != status || !isDerived else { return [] }
        let paid = status == .paid || status == .refunded ? amount.minor : 0
        let confirmed = sum(.confirm, in: amount.currency)
        let refunded = status == .refunded ? max(paid, confirmed) : 0
        let refund = max(0, refunded - sum(.refund, in: amount.currency))
        var facts: [Record.MoneyFact] = []
        correct(.confirm, to: Amount(minor: max(0, paid - confirmed), currency: amount.currency), in: &facts)
        correct(.refund, to: Amount(minor: refund, currency: amount.currency), in: &facts)
        correct(.lapse, to: status == .lapsed ? .zero(amount.currency) : nil, in: &facts)
        correct(.cancel, to: status == .cancelled ? .zero(amount.currency) : nil, in: &facts)
        return facts
    }

    /// Says of the fact without a reference what the record does not say already.
    ///
    /// - Parameter amount: Its amount; nil, or nothing of what carries an amount, for no such fact.
    private func correct(_ kind: Record.MoneyKind, to amount: Amount?, in facts: inout [Record.MoneyFact]) {
        let standing = self.facts.first { $0.kind == kind && $0.reference.isEmpty && !$0.isVoid }
        if let amount, !kind.carriesAmount || amount.minor > 0 {
            if let standing, !kind.carriesAmount || standing.amount == amount { return }
            facts.append(Record.MoneyFact(kind: kind, amount: kind.carriesAmount ? amount : nil))
        } else if let standing, standing.isImported {
            facts.append(Record.MoneyFact(kind: kind, isVoid: true))
        }
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
                isVoid: fact.isVoid, isImported: true))
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
