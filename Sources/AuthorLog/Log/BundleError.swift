/// Why bytes are not a bundle's body, or operations not a bundle.
package enum BundleError: Error, Equatable, Sendable {
    case operationCount(Int)
    /// Public and private parts of all operations.
    case tooLarge(byteCount: Int)
    /// Public and private part of one operation.
    case operationTooLarge(byteCount: Int)
    case noPublicPart
    case kindZero
    case authorityWithPrivatePart(kind: UInt8)
    case unknownState(UInt8)
    case unknownFlags(UInt8)
    /// A private part that is not held has a hash; zero says that there is none.
    case zeroInnerHash
    case truncated
    case trailing(byteCount: Int)
    /// The body is another's.
    case bodyRoot
    /// Past the last position of a log.
    case position(UInt64)
}
