import Identity

package enum LogStateError: Error, Equatable, Sendable {
    case notALogState
    /// Written by another version of this program: to be made anew from the log.
    case version(UInt8)
}

/// The layout in the database's log row: ours alone, and disposable.
extension LogState {
    private static let version: UInt8 = 1

    package var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        community.append(to: &bytes)
        log.member.append(to: &bytes)
        log.incarnation.append(to: &bytes)
        bytes.appendBigEndian(length)
        head.append(to: &bytes)
        bytes.appendBigEndian(time.rawValue)
        bytes.appendBigEndian(firstTime.rawValue)
        bytes.appendBigEndian(operationBucket.level)
        bytes.appendBigEndian(byteBucket.level)
        bytes.append(UInt8(clamping: rights.count))
        for presented in rights {
            bytes.appendBigEndian(presented.fromPosition)
            presented.right.append(to: &bytes)
        }
        return bytes
    }

    package init(decoding bytes: [UInt8]) throws(LogStateError) {
        guard let version = bytes.first else { throw .notALogState }
        guard version == Self.version else { throw .version(version) }
        var reader = ByteReader(bytes.dropFirst())
        do {
            try self.init(fields: &reader)
            try reader.finish()
        } catch {
            throw .notALogState
        }
    }

    private init(fields reader: inout ByteReader) throws {
        let community: CommunityID = try reader.fixed()
        self.init(log: LogID(member: try reader.fixed(), incarnation: try reader.incarnation()), community: community)
        length = try reader.u64()
        guard length <= Limits.logLengthLimit else { throw LogStateError.notALogState }
        head = try reader.fixed()
        time = HybridTime(rawValue: try reader.u64())
        firstTime = HybridTime(rawValue: try reader.u64())
        operationBucket = TokenBucket(level: try reader.u128())
        byteBucket = TokenBucket(level: try reader.u128())
        let count = try reader.u8()
        guard count <= Limits.presentationsPerLog else { throw LogStateError.notALogState }
        for _ in 0..<count {
            let fromPosition = try reader.u64()
            rights.append(PresentedRight(right: try Right(fields: &reader), fromPosition: fromPosition))
        }
    }
}

extension ByteReader {
    fileprivate mutating func u128() throws(ByteReaderError) -> UInt128 {
        UInt128(try u64()) << 64 | UInt128(try u64())
    }
}
