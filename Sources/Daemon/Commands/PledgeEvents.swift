import API
import Community
import Identity
import Storage

// From what was written of a pledge to what the local API says of it.

extension PledgeEvent {
    /// - Parameters:
    ///   - people: How persons are called.
    ///   - currency: The community's: what a fact without an amount is printed in.
    init(_ row: PledgeHistoryQuery.Row, people: [PersonID: PersonName], currency: Currency) {
        let kind: Kind
        var (from, to): (PledgeHistory.Value?, PledgeHistory.Value?)
        var amount: Amount?
        var reference = ""
        var takesBack = false
        switch row.change {
        case .register(let register, let before, let after):
            kind = Kind(register)
            (from, to) = (before, after)
            if case .amount(let value) = after { amount = value }
        case .money(let fact, let name, let stated, let isVoid):
            kind = Kind(fact)
            amount = stated ?? .zero(currency)
            reference = name
            takesBack = isVoid
        }
        self.init(
            kind: kind, standing: Standing(row.standing), takesBack: takesBack, at: Timestamp(stored: row.at),
            member: row.author.member.hex,
            person: row.author.person?.text, name: row.author.displayName, amount: amount.map { Money($0) },
            amountBefore: from?.money, reference: reference.isEmpty ? nil : reference, from: from?.text(people),
            to: to?.text(people))
    }
}

extension PledgeEvent.Money {
    init(_ amount: Amount) {
        self.init(minor: amount.minor, currency: amount.currency.code, exponent: amount.currency.exponent)
    }
}

extension PledgeEvent.Kind {
    init(_ register: Writers.Register) {
        self =
            switch register {
            case .backer: .backer
            case .at: .pledgedAt
            case .code: .code
            case .visibility: .visibility
            case .amount: .amount
            }
    }

    init(_ kind: Record.MoneyKind) {
        self =
            switch kind {
            case .confirm: .paid
            case .refund: .refunded
            case .cancel: .cancelled
            case .lapse: .lapsed
            }
    }
}

extension PledgeEvent.Standing {
    init(_ standing: PledgeHistory.Standing) {
        self =
            switch standing {
            case .counts: .counts
            case .overtaken: .overtaken
            case .void: .void
            case .otherCurrency: .otherCurrency
            }
    }
}

extension PledgeHistory.Value {
    fileprivate var money: PledgeEvent.Money? {
        guard case .amount(let amount) = self else { return nil }
        return PledgeEvent.Money(amount)
    }

    /// nil for amounts, and for no code.
    fileprivate func text(_ people: [PersonID: PersonName]) -> String? {
        switch self {
        case .anonymous: "anonymous"
        case .person(let id): people[id]?.text ?? id.hex
        case .time(let milliseconds): Timestamp(stored: milliseconds).text
        case .code(let code): code.text
        case .visibility(let value): String(value)
        case .noCode, .amount: nil
        }
    }
}
