package import Identity

extension Right {
    /// Ours alone: peers are shown chains, not what follows from them.
    package func append(to bytes: inout [UInt8]) {
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

    /// - Throws: ``LogStateError/notALogState``, or what the reader throws.
    package init(fields reader: inout ByteReader) throws {
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
