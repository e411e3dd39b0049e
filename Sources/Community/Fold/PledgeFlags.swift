/// What of a pledge contradicts itself: signed facts that their authors, cut off from each other, could not know of.
///
/// Source: Protocol/3-community.md, *Money*.
package struct PledgeFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// More is paid than was pledged.
    package static let overpaid = PledgeFlags(rawValue: 1)
    /// A payment was confirmed later than a cancellation.
    package static let paidAfterCancel = PledgeFlags(rawValue: 2)
    /// A cancellation was written later than a payment was confirmed.
    package static let cancelledAfterPayment = PledgeFlags(rawValue: 4)
    /// Refunds come to more than what was paid.
    package static let overRefunded = PledgeFlags(rawValue: 8)
    /// A payment or refund is in another currency than the pledge.
    package static let otherCurrency = PledgeFlags(rawValue: 16)
    /// One payment was confirmed with two amounts, whichever counts.
    package static let twoAmounts = PledgeFlags(rawValue: 32)
}

extension PledgeFlags {
    /// - Parameters:
    ///   - pledge: With what its facts come to.
    ///   - refunds: All that stand, added up.
    init(_ pledge: PledgeRow, refunds: Int64, order: LogOrder) {
        self = []
        if pledge.paid > pledge.amount.minor { insert(.overpaid) }
        if refunds > pledge.paid { insert(.overRefunded) }
        var cancel: (first: Stamp, last: Stamp)?
        var payment: (first: Stamp, last: Stamp)?
        func widen(_ range: inout (first: Stamp, last: Stamp)?, by stamp: Stamp) {
            guard let known = range else { return range = (stamp, stamp) }
            if order.isEarlier(stamp, than: known.first) { range?.first = stamp }
            if order.isEarlier(known.last, than: stamp) { range?.last = stamp }
        }
        for fact in pledge.money.facts {
            if fact.confirmed == .several { insert(.twoAmounts) }
            guard !fact.isVoid else { continue }
            let isForeign = fact.kind.carriesAmount && fact.amount.currency != pledge.amount.currency
            if isForeign { insert(.otherCurrency) }
            switch fact.kind {
            case .cancel: widen(&cancel, by: fact.stamp)
            case .confirm where !isForeign: widen(&payment, by: fact.stamp)
            case .confirm, .refund, .lapse: break
            }
        }
        guard let cancel, let payment else { return }
        if order.isEarlier(cancel.first, than: payment.last) { insert(.paidAfterCancel) }
        if order.isEarlier(payment.first, than: cancel.last) { insert(.cancelledAfterPayment) }
    }
}
