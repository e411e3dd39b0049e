package import Identity

/// The unit of signing, replication and atomic application: a header and the operations it commits to.
///
/// Its form is checked and its body is the header's. Neither its signature nor its place in a log is: see ``RunVerifier``.
package struct Bundle: Hashable, Sendable {
    package let header: Header
    package let id: Hash256
    /// The operations, as in a run's entry.
    package let body: [UInt8]
    package let signature: Signature?
    package let summary: BodySummary

    package var operationCount: Int { Int(header.operationCount) }
    package var isAuthority: Bool { summary.authorityCount > 0 }

    /// 2-log.md, *Kept signatures*. The head's is kept besides, while it is the head.
    package var keepsSignature: Bool { isAuthority || header.reachesKeptSignature }

    /// From the database, or a test.
    package init(header: Header, body: [UInt8], signature: Signature?) throws(BundleError) {
        var scanner = BodyScanner()
        let root = try scanner.scan(body, operationCount: Int(header.operationCount))
        guard root == header.bodyRoot else { throw .bodyRoot }
        self.init(header: header, id: header.id, body: body, signature: signature, summary: scanner.summary)
    }

    /// From a row of a database, which keeps no header: it is what the body makes it.
    package init(
        stored body: [UInt8], log: LogID, position: UInt64, previous: Hash256, time: HybridTime,
        operationCount: UInt16, community: CommunityID, signature: Signature?
    ) throws(BundleError) {
        var scanner = BodyScanner()
        let root = try scanner.scan(body, operationCount: Int(operationCount))
        let header: Header
        do {
            header = try Header(
                community: community, log: log, position: position, previous: previous, time: time,
                operationCount: operationCount, bodyRoot: root)
        } catch {
            throw .position(position)
        }
        self.init(header: header, id: header.id, body: body, signature: signature, summary: scanner.summary)
    }

    init(header: Header, id: Hash256, body: [UInt8], signature: Signature?, summary: BodySummary) {
        self.header = header
        self.id = id
        self.body = body
        self.signature = signature
        self.summary = summary
    }

    package func operations() throws(BundleError) -> [Operation] {
        try Operation.decode(body: body, count: operationCount)
    }

    /// Without its kind; empty where there is none, which no bundle has.
    var firstOperationBody: [UInt8] {
        guard let first = try? Operation.decode(body: body, count: 1).first else { return [] }  // it was scanned
        return [UInt8](first.body)
    }

    /// Makes and signs a bundle. Whether it may stand there is asked of ``LogState/admit(_:charter:)``; ``Author`` does both.
    package static func author(
        _ operations: [Operation], at time: HybridTime, position: UInt64, previous: Hash256, log: LogID,
        community: CommunityID, key: SigningKey
    ) throws(BundleError) -> Bundle {
        try author(
            BundleBody(operations), at: time, position: position, previous: previous, log: log, community: community,
            key: key)
    }

    static func author(
        _ body: BundleBody, at time: HybridTime, position: UInt64, previous: Hash256, log: LogID,
        community: CommunityID, key: SigningKey
    ) throws(BundleError) -> Bundle {
        let header: Header
        do {
            header = try Header(
                community: community, log: log, position: position, previous: previous, time: time,
                operationCount: body.operationCount, bodyRoot: body.root)
        } catch {
            throw .position(position)
        }
        let bytes = header.bytes
        return Bundle(
            header: header, id: BLAKE2b.hash256(bytes, personal: .bundle), body: body.bytes, signature: key.sign(bytes),
            summary: body.summary)
    }

    func keeping(_ signature: Signature?) -> Bundle {
        Bundle(header: header, id: id, body: body, signature: signature, summary: summary)
    }
}
