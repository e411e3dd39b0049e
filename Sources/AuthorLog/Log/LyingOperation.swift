import Identity

/// An operation where it lies in a body that was scanned before: for whoever reads a million, and keeps none of their bytes.
///
/// Valid as long as the body.
package struct LyingOperation {
    package let publicPart: UnsafeRawBufferPointer
    /// Nil where there is none, or it is not held.
    package let privatePart: UnsafeRawBufferPointer?
    /// All of it, as in the body.
    package let bytes: UnsafeRawBufferPointer

    /// - Parameter body: Begins with the operation.
    package init(firstIn body: UnsafeRawBufferPointer) throws(BundleError) {
        var cursor = Cursor(body)
        try self.init(&cursor)
    }

    private init(_ cursor: inout Cursor) throws(BundleError) {
        let start = cursor.offset
        publicPart = try cursor.take(Int(cursor.u16()))
        let state = try cursor.u8()
        switch state {
        case BodyScanner.PrivateState.none: privatePart = nil
        case BodyScanner.PrivateState.held:
            let count = Int(try cursor.u16())
            _ = try cursor.take(Bytes16.byteCount)  // the salt
            privatePart = try cursor.take(count)
        case BodyScanner.PrivateState.notHeld:
            _ = try cursor.take(Hash256.byteCount)
            privatePart = nil
        default: throw .unknownState(state)
        }
        bytes = cursor.since(start)
    }

    /// Calls `visit` with each of the first `count` operations of a body.
    package static func forEach(
        in body: UnsafeRawBufferPointer, count: Int, _ visit: (LyingOperation) throws -> Void
    ) throws {
        var cursor = Cursor(body)
        for _ in 0..<count { try visit(LyingOperation(&cursor)) }
    }
}
