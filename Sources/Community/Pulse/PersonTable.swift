/// One value for each person, found by their number in this node's database: a dictionary, but for what nearly everybody has.
///
/// Those numbers are given out one after the other, so a plain array holds them: a look-up for each of a million pledges costs a
/// third of hashing. Never read in the order of the numbers, which is another on each node.
struct PersonTable<Value> {
    private let blank: Value
    private let denseCount: Int
    private var dense: [Value] = []
    private var sparse: [PersonNumber: Value] = [:]

    /// - Parameters:
    ///   - blank: What people have of whom nothing is known.
    ///   - isDense: Nearly everybody will have a value. Others cost no more memory than they have values.
    init(blank: Value, isDense: Bool) {
        self.blank = blank
        denseCount = isDense ? Self.denseLimit : 0
    }

    /// Forty times the people of the largest community we mean to hold; whoever has a higher number is looked up by hashing.
    private static var denseLimit: Int { 1 << 24 }

    subscript(number: PersonNumber) -> Value {
        if let index = index(of: number) { return index < dense.count ? dense[index] : blank }
        return sparse[number] ?? blank
    }

    mutating func update(_ number: PersonNumber, _ change: (inout Value) -> Void) {
        guard let index = index(of: number) else {
            let blank = blank
            return change(&sparse[number, default: blank])
        }
        if index >= dense.count {
            let count = min(denseCount, max(index + 1, 2 * dense.count))
            dense.append(contentsOf: repeatElement(blank, count: count - dense.count))
        }
        change(&dense[index])
    }

    /// - Returns: What `keep` makes of each value, the blank ones included; in no order.
    func compactMap<Result>(_ keep: (Value) -> Result?) -> [Result] {
        dense.compactMap(keep) + sparse.values.compactMap(keep)
    }

    func forEach(_ body: (Value) -> Void) {
        dense.forEach(body)
        sparse.values.forEach(body)
    }

    private func index(of number: PersonNumber) -> Int? {
        number >= 0 && number < denseCount ? Int(number) : nil
    }
}
