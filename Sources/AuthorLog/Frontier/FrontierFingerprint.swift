import Identity

/// A row in 8 to 14 bytes, for whoever holds a row of that log to see whether it is the same.
///
/// The salt is drawn when it is told: whoever chose a log id or a head so that it looks like another has chosen for nothing, and an
/// accident (1 in 2^16) is another one the next time.
package struct FrontierFingerprint: Hashable, Sendable {
    package static let idNibbleCount = 6
    package static let idByteCount = 3

    /// The six nibbles of the log id that follow the prefix: 24 bits.
    package let id: UInt32
    package let length: UInt64
    /// The first 16 bits of H(gv/fingerprint, salt ‖ log id).
    package let log: UInt16
    /// The first 16 bits of H(gv/fingerprint, salt ‖ head).
    package let head: UInt16

    package init(id: UInt32, length: UInt64, log: UInt16, head: UInt16) {
        self.id = id
        self.length = length
        self.log = log
        self.head = head
    }

    /// - Parameter depth: Nibbles of the prefix, at most 58.
    package init(_ row: FrontierRow, depth: Int, salt: UInt64) {
        self.init(FrontierNode.Entry(id: row.log.hash, row: row), depth: depth, salt: salt)
    }

    init(_ entry: FrontierNode.Entry, depth: Int, salt: UInt64) {
        id = (0..<Self.idNibbleCount).reduce(0) { $0 << 4 | UInt32(FrontierNode.nibble(of: entry.id, at: depth + $1)) }
        length = entry.row.length
        log = Self.mark(of: entry.id, salt: salt)
        head = Self.mark(of: entry.row.head, salt: salt)
    }

    /// The nibbles of ``id``, one a byte.
    package var nibbles: [UInt8] {
        (0..<Self.idNibbleCount).map { UInt8(id >> UInt32(4 * (Self.idNibbleCount - 1 - $0)) & 15) }
    }

    private static func mark(of hash: Hash256, salt: UInt64) -> UInt16 {
        var salted: [UInt8] = []
        salted.reserveCapacity(8 + Hash256.byteCount)
        salted.appendBigEndian(salt)
        hash.append(to: &salted)
        let mark = BLAKE2b.hash256(salted, personal: .fingerprint)
        return UInt16(mark.raw[0]) << 8 | UInt16(mark.raw[1])
    }
}

extension FrontierTree {
    /// Ascending by log id; the prefix of at most 58 nibbles.
    package func fingerprints(
        under prefix: [UInt8], salt: UInt64
    ) -> [(row: FrontierRow, fingerprint: FrontierFingerprint)] {
        entries(under: prefix).map { ($0.row, FrontierFingerprint($0, depth: prefix.count, salt: salt)) }
    }
}
