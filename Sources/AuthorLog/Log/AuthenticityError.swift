/// Which rule of 2-log.md, *Authenticity*, a bundle breaks. It will break it everywhere and for ever.
package enum AuthenticityError: Error, Equatable, Sendable {
    case wrongLog
    // 1.
    case position(expected: UInt64, actual: UInt64)
    case wrongPredecessor
    // 2.
    case timeNotAfter(HybridTime)
    // 3.
    case firstIsNoPresent
    case presentNotAlone
    case mixedAuthority
    case tooManyAuthorityOperations(Int)
    // 4.
    case tooManyPresentations
    case malformedPresentation(AuthorityFormError)
    case chain(ChainError)
    case noValidRight
    // 5.
    case overOperationQuota
    case overByteQuota
}
