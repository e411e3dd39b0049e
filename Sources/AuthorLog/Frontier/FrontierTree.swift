package import Identity

/// One row for each log that stands, as a 16-way tree over the nibbles of the log ids, so that two nodes find what differs by
/// comparing hashes from the top. A change costs its path, and that only when somebody asks for a hash.
///
/// Prefixes are nibbles, one a byte, 0 to 64 of them. No node has a prefix with a byte over 15: there, there are no rows.
package struct FrontierTree: Sendable {
    private var top = FrontierNode()
    /// Sum of the rows' lengths, for progress only.
    package private(set) var totalLength: UInt64 = 0

    package init() {}

    package init(_ rows: some Sequence<FrontierRow>) {
        self.init()
        for row in rows { set(row) }
    }

    package var count: Int { top.count }

    package func row(for log: LogID) -> FrontierRow? {
        top.row(log.hash, depth: 0)
    }

    /// - Returns: The row that was there.
    @discardableResult
    package mutating func set(_ row: FrontierRow) -> FrontierRow? {
        let replaced = top.set(FrontierNode.Entry(id: row.log.hash, row: row), depth: 0)
        totalLength = totalLength &- (replaced?.length ?? 0) &+ row.length
        return replaced
    }

    @discardableResult
    package mutating func remove(_ log: LogID) -> FrontierRow? {
        let removed = top.remove(log.hash, depth: 0)
        totalLength = totalLength &- (removed?.length ?? 0)
        return removed
    }

    package func count(under prefix: [UInt8]) -> Int {
        top.subtree(prefix[...], depth: 0).count
    }

    /// Ascending by log id, at most `limit` of them.
    package func rows(under prefix: [UInt8] = [], limit: Int = .max) -> [FrontierRow] {
        entries(under: prefix, limit: limit).map(\.row)
    }

    func entries(under prefix: [UInt8], limit: Int = .max) -> [FrontierNode.Entry] {
        top.subtree(prefix[...], depth: 0).entries(limit: limit)
    }

    /// The node's hash, uncut: on the wire and in its parent it is cut to 16 bytes.
    package mutating func node(at prefix: [UInt8]) -> Hash256 {
        top.hash(prefix[...], depth: 0)
    }

    /// - Parameter orders: ``SignedRootOrder/hash(of:)``.
    package mutating func hash(orders: Hash256) -> Hash256 {
        BLAKE2b.hash256(orders.bytes + node(at: []).bytes, personal: .frontier)
    }
}

extension FrontierTree: Equatable {
    package static func == (left: FrontierTree, right: FrontierTree) -> Bool {
        left.count == right.count && left.rows() == right.rows()
    }
}
