package import AuthorLog

/// Whether a record counts: an operation without the right to all of its facts is skipped whole.
///
/// Source: Protocol/3-community.md, *Roles*; the table is ``Fact/roles``.
package enum Permission {
    /// - Parameters:
    ///   - right: The author's strongest right valid at the operation's time.
    package static func allows(_ record: Record, under right: Right, pseudonyms: Pseudonyms) -> Bool {
        record.facts(under: right, pseudonyms: pseudonyms).allSatisfy { $0.roles.contains(right.role) }
    }
}
