package import Identity

package enum HeaderError: Error, Equatable, Sendable {
    case wrongLength(Int)
    /// Another tag, or a version that this program does not know.
    case notAHeader
    case position(UInt64, operationCount: UInt16)
}

/// What an author signs: 173 bytes of fixed layout that name the bundle before and the body's root (2-log.md, *Bundle and header*).
package struct Header: Hashable, Sendable {
    package static let byteCount = 173
    /// `gv bundle`, padded to 16 bytes, and the version: how every signed header begins.
    static let prefix: [UInt8] = Array("gv bundle".utf8) + [0, 0, 0, 0, 0, 0, 0, 1]

    package let community: CommunityID
    package let log: LogID
    /// Of the first operation.
    package let position: UInt64
    /// Bundle id of the predecessor; at position 0 the last own head known in another incarnation, or zero.
    package let previous: Hash256
    package let time: HybridTime
    /// At least 1.
    package let operationCount: UInt16
    package let bodyRoot: Hash256

    package var member: MemberKey { log.member }
    package var incarnation: Incarnation { log.incarnation }

    /// Length of the log that ends with this bundle.
    package var end: UInt64 { position + UInt64(operationCount) }

    /// - Throws: `.position` without operations, with more than a bundle holds, or past the last position of a log.
    package init(
        community: CommunityID, log: LogID, position: UInt64, previous: Hash256, time: HybridTime,
        operationCount: UInt16, bodyRoot: Hash256
    ) throws(HeaderError) {
        guard (1...Limits.bundleOperationLimit).contains(Int(operationCount)),
            position <= Limits.logLengthLimit - UInt64(operationCount)
        else { throw .position(position, operationCount: operationCount) }
        self.community = community
        self.log = log
        self.position = position
        self.previous = previous
        self.time = time
        self.operationCount = operationCount
        self.bodyRoot = bodyRoot
    }

    package init(decoding bytes: [UInt8]) throws(HeaderError) {
        guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
        guard bytes.starts(with: Self.prefix) else { throw .notAHeader }
        var reader = ByteReader(bytes[Self.prefix.count...])
        let fields: Header
        do {
            fields = try Header(fields: &reader)
        } catch let error as HeaderError {
            throw error
        } catch {
            throw .wrongLength(bytes.count)
        }
        self = fields
    }

    private init(fields reader: inout ByteReader) throws {
        try self.init(
            community: reader.fixed(), log: LogID(member: reader.fixed(), incarnation: reader.incarnation()),
            position: reader.u64(), previous: reader.fixed(), time: HybridTime(rawValue: reader.u64()),
            operationCount: reader.u16(), bodyRoot: reader.fixed())
    }

    /// What is hashed and signed.
    package var bytes: [UInt8] {
        var bytes = Self.prefix
        bytes.reserveCapacity(Self.byteCount)
        community.append(to: &bytes)
        member.append(to: &bytes)
        incarnation.append(to: &bytes)
        bytes.appendBigEndian(position)
        previous.append(to: &bytes)
        bytes.appendBigEndian(time.rawValue)
        bytes.appendBigEndian(operationCount)
        bodyRoot.append(to: &bytes)
        return bytes
    }

    /// The bundle id.
    package var id: Hash256 { BLAKE2b.hash256(bytes, personal: .bundle) }

    package func isSigned(by signature: Signature) -> Bool {
        member.verify(signature, of: bytes)
    }

    /// Whether a signature of this header is kept for its place alone: its bundle reaches or passes a multiple of 64.
    package var reachesKeptSignature: Bool {
        end / Limits.keptSignatureStride > position / Limits.keptSignatureStride
    }
}
