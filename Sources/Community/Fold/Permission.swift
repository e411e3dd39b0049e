package import AuthorLog

/// Whether a record counts: an operation without the right to all of its facts is skipped whole.
///
/// Source: Protocol/3-community.md, *Roles*; the table is ``Fact/roles``.
package enum Permission {
    /// - Parameters:
    ///   - right: The author's strongest right valid at the operation's time.
    package static func allows(_ record: Record, under right: Right, pseudonyms: Pseudonyms) -> Bool {
        var isAllowed = true
        record.forEachFact(under: right, pseudonyms: pseudonyms) { fact in
            if !fact.roles.contains(right.role) { isAllowed = false }
        }
        return isAllowed
    }
}
