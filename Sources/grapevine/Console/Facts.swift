/// What is known of one thing: a name and a value a line, aligned.
enum Facts {
    /// Facts without a value are left out.
    static func lines(_ facts: [(name: String, value: String?)]) -> [String] {
        let known = facts.compactMap { fact in fact.value.map { (fact.name, $0) } }
        let width = known.map(\.0.columns).max() ?? 0
        return known.map { "\($0.padded(to: width, onTheLeft: false))  \($1)" }
    }
}
