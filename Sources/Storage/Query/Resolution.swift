/// What came of looking for whom or what a reference means.
package enum Resolution<Found: Hashable & Sendable>: Hashable, Sendable {
    case found(Found)
    case notFound
    /// Several sources use this external id; ascending by bytes.
    case ambiguous(sources: [String])

    init(_ found: Found?) {
        self = found.map { .found($0) } ?? .notFound
    }

    /// - Parameters:
    ///   - held: Whatever is held under this external id, each with its source.
    ///   - unsaid: What the default source calls so, found by its hash: the text itself may not be held here.
    init(held: [(found: Found, source: String)], unsaid: Found?) {
        var candidates = held
        if let unsaid, !held.contains(where: { $0.found == unsaid }) {
            candidates.append((unsaid, PersonResolver.defaultSource))
        }
        if candidates.count > 1 {
            let sources = candidates.map(\.source).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            self = .ambiguous(sources: sources)
        } else {
            self.init(candidates.first?.found)
        }
    }
}
