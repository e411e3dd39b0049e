/// How far a log counts. So far only forks cut one: it stands up to the lowest of them.
package struct Standing: Hashable, Sendable {
    /// In operations, the end of a bundle. A log of standing length 0 has no frontier row.
    package let length: UInt64
    package let forkedAt: UInt64?

    /// - Parameters:
    ///   - heldLength: Length of the branch that is held.
    ///   - forks: Verified proofs of this log, in any order.
    package init(heldLength: UInt64, forks: [ForkProof]) {
        forkedAt = forks.map(\.position).min()
        length = min(heldLength, forkedAt ?? heldLength)
    }
}
