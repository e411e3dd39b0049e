import API
import Community
import Storage

// What commands do to the money of a pledge that is held: pure, so that every refusal has its test.

extension HeldPledge {
    /// The same payment twice counts once. Another amount under a reference that names a payment is no correction of it, but
    /// refused: whoever means one takes the payment back first. More than was pledged, and a cancelled pledge, may be paid:
    /// money that came in is in the record, and flagged.
    ///
    /// - Parameter amount: The whole amount of the pledge where none is given.
    /// - Returns: nil where the record says so already.
    func payment(of amount: Amount?, reference: String) throws(Failure) -> Record.MoneyFact? {
        if amount == nil, self.amount.minor == 0 {
            throw Failure(.pledgeState, "there is nothing to pay: the pledge is of 0")
        }
        let payment = amount ?? self.amount
        guard payment.minor > 0 else { throw Failure(.amount, "a payment is more than 0") }
        guard let known = standing(.confirm, reference) else {
            return Record.MoneyFact(kind: .confirm, reference: reference, amount: payment)
        }
        if known.amount == payment { return nil }
        throw Failure(
            .reference,
            reference.isEmpty
                ? "a payment of \(text(known.amount)) without a reference is confirmed; this one is of \(text(payment))"
                : "the reference \(reference) names a payment of \(text(known.amount)); this one is of \(text(payment))",
            hint: "name this payment with a --reference of its own, or take that one back: `grapevine pledge void`")
    }

    /// - Parameter amount: All that is left where none is given.
    /// - Returns: nil where the record says so already.
    func refund(of amount: Amount?, reference: String) throws(Failure) -> Record.MoneyFact? {
        guard paidMinor > 0 else {
            throw Failure(
                .pledgeState, "there is nothing to refund: nothing has been paid", hint: "grapevine pledge cancel")
        }
        let left = paidMinor - refundedMinor
        if let known = standing(.refund, reference) {
            let isSame = amount.map { $0 == known.amount } ?? (left == 0)
            // Without a reference two refunds of one amount cannot be told from one that was sent twice.
            if isSame, left == 0 || !reference.isEmpty { return nil }
            throw Failure(
                .reference,
                reference.isEmpty
                    ? "a part of \(text(known.amount)) has been refunded already, and both have no reference"
                    : "the reference \(reference) names a refund of \(text(known.amount))",
                hint: "name this refund with a --reference of its own")
        }
        guard left > 0 else { throw Failure(.pledgeState, "all that was paid, \(text(paidMinor)), has been refunded") }
        guard let refund = amount ?? Amount(minor: left, currency: self.amount.currency) else {
            throw Failure(.overRange, "\(text(left)) is more than one refund can be", hint: "refund it in parts")
        }
        guard refund.minor > 0 else { throw Failure(.amount, "a refund is more than 0") }
        guard refund.minor <= left else {
            throw Failure(.pledgeState, "only \(text(left)) of what was paid is left to refund")
        }
        return Record.MoneyFact(kind: .refund, reference: reference, amount: refund)
    }

    /// - Returns: nil where the record says so already.
    func cancellation() throws(Failure) -> Record.MoneyFact? {
        switch state {
        case .paid: throw Failure(.pledgeState, "it has been paid", hint: "grapevine pledge refund")
        case .refunded: throw Failure(.pledgeState, "it has been paid and refunded: there is nothing to cancel")
        case .cancelled: return nil
        case .pledged, .lapsed: return Record.MoneyFact(kind: .cancel)
        }
    }

    /// Takes back what stands under a kind and reference.
    func void(of name: MoneyFactName, reference: String) throws(Failure) -> Record.MoneyFact {
        let kind = Record.MoneyKind(name)
        if standing(kind, reference) != nil {
            return Record.MoneyFact(kind: kind, reference: reference, isVoid: true)
        }
        let called = reference.isEmpty ? "\(name.rawValue) without a reference" : "\(name.rawValue) \(reference)"
        let ofKind = facts.filter { $0.kind == kind }
        if ofKind.contains(where: { $0.reference.utf8.elementsEqual(reference.utf8) }) {
            throw Failure(.pledgeState, "there is nothing to take back: the \(called) is taken back already")
        }
        guard ofKind.contains(where: { !$0.isVoid }) else {
            throw Failure(.pledgeState, "there is nothing to take back: the pledge has no \(name.rawValue)")
        }
        throw Failure(
            .reference, "the pledge has no \(called)",
            hint: "give the --reference that `grapevine pledge show` lists, or none where it lists none")
    }

    private func standing(_ kind: Record.MoneyKind, _ reference: String) -> HeldMoneyFact? {
        facts.first { $0.kind == kind && !$0.isVoid && $0.reference.utf8.elementsEqual(reference.utf8) }
    }

    private func text(_ minor: Int64) -> String { text(minor, amount.currency) }

    /// A fact may be in another currency than the pledge.
    private func text(_ amount: Amount) -> String { text(amount.minor, amount.currency) }

    private func text(_ minor: Int64, _ currency: Currency) -> String {
        "\(DecimalText.amount(minor: minor, exponent: currency.exponent)) \(currency)"
    }
}

extension Record.MoneyKind {
    init(_ name: MoneyFactName) {
        self =
            switch name {
            case .payment: .confirm
            case .refund: .refund
            case .lapse: .lapse
            case .cancel: .cancel
            }
    }
}

/// A new pledge as a command states it.
struct NewPledge {
    var registers: Record.Pledge
    /// Nil: anonymous.
    var backer: FoundPerson?

    /// Whether a pledge that is held under this external id is the same one. A time that is not given is any.
    func isHeld(as held: HeldPledge) -> Bool {
        guard held.backer == backer?.id, held.amount == registers.amount, held.code == registers.code ?? nil else {
            return false
        }
        return registers.at == 0 || registers.at == ClaimedTime.stated(held.at)
    }
}

extension Amount {
    /// - Throws: `E-AMOUNT`, saying what is wrong.
    init(argument text: String, currency: Currency) throws(Failure) {
        do {
            try self.init(decimal: Array(Pseudonyms.trimmed(text).utf8)[...], currency: currency)
        } catch {
            throw Failure(.amount, "--amount: \(text) is not one: \(error.rule(in: currency))")
        }
    }
}

extension Currency {
    /// - Throws: `E-CURRENCY`.
    init(argument text: String) throws(Failure) {
        guard let currency = Currency(text) else { throw Failure(.currency, "--currency: \(text) is not one") }
        self = currency
    }
}
