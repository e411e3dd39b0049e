package import Identity
import SwiftProtobuf

/// One operation of an authority bundle, shown with what proves that it is there.
///
/// Decoding checks the form; what it proves is checked by ``Presentation/right(of:presentedAt:charter:)``.
package struct Excerpt: Hashable, Sendable {
    package let header: Header
    package let signature: Signature
    package let commitments: [Hash256]
    package let index: Int
    /// Public part of the operation, kind first.
    package let operation: [UInt8]

    /// - Throws: `outOfRange` for an unsigned bundle, an index past its end, or a bundle that is not of authority.
    package init(of bundle: Bundle, index: Int) throws(AuthorityFormError) {
        guard let signature = bundle.signature else { throw .wrongLength(field: "signature", byteCount: 0) }
        let operations: [Operation]
        do { operations = try bundle.operations() } catch { throw .outOfRange(field: "operation") }
        guard operations.indices.contains(index) else { throw .outOfRange(field: "index") }
        guard operations.allSatisfy(\.isAuthority) else { throw .outOfRange(field: "operation") }
        self.header = bundle.header
        self.signature = signature
        self.commitments = operations.map(\.commitment)
        self.index = index
        self.operation = operations[index].publicPart
        try checkSize()
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        try self.init(Grapevine_Authority_Excerpt(parsing: bytes, byteLimit: 2 * Limits.excerptByteLimit))
    }

    init(_ message: Grapevine_Authority_Excerpt) throws(AuthorityFormError) {
        do { header = try Header(decoding: [UInt8](message.header)) } catch { throw .outOfRange(field: "header") }
        signature = try Signature(field: "signature", message.signature)
        let (count, remainder) = message.commitments.count.quotientAndRemainder(dividingBy: Hash256.byteCount)
        guard remainder == 0, count == Int(header.operationCount), count <= Limits.authorityOperationLimit else {
            throw .wrongLength(field: "commitments", byteCount: message.commitments.count)
        }
        let commitments = [UInt8](message.commitments)
        self.commitments = (0..<count).compactMap { Hash256(commitments[($0 * 32)..<($0 * 32 + 32)]) }
        guard let index = Int(exactly: message.index), index < count else { throw .outOfRange(field: "index") }
        self.index = index
        operation = [UInt8](message.operation)
        guard !operation.isEmpty else { throw .wrongLength(field: "operation", byteCount: 0) }
        try checkSize()
    }

    var message: Grapevine_Authority_Excerpt {
        .with {
            $0.header = header.bytes.data
            $0.signature = signature.bytes.data
            $0.commitments = commitments.flatMap(\.bytes).data
            $0.index = UInt32(index)
            $0.operation = operation.data
        }
    }

    /// An `Excerpt` message.
    package var bytes: [UInt8] { message.encoded }

    private func checkSize() throws(AuthorityFormError) {
        let byteCount =
            Header.byteCount + Signature.byteCount + commitments.count * Hash256.byteCount + operation.count
        guard byteCount <= Limits.excerptByteLimit else {
            throw .tooLarge(byteCount: byteCount, limit: Limits.excerptByteLimit)
        }
    }
}
