package import Identity

package enum FrontierRowError: Error, Equatable, Sendable {
    case wrongLength(Int)
    case outOfRange
}

/// How far a log stands, in 90 bytes.
package struct FrontierRow: Hashable, Sendable {
    package static let byteCount = 90

    package let log: LogID
    package let length: UInt64
    package let head: Hash256
    /// The lowest position at which the log forks, if it does.
    package let forkedAt: UInt64?

    /// - Throws: `.outOfRange` unless length is 1 to 2^48 and a fork below 2^48.
    package init(log: LogID, length: UInt64, head: Hash256, forkedAt: UInt64? = nil) throws(FrontierRowError) {
        guard (1...Limits.logLengthLimit).contains(length), forkedAt ?? 0 < Limits.logLengthLimit else {
            throw .outOfRange
        }
        self.log = log
        self.length = length
        self.head = head
        self.forkedAt = forkedAt
    }

    package init(decoding bytes: [UInt8]) throws(FrontierRowError) {
        guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
        var reader = ByteReader(bytes)
        let log: LogID
        let length, forkedAtPlusOne: UInt64
        let head: Hash256
        do throws(ByteReaderError) {
            log = LogID(member: try reader.fixed(), incarnation: try reader.incarnation())
            length = try reader.u64()
            head = try reader.fixed()
            forkedAtPlusOne = try reader.u64()
        } catch {
            throw .wrongLength(bytes.count)
        }
        try self.init(
            log: log, length: length, head: head, forkedAt: forkedAtPlusOne == 0 ? nil : forkedAtPlusOne - 1)
    }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }

    func append(to output: inout [UInt8]) {
        log.member.append(to: &output)
        log.incarnation.append(to: &output)
        output.appendBigEndian(length)
        head.append(to: &output)
        output.appendBigEndian(forkedAt.map { $0 + 1 } ?? 0)
    }
}
