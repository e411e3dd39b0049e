/// What a signature is for. Every signature covers tag ‖ version ‖ community ‖ content, so none can be shown as another.
package struct SignatureDomain: Sendable {
    private let tag: Bytes16
    private let version: UInt8

    /// - Parameter tag: 1 to 16 ASCII bytes, padded with zeros.
    package init(_ tag: StaticString, version: UInt8 = 1) {
        self.tag = Bytes16(paddedASCII: tag)
        self.version = version
    }

    /// - Parameter community: Nil only where the content is what the community's id hashes (the charter). A tag is always used
    ///   with a community or always without one.
    /// - Returns: 16 + 1 + 32 (or 0) bytes, then the content.
    package func message(community: CommunityID?, content: [UInt8]) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(Bytes16.byteCount + 1 + CommunityID.byteCount + content.count)
        tag.append(to: &message)
        message.append(version)
        community?.append(to: &message)
        message.append(contentsOf: content)
        return message
    }
}

extension Bytes16 {
    /// For our own constants only, which is why it may insist.
    init(paddedASCII text: StaticString) {
        precondition(
            text.isASCII && (1...Self.byteCount).contains(text.utf8CodeUnitCount), "not 1 to 16 ASCII bytes: \(text)")
        var bytes = text.withUTF8Buffer { [UInt8]($0) }
        bytes.append(contentsOf: repeatElement(0, count: Self.byteCount - bytes.count))
        self = Bytes16(bytes) ?? .zero
    }
}
