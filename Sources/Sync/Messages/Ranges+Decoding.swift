import AuthorLog
import FoundationEssentials  // Data, which the generated messages speak
import Identity

extension Ranges {
    /// Prefixes ascend and do not overlap; rows ascend and lie under their prefix.
    init(_ ranges: Grapevine_Sync_Ranges) throws(MessageError) {
        guard ranges.ranges.count <= Limits.rangesPerMessage else { throw .tooMany(field: "ranges") }
        guard ranges.round >= 1 else { throw .outOfBounds(field: "round") }
        guard ranges.round <= Limits.reconciliationRounds else { throw .tooManyRounds(ranges.round) }
        var (rowCount, hashCount, fingerprintCount) = (0, 0, 0)
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
            rowCount += range.rowCount
            hashCount += range.hashCount
            fingerprintCount += range.fingerprintCount
            guard rowCount <= Limits.rowsPerMessage else { throw .tooMany(field: "rows") }
            guard hashCount <= Limits.hashesPerMessage else { throw .tooMany(field: "hashes") }
            guard fingerprintCount <= Limits.fingerprintsPerMessage else { throw .tooMany(field: "fingerprints") }
            read.append(range)
        }
        self.init(round: ranges.round, ranges: read, salt: ranges.salt)
    }
}

extension FrontierRange {
    init(_ range: Grapevine_Sync_Range) throws(MessageError) {
        let prefix = try bounded(range.prefix, Limits.nibblesPerPrefix, "prefix")
        guard prefix.allSatisfy({ $0 < 16 }) else { throw .outOfBounds(field: "nibble") }
        switch range.content {
        case .hashes(let data):
            let depth = prefix.count + (data.count == 16 * Bytes16.byteCount ? 1 : 2)
            guard depth <= Limits.nibblesPerPrefix else { throw .tooMany(field: "prefix") }
            self.init(prefix: prefix, content: .hashes(try hashes(data)))
        case .fingerprints(let content):
            guard prefix.count <= Limits.nibblesPerPrefix - FrontierFingerprint.idNibbleCount else {
                throw .tooMany(field: "prefix")
            }
            self.init(
                prefix: prefix, content: .fingerprints(try fingerprints(content), isAnswer: content.answer))
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

/// 16 or 256 of them.
private func hashes(_ data: Data) throws(MessageError) -> [Bytes16] {
    let bytes = [UInt8](data)
    guard bytes.count == 16 * Bytes16.byteCount || bytes.count == 256 * Bytes16.byteCount else {
        throw .wrongLength(field: "range hashes")
    }
    return stride(from: 0, to: bytes.count, by: Bytes16.byteCount).compactMap {
        Bytes16(bytes[$0..<$0 + Bytes16.byteCount])
    }
}

/// Ascending by id; two logs may share one.
private func fingerprints(_ content: Grapevine_Sync_Fingerprints) throws(MessageError) -> [FrontierFingerprint] {
    let count = content.lengths.count
    guard count <= Limits.fingerprintsPerMessage else { throw .tooMany(field: "fingerprints") }
    let (ids, logs, heads) = ([UInt8](content.ids), [UInt8](content.logs), [UInt8](content.heads))
    guard ids.count == count * FrontierFingerprint.idByteCount, logs.count == count * 2, heads.count == count * 2 else {
        throw .wrongLength(field: "fingerprints")
    }
    func number(_ bytes: [UInt8], _ index: Int, _ size: Int) -> UInt32 {
        bytes[index * size..<(index + 1) * size].reduce(0) { $0 << 8 | UInt32($1) }
    }
    var last: UInt32 = 0
    var read: [FrontierFingerprint] = []
    read.reserveCapacity(count)
    for (index, length) in content.lengths.enumerated() {
        let id = number(ids, index, FrontierFingerprint.idByteCount)
        guard (1...Limits.logLengthLimit).contains(length) else { throw .outOfBounds(field: "length") }
        guard last <= id else { throw .notAscending(field: "fingerprints") }
        read.append(
            FrontierFingerprint(
                id: id, length: length, log: UInt16(number(logs, index, 2)), head: UInt16(number(heads, index, 2))))
        last = id
    }
    return read
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
