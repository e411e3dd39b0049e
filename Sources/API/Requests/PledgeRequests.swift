package struct AddPledge: Request {
    package static let path = "pledge/add"

    /// Nobody: anonymous.
    package var backer: PersonReference?
    /// Exact decimals: `12.50`.
    package var amount: String
    /// The community's own unless given.
    package var currency: String?
    package var code: String?
    package var at: Timestamp?
    package var external: String?
    /// Of the external id; `import` unless given.
    package var source: String?

    package init(
        backer: PersonReference?, amount: String, currency: String? = nil, code: String? = nil, at: Timestamp? = nil,
        external: String? = nil, source: String? = nil
    ) {
        self.backer = backer
        self.amount = amount
        self.currency = currency
        self.code = code
        self.at = at
        self.external = external
        self.source = source
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var pledge: String

        package init(pledge: String) {
            self.pledge = pledge
        }
    }
}

package struct ChangePledge: Request {
    package static let path = "pledge/change"

    package typealias Answer = PledgeRow

    package var pledge: PledgeReference
    package var amount: String

    package init(_ pledge: PledgeReference, amount: String) {
        self.pledge = pledge
        self.amount = amount
    }
}

/// Confirms that the amount, or a part of it, has been paid.
package struct PayPledge: Request {
    package static let path = "pledge/pay"

    package typealias Answer = PledgeRow

    package var pledge: PledgeReference
    /// The whole amount of the pledge unless given, in its currency.
    package var amount: String?
    /// The payment's own id, 64 bytes at most. Of one pledge the same payment twice counts once.
    package var reference: String?

    package init(_ pledge: PledgeReference, amount: String? = nil, reference: String? = nil) {
        self.pledge = pledge
        self.amount = amount
        self.reference = reference
    }
}

package struct RefundPledge: Request {
    package static let path = "pledge/refund"

    package typealias Answer = PledgeRow

    package var pledge: PledgeReference
    /// All that is left of the payments unless given.
    package var amount: String?
    /// Needed from the second partial refund on.
    package var reference: String?

    package init(_ pledge: PledgeReference, amount: String? = nil, reference: String? = nil) {
        self.pledge = pledge
        self.amount = amount
        self.reference = reference
    }
}

package struct CancelPledge: Request {
    package static let path = "pledge/cancel"

    package typealias Answer = PledgeRow

    package var pledge: PledgeReference

    package init(_ pledge: PledgeReference) {
        self.pledge = pledge
    }
}

/// Takes back a payment, refund, lapse or cancellation: it counts as nothing from then on, and stays in the history.
package struct VoidMoneyFact: Request {
    package static let path = "pledge/void"

    package typealias Answer = PledgeRow

    package var pledge: PledgeReference
    /// A payment unless given.
    package var fact: MoneyFactName?
    /// The one it was written with; none for what has none.
    package var reference: String?

    package init(_ pledge: PledgeReference, fact: MoneyFactName? = nil, reference: String? = nil) {
        self.pledge = pledge
        self.fact = fact
        self.reference = reference
    }
}

package struct ShowPledge: Request {
    package static let path = "pledge/show"

    package typealias Answer = PledgeRow

    package var pledge: PledgeReference

    package init(_ pledge: PledgeReference) {
        self.pledge = pledge
    }
}

package struct ListPledges: PagedRequest {
    package static let path = "pledge/list"

    package typealias Answer = Page<PledgeRow>
    package typealias Row = PledgeRow

    package var after: String?
    package var limit: Int?
    /// Only those whose facts contradict each other.
    package var flagged: Bool?

    package init(after: String? = nil, limit: Int? = nil, flagged: Bool? = nil) {
        self.after = after
        self.limit = limit
        self.flagged = flagged
    }
}
