package import AuthorLog
package import Identity

/// A piece of reconciliation.
package struct Ranges: Equatable, Sendable {
    package var round: UInt32
    /// Ascending, none a prefix of another.
    package var ranges: [FrontierRange]
    /// Of the fingerprints.
    package var salt: UInt64
}

package struct FrontierRange: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        /// Of the 16 nodes a nibble below, or the 256 two below, each cut to 16 bytes.
        case hashes([Bytes16])
        /// Rows by ascending hash of their logs.
        case rows([FrontierRow], isAnswer: Bool)
        /// The same in little, ascending by id.
        case fingerprints([FrontierFingerprint], isAnswer: Bool)
    }

    /// Nibbles of log hashes, 0 to 64 of them.
    package var prefix: [UInt8]
    package var content: Content
}

extension FrontierRange {
    var rowCount: Int {
        if case .rows(let rows, _) = content { rows.count } else { 0 }
    }

    var hashCount: Int {
        if case .hashes(let hashes) = content { hashes.count } else { 0 }
    }

    var fingerprintCount: Int {
        if case .fingerprints(let fingerprints, _) = content { fingerprints.count } else { 0 }
    }

    /// In units of ``Limits/workPerSecond``.
    var weight: Int { 1 + rowCount + hashCount + fingerprintCount }

    /// Not less than it takes on the wire.
    var byteEstimate: Int {
        let content =
            switch content {
            case .hashes(let hashes): hashes.count * Bytes16.byteCount
            case .rows(let rows, _): rows.reduce(0) { $0 + ($1.forkedAt == nil ? 92 : 100) }
            case .fingerprints(let fingerprints, _): fingerprints.reduce(0) { $0 + $1.byteCount }
            }
        return 32 + prefix.count + content
    }
}

extension FrontierFingerprint {
    /// On the wire.
    fileprivate var byteCount: Int {
        Self.idByteCount + 4 + (max(1, 64 - length.leadingZeroBitCount) + 6) / 7
    }
}
