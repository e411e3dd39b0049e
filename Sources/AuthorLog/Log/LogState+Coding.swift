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

extension Right {
    fileprivate func append(to bytes: inout [UInt8]) {
        bytes.append(role.rawValue)
        bytes.appendBigEndian(expiresMilliseconds)
        bytes.appendBigEndian(quota.operationsPerDay)
        bytes.appendBigEndian(quota.bytesPerDay)
        memberID.append(to: &bytes)
        bytes.append(person == nil ? 0 : 1)
        person?.append(to: &bytes)
        bytes.appendBigEndian(since.rawValue)
        bytes.append(UInt8(clamping: issuerDepth))
        bytes.append(UInt8(clamping: sources.count))
        for source in sources {
            bytes.append(UInt8(clamping: source.utf8.count))
            bytes.append(contentsOf: source.utf8)
        }
    }

    fileprivate init(fields reader: inout ByteReader) throws {
        guard let role = Role(rawValue: try reader.u8()) else { throw LogStateError.notALogState }
        let expiresMilliseconds = try reader.u64()
        let quota = Quota(operationsPerDay: try reader.u64(), bytesPerDay: try reader.u64())
        let memberID: MemberID = try reader.fixed()
        let person: PersonID? =
            switch try reader.u8() {
            case 0: nil
            case 1: try reader.fixed()
            default: throw LogStateError.notALogState
            }
        let since = HybridTime(rawValue: try reader.u64())
        let issuerDepth = Int(try reader.u8())
        var sources: [String] = []
        for _ in 0..<(try reader.u8()) {
            let bytes = try reader.slice(Int(try reader.u8()))
            guard let source = String(validating: bytes, as: UTF8.self) else { throw LogStateError.notALogState }
            sources.append(source)
        }
        self.init(
            role: role, expiresMilliseconds: expiresMilliseconds, quota: quota, sources: sources, memberID: memberID,
            person: person, since: since, issuerDepth: issuerDepth)
    }
}

extension ByteReader {
    fileprivate mutating func u128() throws(ByteReaderError) -> UInt128 {
        UInt128(try u64()) << 64 | UInt128(try u64())
    }
}
