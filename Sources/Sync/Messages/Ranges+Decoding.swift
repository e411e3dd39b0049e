import AuthorLog
import FoundationEssentials  // Data, which the generated messages speak
import Identity

extension Ranges {
    /// Prefixes ascend and do not overlap; rows ascend and lie under their prefix.
    init(_ ranges: Grapevine_Sync_Ranges) throws(MessageError) {
        guard ranges.ranges.count <= Limits.rangesPerMessage else { throw .tooMany(field: "ranges") }
        guard ranges.round >= 1 else { throw .outOfBounds(field: "round") }
        guard ranges.round <= Limits.reconciliationRounds else { throw .tooManyRounds(ranges.round) }
        var rowCount = 0
        var read: [FrontierRange] = []
        read.reserveCapacity(ranges.ranges.count)
        for range in ranges.ranges {
            let range = try FrontierRange(range)
            if let last = read.last {
                guard last.prefix.lexicographicallyPrecedes(range.prefix), !range.prefix.starts(with: last.prefix)
                else {
                    throw .notAscending(field: "prefixes")
                }
            }
            if case .rows(let rows, _) = range.content { rowCount += rows.count }
            guard rowCount <= Limits.rowsPerMessage else { throw .tooMany(field: "rows") }
            read.append(range)
        }
        self.init(round: ranges.round, ranges: read)
    }
}

extension FrontierRange {
    init(_ range: Grapevine_Sync_Range) throws(MessageError) {
        let prefix = try bounded(range.prefix, Limits.nibblesPerPrefix, "prefix")
        guard prefix.allSatisfy({ $0 < 16 }) else { throw .outOfBounds(field: "nibble") }
        switch range.content {
        case .hash(let hash):
            guard let hash = Bytes16(hash) else { throw .wrongLength(field: "range hash") }
            self.init(prefix: prefix, content: .hash(hash))
        case .rows(let content):
            let rows = try rows(content.rows, limit: Limits.rowsPerMessage)
            var last: Hash256?
            for row in rows {
                let hash = row.log.hash
                guard last.map({ $0 < hash }) ?? true else { throw .notAscending(field: "rows") }
                guard hash.isUnder(prefix) else { throw .outsidePrefix }
                last = hash
            }
            self.init(prefix: prefix, content: .rows(rows, isAnswer: content.answer))
        case nil:
            throw .outOfBounds(field: "range content")
        }
    }
}

extension Hash256 {
    /// - Parameter prefix: Nibbles, at most 64.
    func isUnder(_ prefix: [UInt8]) -> Bool {
        prefix.indices.allSatisfy { prefix[$0] == nibble($0) }
    }

    /// The most significant half of byte 0 is nibble 0.
    func nibble(_ index: Int) -> UInt8 {
        let byte = raw[index / 2]
        return index.isMultiple(of: 2) ? byte >> 4 : byte & 0x0F
    }
}
