import API
import Community
import Storage

// What commands do to the money of a pledge that is held: pure, so that every refusal has its test.

extension HeldPledge {
    /// Confirms the whole amount. The same payment twice counts once; after a change of the amount it counts as the new one.
    ///
    /// - Returns: nil where the record says so already.
    func payment(reference: String) throws(Failure) -> Record.MoneyFact? {
        guard amount.minor > 0 else { throw Failure(.pledgeState, "there is nothing to pay: the pledge is of 0") }
        if standing(.confirm, reference)?.amount == amount { return nil }
        return Record.MoneyFact(kind: .confirm, reference: reference, amount: amount)
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
                    ? "a part of \(text(known.amount.minor)) has been refunded already, and both have no reference"
                    : "the reference \(reference) names a refund of \(text(known.amount.minor))",
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

    private func standing(_ kind: Record.MoneyKind, _ reference: String) -> HeldMoneyFact? {
        facts.first { $0.kind == kind && !$0.isVoid && $0.reference.utf8.elementsEqual(reference.utf8) }
    }

    private func text(_ minor: Int64) -> String {
        "\(DecimalText.amount(minor: minor, exponent: amount.currency.exponent)) \(amount.currency)"
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
