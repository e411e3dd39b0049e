package import Identity

/// Why a part of a run brought nothing.
package enum RunError: Error, Equatable, Sendable {
    /// No offence: the sender is ahead, or honest on another branch. This is what the next part must begin at, or reach.
    case doesNotContinue(length: UInt64, head: Hash256)
    /// No offence: it ends at or before the length held.
    case alreadyHeld(length: UInt64)

    case wrongLog
    case empty
    /// The first 114 bytes, or what follows them.
    case truncated
    case malformed(BundleError, position: UInt64)
    /// A full entry behind a bare one, or anything behind the bare one that was signed.
    case entryAfterEnd(position: UInt64)
    /// A whole run ends signed.
    case endsUnsigned
    /// An entry whose signature is kept came without it.
    case missingSignature(position: UInt64)
    case badSignature(position: UInt64)
    case notAuthentic(AuthenticityError, position: UInt64)

    /// Whether an honest peer never sends such a thing.
    package var isOffence: Bool {
        switch self {
        case .doesNotContinue, .alreadyHeld: false
        default: true
        }
    }
}
