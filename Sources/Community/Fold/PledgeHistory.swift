import AuthorLog
package import Identity

/// What was ever written of one pledge, and what became of each write: by the rules by which the fold keeps the latest.
///
/// Source: Protocol/3-community.md, *Record* and *Money*.
package enum PledgeHistory {
    /// A record that the fold merged, and where it stands.
    package struct Entry: Sendable {
        package var stamp: Stamp
        package var record: Record

        package init(stamp: Stamp, record: Record) {
            self.stamp = stamp
            self.record = record
        }
    }

    /// What a register held or holds.
    package enum Value: Hashable, Sendable {
        case anonymous
        case person(PersonID)
        /// Unix milliseconds.
        case time(Int64)
        case noCode
        case code(CodeText)
        case visibility(UInt8)
        case amount(Amount)
    }

    package enum Change: Hashable, Sendable {
        /// - `from`: nil where nobody wrote it before.
        case register(Writers.Register, from: Value?, to: Value)
        case money(kind: Record.MoneyKind, reference: String, amount: Amount?, isVoid: Bool)
    }

    package enum Standing: Hashable, Sendable {
        /// It is the latest, and counts.
        case counts
        /// A later write of the same register, or of the same kind and reference, is what counts.
        case overtaken
        /// It is the latest, and takes back.
        case void
        /// It is the latest, and in another currency than the pledge is now: it counts as nothing.
        case otherCurrency
    }

    package struct Event: Hashable, Sendable {
        package var stamp: Stamp
        package var change: Change
        package var standing: Standing
    }

    /// - Parameter entries: In any order; each states something of the pledge.
    /// - Returns: Oldest first, in the total order; of one record registers first. A first write that says what an unwritten
    ///   register says already (no code, visibility 0) is left out.
    package static func events(
        _ entries: [Entry], of pledge: PledgeID, currency: Currency, order: LogOrder
    ) -> [Event] {
        var events: [Event] = []
        var latest: [Writers.Register: (index: Int?, value: Value)] = [:]
        var facts: [FactKey: Int] = [:]
        for entry in entries.sorted(by: { order.isEarlier($0.stamp, than: $1.stamp) }) {
            if let registers = entry.record.pledge, registers.id == pledge {
                for (register, value) in values(of: registers, in: entry) {
                    let before = latest[register]
                    if let index = before?.index { events[index].standing = .overtaken }
                    let isSilent = before == nil && (value == .noCode || value == .visibility(0))
                    latest[register] = (isSilent ? nil : events.count, value)
                    if isSilent { continue }
                    events.append(
                        Event(
                            stamp: entry.stamp, change: .register(register, from: before?.value, to: value),
                            standing: .counts))
                }
            }
            guard entry.record.paidPledge == pledge else { continue }
            for fact in entry.record.money {
                let key = FactKey(kind: fact.kind, reference: Array(fact.reference.utf8))
                // Of several in one record the first counts.
                let isRepeated = facts[key].map { events[$0].stamp == entry.stamp } ?? false
                if !isRepeated {
                    if let index = facts[key] { events[index].standing = .overtaken }
                    facts[key] = events.count
                }
                events.append(
                    Event(
                        stamp: entry.stamp,
                        change: .money(
                            kind: fact.kind, reference: fact.reference, amount: fact.amount, isVoid: fact.isVoid),
                        standing: isRepeated ? .overtaken : fact.isVoid ? .void : .counts))
            }
        }
        let current: Currency =
            if case .amount(let amount) = latest[.amount]?.value { amount.currency } else { currency }
        for index in facts.values where events[index].standing == .counts {
            guard case .money(_, _, let amount?, _) = events[index].change, amount.currency != current else { continue }
            events[index].standing = .otherCurrency
        }
        return events
    }

    /// A reference is its bytes.
    private struct FactKey: Hashable {
        let kind: Record.MoneyKind
        let reference: [UInt8]
    }

    /// The registers that a record writes, in their order.
    private static func values(of pledge: Record.Pledge, in entry: Entry) -> [(Writers.Register, Value)] {
        var values: [(Writers.Register, Value)] = []
        if let backer = pledge.backer {
            let person = backer == .person ? entry.record.person : nil
            values.append((.backer, person.map { .person($0) } ?? .anonymous))
        }
        if let at = pledge.at {
            values.append((.at, .time(at == 0 ? Int64(clamping: entry.stamp.time.milliseconds) : at)))
        }
        if let code = pledge.code { values.append((.code, code.map { .code($0) } ?? .noCode)) }
        if let visibility = pledge.visibility { values.append((.visibility, .visibility(visibility))) }
        if let amount = pledge.amount { values.append((.amount, .amount(amount))) }
        return values
    }
}
