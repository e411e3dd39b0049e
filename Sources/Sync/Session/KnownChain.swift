package import Identity

/// The chain of a member, checked once and remembered by its hash.
package struct KnownChain: Hashable, Sendable {
    package var hash: Hash256
    /// Unix milliseconds; 0: never.
    package var expiresMilliseconds: UInt64

    package init(hash: Hash256, expiresMilliseconds: UInt64) {
        self.hash = hash
        self.expiresMilliseconds = expiresMilliseconds
    }

    func isExpired(atMilliseconds now: UInt64) -> Bool {
        expiresMilliseconds != 0 && expiresMilliseconds <= now
    }
}
