import Identity

/// A header's 173 bytes, of which only the changing 82 are written anew for each header of a log.
struct HeaderImage: Sendable {
    private static let changingStart = 91

    private var bytes: [UInt8]

    init(community: CommunityID, log: LogID) {
        bytes = Header.prefix
        community.append(to: &bytes)
        log.member.append(to: &bytes)
        log.incarnation.append(to: &bytes)
        bytes.reserveCapacity(Header.byteCount)
    }

    /// - Parameter header: Of that community and log.
    mutating func id(of header: Header) -> Hash256 {
        bytes.removeSubrange(Self.changingStart...)
        bytes.appendBigEndian(header.position)
        header.previous.append(to: &bytes)
        bytes.appendBigEndian(header.time.rawValue)
        bytes.appendBigEndian(header.operationCount)
        header.bodyRoot.append(to: &bytes)
        return BLAKE2b.hash256(bytes, personal: .bundle)
    }
}
