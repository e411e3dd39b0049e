/// A pledge in a list, and alone; also the answer to everything that changes one.
package struct PledgeRow: Codable, Hashable, Sendable {
    /// The external id if one is held, else the printed id.
    package var pledge: String
    package var id: String
    /// None if anonymous.
    @Nullable package var backer: String?
    package var amountMinor: Int64
    package var currency: String
    package var exponent: Int
    package var pledgedAt: Timestamp
    package var status: PledgeStatus
    package var paidMinor: Int64
    package var refundedMinor: Int64
    /// The code it carries.
    @Nullable package var code: String?
    /// Whom it credits by the community's own rule.
    @Nullable package var ambassador: String?
    /// Only alone: everything that was ever written of it, oldest first.
    package var history: [PledgeEvent]?
    /// True where older writes are left out of ``history``.
    package var historyMore: Bool?
    /// What contradicts itself.
    package var flags: [PledgeFlag]

    enum CodingKeys: String, CodingKey {
        case pledge, id, backer, currency, exponent, status, code, ambassador, history, flags
        case amountMinor = "amount_minor"
        case pledgedAt = "pledged_at"
        case paidMinor = "paid_minor"
        case refundedMinor = "refunded_minor"
        case historyMore = "history_more"
    }

    package init(
        pledge: String, id: String, backer: String?, amountMinor: Int64, currency: String, exponent: Int,
        pledgedAt: Timestamp, status: PledgeStatus, paidMinor: Int64, refundedMinor: Int64, code: String? = nil,
        ambassador: String? = nil, history: [PledgeEvent]? = nil, historyMore: Bool? = nil,
        flags: [PledgeFlag] = []
    ) {
        self.pledge = pledge
        self.id = id
        self.backer = backer
        self.amountMinor = amountMinor
        self.currency = currency
        self.exponent = exponent
        self.pledgedAt = pledgedAt
        self.status = status
        self.paidMinor = paidMinor
        self.refundedMinor = refundedMinor
        self.code = code
        self.ambassador = ambassador
        self.history = history
        self.historyMore = historyMore
        self.flags = flags
    }
}
