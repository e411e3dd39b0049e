import Community
import FoundationEssentials
import Identity

/// Which stretch of a list is wanted.
package struct PageRequest: Hashable, Sendable {
    /// The `next` of the page before, unchanged; nil for the first page.
    package var after: String?
    /// Rows wanted, kept within 1 to ``QueryLimits/pageRows``.
    package var limit: Int

    package init(after: String? = nil, limit: Int) {
        self.after = after
        self.limit = min(max(limit, 1), QueryLimits.pageRows)
    }
}

/// One page of a list.
///
/// Lists are ordered by ids or codes, never by numbers of this node, and a page begins behind a key, not at an offset: pages
/// are the same on every node, and rows that come in between neither repeat nor hide others.
package struct ListPage<Row: Sendable>: Sendable {
    package var rows: [Row]
    /// Goes into the next request's ``PageRequest/after``; nil on the last page.
    package var next: String?

    package init(rows: [Row], next: String? = nil) {
        self.rows = rows
        self.next = next
    }
}

extension ListPage: Equatable where Row: Equatable {}

extension PageRequest {
    /// One more row than wanted tells whether there is a next page.
    var fetchLimit: Int { limit + 1 }

    /// For lists by id. Empty bytes, where there is no cursor, come before every id.
    func idKey() throws(QueryError) -> Data {
        guard let after else { return Data() }
        guard let key = PersonID(hex: after) else { throw .notACursor(after) }
        return key.data
    }

    /// For lists by code in normal form.
    func codeKey() throws(QueryError) -> String {
        guard let after else { return "" }
        guard let code = CodeText(after), code.text == after else { throw .notACursor(after) }
        return after
    }

    /// Cuts ``fetchLimit`` rows to a page.
    func page<Row>(of fetched: [Row], cursor: (Row) -> String) -> ListPage<Row> {
        guard fetched.count > limit, let last = fetched.prefix(limit).last else { return ListPage(rows: fetched) }
        return ListPage(rows: Array(fetched.prefix(limit)), next: cursor(last))
    }
}
