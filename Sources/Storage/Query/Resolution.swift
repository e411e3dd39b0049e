import GRDB

/// What came of looking for whom or what a reference means.
package enum Resolution<Found: Hashable & Sendable>: Hashable, Sendable {
    case found(Found)
    case notFound
    /// Several sources use this external id; ascending by bytes.
    case ambiguous(sources: [String])

    init(_ found: Found?) {
        self = found.map { .found($0) } ?? .notFound
    }

    /// Looks for what is called by an external id, in each source that it may be of.
    ///
    /// - Parameter find: What the source calls so, found by its hash: the text itself may not be held here.
    init(ofSources database: Database, find: (_ source: String) throws -> Found?) throws {
        var candidates: [(found: Found, source: String)] = []
        for source in try database.externalSources() {
            guard let found = try find(source), !candidates.contains(where: { $0.found == found }) else { continue }
            candidates.append((found, source))
        }
        self =
            candidates.count > 1
            ? .ambiguous(sources: candidates.map(\.source)) : .init(candidates.first?.found)
    }
}

extension Database {
    /// Those that name external ids, and the default one; ascending by bytes.
    fileprivate func externalSources() throws -> [String] {
        let sql = """
            SELECT source FROM detail_sources UNION SELECT ? ORDER BY source LIMIT \(QueryLimits.triedSources)
            """
        return try rows(sql, [PersonResolver.defaultSource]) { $0[0] }
    }
}
