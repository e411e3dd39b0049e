/// Bounds of one answer; each with its reason.
package enum QueryLimits {
    /// Rows of a page at most: about a megabyte of JSON, as `API.Limits.pageRowsCeiling`.
    package static let pageRows = 10_000
    /// Persons in one answer of a referral tree at most, below the root: less than two megabytes.
    package static let treeNodes = 10_000
    /// Pages of children in one answer of a referral tree: the root's own, and of the next generations the most reaching. A guess.
    package static let treePages = 10
    /// Entries of an index that are read in less than the time of one look-up of a row by its number. Measured at 400,000 persons: 0.06 µs
    /// an entry, some µs a row.
    static let idsPerLookup = 40
    /// Operations of one pledge's history, the latest: each some hundred bytes, and nearly every pledge has one or two.
    package static let historyOperations = 1_000
    /// Claims on one person that are explained: some hundred bytes each, and a person has one or two.
    package static let explainedClaims = 1_000
    /// Posts that answer one piece of feedback, the first: more is a conversation, and that is what the list is for.
    package static let shownAnswers = 100
    /// Sources of external ids that are asked where nobody names one, the first by their bytes: some µs each, and a community has a
    /// handful.
    static let triedSources = 10_000
    /// Digits of an id that somebody has to type at least: of 10,000 ids one in 1,700 shares its first six with another, and then
    /// one more digit tells them apart.
    package static let referenceDigits = 6
}

/// Why a question has no answer, apart from what the disk does (``StorageError``).
package enum QueryError: Error, Equatable {
    /// `after` is nothing that a page of this list gave as `next`.
    case notACursor(String)
}
