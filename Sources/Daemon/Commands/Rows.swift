import API
import AuthorLog
import Community
import Identity
import Storage

// From what the store finds to what the local API says.

extension Timestamp {
    /// - Parameter stored: Unix milliseconds. What a hostile clock wrote is shown as the nearest time that can be printed.
    init(stored: Int64) {
        let range = Community.Limits.claimedMillisecondRange
        guard let time = Timestamp(milliseconds: min(max(stored, range.lowerBound), range.upperBound)) else {
            preconditionFailure("both rooms count the years 1 to 9999")
        }
        self = time
    }
}

extension Int64 {
    /// - Throws: `E-OVER-RANGE`: sums are exact to 128 bits, and JSON's integers hold 64. A sum that is cut would be a lie.
    init(exact sum: Int128, in currency: String) throws(Failure) {
        guard let narrow = Int64(exactly: sum) else {
            throw Failure(
                .overRange, "a sum in \(currency) is over range: it does not fit 64 bits",
                hint: "`grapevine verify`, then look at the largest pledges in \(currency)")
        }
        self = narrow
    }
}

extension API.MoneyRow {
    init(_ sums: MoneySums) throws(Failure) {
        self.init(
            currency: sums.currency, exponent: sums.exponent,
            pledgedMinor: try Int64(exact: sums.pledgedMinor, in: sums.currency),
            paidMinor: try Int64(exact: sums.paidMinor, in: sums.currency),
            refundedMinor: try Int64(exact: sums.refundedMinor, in: sums.currency),
            cancelledMinor: try Int64(exact: sums.cancelledMinor, in: sums.currency))
    }
}

extension API.MoneyRow {
    /// A row of the totals.
    ///
    /// - Parameter shares: Of every currency.
    init(_ sums: MoneySums, shares: [ShareSums], hasProspects: Bool) throws(Failure) {
        try self.init(sums)
        if sums.pledgedMinor > 0 {
            kept = Ratio(
                numerator: try Int64(exact: sums.paidMinor - sums.refundedMinor, in: currency),
                denominator: pledgedMinor)
        }
        func row(_ share: Share) throws(Failure) -> ShareRow? {
            guard let part = shares.first(where: { $0.share == share && $0.currency == sums.currency }) else {
                return nil
            }
            return ShareRow(
                pledges: part.pledges, pledgedMinor: try Int64(exact: part.pledgedMinor, in: currency),
                paidMinor: try Int64(exact: part.paidMinor, in: currency),
                refundedMinor: try Int64(exact: part.refundedMinor, in: currency))
        }
        organic = try row(.organic) ?? ShareRow()
        unknown = try row(.unknown) ?? ShareRow()
        if hasProspects { prospect = try row(.prospect) ?? ShareRow() }
        suspended = try row(.suspended)
    }
}

extension GetTotals.QualifyingAmount {
    init?(_ rules: FoldRules) {
        guard rules.qualifyingMinor > 0 else { return nil }
        self.init(
            amountMinor: rules.qualifyingMinor, currency: rules.currency.code, exponent: rules.currency.exponent)
    }
}

extension BackerRow {
    /// - Parameter hasProspects: The community set a qualifying amount.
    init(_ row: BackerQuery.Row, hasProspects: Bool, money: [API.MoneyRow]? = nil) {
        self.init(
            backer: row.backer.text, id: row.backer.printedID, name: row.displayName,
            joinedAt: row.joinedAt.map { Timestamp(stored: $0) }, code: row.code, ambassador: row.ambassador?.text,
            prospect: hasProspects ? row.isProspect : nil, money: money, nameLookalike: row.isLookalike ? true : nil)
    }
}

extension API.AmbassadorRow {
    init(
        _ row: AmbassadorQuery.Row, currency: Currency, codes: [String]? = nil, lost: [LostCodeQuery.Row] = []
    ) throws(Failure) {
        self.init(
            ambassador: row.ambassador.text, id: row.ambassador.printedID, name: row.displayName, code: row.code,
            brought: row.brought, reach: row.reach, depth: row.depth,
            creditedMinor: try Int64(exact: row.creditedMinor, in: currency.code),
            creditedPledges: row.creditedPledges, currency: currency.code, exponent: currency.exponent, codes: codes,
            suspended: row.isSuspended, lostCodes: lost.isEmpty ? nil : lost.map { LostCodeRow($0) },
            nameLookalike: row.isLookalike ? true : nil)
    }
}

extension API.CodeRow {
    init(_ row: CodeQuery.Row) {
        self.init(
            code: row.code, ambassador: row.ambassador.text, own: row.isOwn,
            registeredAt: row.registeredAt.map { Timestamp(stored: $0) },
            overtaken: row.overtaken.isEmpty ? nil : row.overtaken.map { LostCodeRow($0) })
    }
}

extension LostCodeRow {
    init(_ row: LostCodeQuery.Row) {
        self.init(
            code: row.written, person: row.registrant.text, name: row.registrantName, owner: row.owner.text,
            own: row.isOwn, registeredAt: Timestamp(stored: row.at), member: row.author.member.hex)
    }
}

extension API.PledgeRow {
    init(
        _ row: PledgeQuery.Row, by attribution: AttributionKind, history: [PledgeEvent]? = nil, historyMore: Bool? = nil
    ) {
        self.init(
            pledge: row.pledge.text, id: row.pledge.printedID, backer: row.backer?.text, amountMinor: row.amountMinor,
            currency: row.currency, exponent: row.exponent, pledgedAt: Timestamp(stored: row.pledgedAt),
            status: row.state.status, paidMinor: row.paidMinor, refundedMinor: row.refundedMinor, code: row.code,
            ambassador: row.ambassador(by: attribution)?.text, history: history, historyMore: historyMore,
            flags: row.flags.named)
    }
}

extension API.LeaderboardRow {
    init(_ row: LeaderboardQuery.Row, currency: Currency) throws(Failure) {
        self.init(
            rank: row.rank, ambassador: row.ambassador.text, name: row.displayName, code: row.code,
            brought: row.brought,
            reach: row.reach, depth: row.depth, creditedMinor: try Int64(exact: row.creditedMinor, in: currency.code),
            creditedPledges: row.creditedPledges, nameLookalike: row.isLookalike ? true : nil)
    }
}

extension ReferralRow {
    init(_ row: ReferralListQuery.Row, of person: PersonName) {
        self.init(
            person: person.text, code: row.code, ambassador: row.ambassador?.text, at: Timestamp(stored: row.at),
            counts: row.counts, wins: row.wins, flags: row.flags.named)
    }
}

extension ReferralNode {
    /// As deep as the tree that was asked for: at most ``Limits/treeDepthCeiling``.
    init(_ node: ReferralTreeQuery.Node) {
        self.init(
            ambassador: node.person.text, name: node.displayName, code: node.code, brought: node.brought,
            reach: node.reach, depth: node.depth, children: node.children.map { ReferralNode($0) },
            leftOut: node.leftOut, next: node.next)
    }
}

// MARK: Names of rules

extension AttributionKind {
    init(_ attribution: Attribution) {
        switch attribution {
        case .firstTouch: self = .firstTouch
        case .lastTouch: self = .lastTouch
        }
    }

    init(_ name: AttributionName) {
        switch name {
        case .firstTouch: self = .firstTouch
        case .lastTouch: self = .lastTouch
        }
    }

    var name: AttributionName {
        switch self {
        case .firstTouch: .firstTouch
        case .lastTouch: .lastTouch
        }
    }
}

extension LeaderboardQuery.Score {
    init(_ score: LeaderboardScore) {
        switch score {
        case .credited: self = .credited
        case .brought: self = .brought
        case .reach: self = .reach
        }
    }
}
