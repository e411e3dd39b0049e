import Identity

/// A node of the frontier's tree: a leaf of at most 16 rows, or 16 children with more than 16 rows between them.
struct FrontierNode: Sendable {
    /// A row with the log id it is sorted by.
    struct Entry: Sendable {
        let id: Hash256
        let row: FrontierRow
    }

    private enum Content {
        case leaf([Entry])
        case inner([FrontierNode])
    }

    private var content = Content.leaf([])
    private(set) var count = 0
    private var cached: Hash256?

    init() {}

    /// - Parameter entries: Ascending by id, all under the node's prefix.
    private init(_ entries: [Entry], depth: Int) {
        count = entries.count
        guard entries.count > Limits.frontierLeafRowLimit, depth < Self.depthLimit else {
            content = .leaf(entries)
            return
        }
        var parts = [[Entry]](repeating: [], count: 16)
        for entry in entries { parts[Self.nibble(of: entry.id, at: depth)].append(entry) }
        content = .inner(parts.map { FrontierNode($0, depth: depth + 1) })
    }

    /// Nibbles of a log id. Two logs never share all of them, short of a broken hash.
    static let depthLimit = 2 * Hash256.byteCount

    static func nibble(of id: Hash256, at depth: Int) -> Int {
        let byte = id.raw[depth / 2]
        return Int(depth.isMultiple(of: 2) ? byte >> 4 : byte & 15)
    }

    /// - Returns: The row that was there.
    mutating func set(_ entry: Entry, depth: Int) -> FrontierRow? {
        cached = nil
        let replaced: FrontierRow?
        switch content {
        case .leaf(var entries):
            content = .leaf([])  // so that the array is not shared while it changes
            let index = entries.partition(at: entry.id)
            if index < entries.count, entries[index].id == entry.id {
                replaced = entries[index].row
                entries[index] = entry
                content = .leaf(entries)
            } else {
                replaced = nil
                entries.insert(entry, at: index)
                self = FrontierNode(entries, depth: depth)
                return replaced
            }
        case .inner(var children):
            content = .leaf([])
            replaced = children[Self.nibble(of: entry.id, at: depth)].set(entry, depth: depth + 1)
            content = .inner(children)
        }
        if replaced == nil { count += 1 }
        return replaced
    }

    mutating func remove(_ id: Hash256, depth: Int) -> FrontierRow? {
        cached = nil
        let removed: FrontierRow?
        switch content {
        case .leaf(var entries):
            content = .leaf([])
            let index = entries.partition(at: id)
            removed = index < entries.count && entries[index].id == id ? entries.remove(at: index).row : nil
            content = .leaf(entries)
        case .inner(var children):
            content = .leaf([])
            removed = children[Self.nibble(of: id, at: depth)].remove(id, depth: depth + 1)
            content = .inner(children)
        }
        guard removed != nil else { return nil }
        count -= 1
        if count == Limits.frontierLeafRowLimit { content = .leaf(entries(limit: count)) }
        return removed
    }

    func row(_ id: Hash256, depth: Int) -> FrontierRow? {
        switch content {
        case .leaf(let entries):
            let index = entries.partition(at: id)
            return index < entries.count && entries[index].id == id ? entries[index].row : nil
        case .inner(let children):
            return children[Self.nibble(of: id, at: depth)].row(id, depth: depth + 1)
        }
    }

    /// The first rows in order.
    func entries(limit: Int) -> [Entry] {
        var found: [Entry] = []
        collect(into: &found, limit: limit)
        return found
    }

    private func collect(into found: inout [Entry], limit: Int) {
        switch content {
        case .leaf(let entries):
            found.append(contentsOf: entries.prefix(max(0, limit - found.count)))
        case .inner(let children):
            for child in children where found.count < limit { child.collect(into: &found, limit: limit) }
        }
    }

    /// The subtree at a prefix; below a leaf, a leaf of those of its rows that are under it.
    func subtree(_ prefix: ArraySlice<UInt8>, depth: Int) -> FrontierNode {
        guard let nibble = prefix.first else { return self }
        switch content {
        case .inner(let children):
            guard children.indices.contains(Int(nibble)) else { return FrontierNode() }
            return children[Int(nibble)].subtree(prefix.dropFirst(), depth: depth + 1)
        case .leaf(let entries):
            let under = entries.filter { entry in
                prefix.enumerated().allSatisfy { Self.nibble(of: entry.id, at: depth + $0) == Int($1) }
            }
            return FrontierNode(under, depth: Self.depthLimit)
        }
    }

    /// Hashes what changed on the way to the prefix, and below it, and keeps it.
    mutating func hash(_ prefix: ArraySlice<UInt8>, depth: Int) -> Hash256 {
        guard let nibble = prefix.first else { return hash() }
        guard case .inner(var children) = content else {
            var part = subtree(prefix, depth: depth)
            return part.hash()
        }
        guard children.indices.contains(Int(nibble)) else { return Self.emptyHash }
        content = .leaf([])
        defer { content = .inner(children) }
        return children[Int(nibble)].hash(prefix.dropFirst(), depth: depth + 1)
    }

    mutating func hash() -> Hash256 {
        if let cached { return cached }
        var bytes: [UInt8]
        switch content {
        case .leaf(let entries):
            bytes = [0]
            bytes.reserveCapacity(1 + entries.count * FrontierRow.byteCount)
            for entry in entries { entry.row.append(to: &bytes) }
        case .inner(var children):
            content = .leaf([])
            bytes = [1]
            for index in children.indices { bytes.append(contentsOf: children[index].hash().bytes.prefix(16)) }
            content = .inner(children)
        }
        let hash = BLAKE2b.hash256(bytes, personal: .range)
        cached = hash
        return hash
    }

    private static var emptyHash: Hash256 {
        var empty = FrontierNode()
        return empty.hash()
    }
}

extension [FrontierNode.Entry] {
    /// Where the id is, or would be.
    fileprivate func partition(at id: Hash256) -> Int {
        firstIndex { $0.id >= id } ?? endIndex
    }
}
