import Identity

/// What a bundle's header commits to: operations as an entry of a run holds them, read and hashed.
///
/// Nothing of it depends on where in a log the bundle will stand, so that it can be made before the bundle's turn comes.
package struct BundleBody: Sendable {
    let operationCount: UInt16
    let bytes: [UInt8]
    let root: Hash256
    let summary: BodySummary
    /// What is presented is dated after its last link.
    let lastLinkTime: HybridTime?

    /// - Parameter operations: 1 to 4,096 of the community, or 1 to 16 of authority, or a `present` alone.
    package init(_ operations: [Operation]) throws(BundleError) {
        guard let count = UInt16(exactly: operations.count) else { throw .operationCount(operations.count) }
        for operation in operations { try operation.checkSize() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(operations.reduce(0) { $0 + $1.encodedByteCount })
        for operation in operations { operation.append(to: &bytes) }
        var scanner = BodyScanner()
        root = try scanner.scan(bytes, operationCount: operations.count)
        summary = scanner.summary
        operationCount = count
        self.bytes = bytes
        lastLinkTime = Self.lastLink(of: operations)
    }

    private static func lastLink(of operations: [Operation]) -> HybridTime? {
        guard let first = operations.first, first.kind == OperationKind.present.rawValue,
            let presentation = try? Presentation(decoding: [UInt8](first.body))  // refused with its reason later
        else { return nil }
        return presentation.lastLinkTime
    }
}

extension BodyScanner {
    mutating func scan(_ body: [UInt8], operationCount: Int) throws(BundleError) -> Hash256 {
        try body.withUnsafeBufferPointer { (buffer) throws(BundleError) in
            var cursor = Cursor(UnsafeRawBufferPointer(buffer))
            let root = try scan(&cursor, operationCount: operationCount)
            guard cursor.isAtEnd else { throw .trailing(byteCount: cursor.remaining) }
            return root
        }
    }
}

extension Operation {
    /// Public and private part, as far as held: what the bounds of a bundle count.
    package var byteCount: Int {
        if case .held(_, let bytes) = privatePart { publicPart.count + bytes.count } else { publicPart.count }
    }

    /// At most what ``append(to:)`` writes: both length fields, the state, and a salt or a hash.
    fileprivate var encodedByteCount: Int { byteCount + 5 + Hash256.byteCount }

    fileprivate func checkSize() throws(BundleError) {
        guard byteCount <= Limits.operationByteLimit else { throw .operationTooLarge(byteCount: byteCount) }
    }
}
