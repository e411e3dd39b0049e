import AuthorLog

/// The money facts of one pledge: of each (kind, reference) the latest writer's.
///
/// Found in one step however many somebody piles up.
package struct PledgeMoney: Sendable {
    /// One payment, refund, lapse or cancellation.
    package struct Fact: Equatable, Sendable {
        package var kind: Record.MoneyKind
        package var reference: String
        package var isVoid: Bool
        package var amount: Amount
        package var stamp: Stamp
        /// Written by an import: a later one may take it back. In no digest.
        package var isImported: Bool
        /// Of a confirmation with a reference.
        package var confirmed: ConfirmedAmounts

        /// - Parameter confirmed: Nil: this is the first that is met of its kind and reference.
        package init(
            kind: Record.MoneyKind, reference: String, isVoid: Bool, amount: Amount, stamp: Stamp,
            isImported: Bool = false, confirmed: ConfirmedAmounts? = nil
        ) {
            self.kind = kind
            self.reference = reference
            self.isVoid = isVoid
            self.amount = amount
            self.stamp = stamp
            self.isImported = isImported
            let isFirst: ConfirmedAmounts =
                kind == .confirm && !isVoid && !reference.isEmpty ? .one(amount) : .nothing
            self.confirmed = confirmed ?? isFirst
        }
    }

    /// A reference is its bytes: Swift's == on strings would take two spellings of "é" for one.
    private struct Key: Hashable {
        let kind: Record.MoneyKind
        let reference: [UInt8]

        init(_ fact: Fact) {
            kind = fact.kind
            reference = Array(fact.reference.utf8)
        }
    }

    /// In any order.
    package private(set) var facts: [Fact] = []
    /// Empty while there are few: then looking at each is faster.
    private var index: [Key: Int] = [:]
    private static let few = 8

    package init() {}

    /// - Parameter facts: No two of one kind and reference.
    package init(_ facts: [Fact]) {
        self.facts = facts
        indexAll()
    }

    /// By kind, then by the bytes of the reference.
    package var ordered: [Fact] {
        guard facts.count > 1 else { return facts }
        return facts.sorted {
            $0.kind != $1.kind
                ? $0.kind < $1.kind : $0.reference.utf8.lexicographicallyPrecedes($1.reference.utf8)
        }
    }

    /// When the payments were confirmed that count, by the headers, Unix milliseconds.
    ///
    /// - Parameter currency: Of the pledge.
    package func confirmations(in currency: Currency) -> [Int64] {
        facts.filter { $0.kind == .confirm && !$0.isVoid && $0.amount.currency == currency }
            .map { Int64(clamping: $0.stamp.time.milliseconds) }
    }

    /// - Parameter overtakes: Asked of what is there under the same kind and reference: true where `new` counts.
    mutating func merge(_ new: Fact, overtaking overtakes: (Stamp) -> Bool) {
        guard let position = position(of: new) else { return add(new) }
        let confirmed = facts[position].confirmed.adding(new.confirmed)
        if overtakes(facts[position].stamp) { facts[position] = new }
        facts[position].confirmed = confirmed
    }

    private func position(of fact: Fact) -> Int? {
        guard facts.count <= Self.few else { return index[Key(fact)] }
        return facts.firstIndex { $0.kind == fact.kind && $0.reference.utf8.elementsEqual(fact.reference.utf8) }
    }

    private mutating func add(_ fact: Fact) {
        facts.append(fact)
        if index.isEmpty { indexAll() } else { index[Key(fact)] = facts.count - 1 }
    }

    private mutating func indexAll() {
        guard facts.count > Self.few else { return }
        for (position, fact) in facts.enumerated() { index[Key(fact)] = position }
    }
}

extension PledgeMoney: Equatable {
    /// The index follows from the facts.
    package static func == (a: PledgeMoney, b: PledgeMoney) -> Bool { a.facts == b.facts }
}
