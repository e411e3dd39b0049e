/// One page of a list: `{"rows":[…],"next":cursor or null}`.
package struct Page<Row: Codable & Sendable>: Codable, Sendable {
    package var rows: [Row]
    /// Opaque: goes into the next call's `after`. None on the last page.
    @Nullable package var next: String?

    package init(rows: [Row], next: String? = nil) {
        self.rows = rows
        self.next = next
    }
}

extension Page: Equatable where Row: Equatable {}

/// A request that a page answers.
package protocol PagedRequest: Request where Answer == Page<Row> {
    associatedtype Row: Codable & Sendable

    var after: String? { get set }
    /// Rows wanted, 1 to ``Limits/pageRowsCeiling``; ``Limits/pageRows`` if unset.
    var limit: Int? { get set }
}
