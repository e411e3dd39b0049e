package import Identity

package enum AuthorError: Error, Equatable, Sendable {
    /// The log is another member's.
    case notMyLog
    case clock(HybridClockError)
    case bundle(BundleError)
    /// Others would refuse it: quota, right, or what may not stand together in a bundle.
    case notAuthentic(AuthenticityError)
}

/// Writes one's own log: makes bundles that every node will find authentic, or says why it cannot.
package struct Author: Sendable {
    package private(set) var state: LogState
    /// The node's one clock; ``HybridClock/observe(_:wallMilliseconds:)`` on what comes from peers.
    package var clock: HybridClock
    package let charter: Charter
    private let key: SigningKey
    /// What the first header names as its predecessor.
    private let firstPrevious: Hash256

    /// - Parameter firstPrevious: The last own head known in another incarnation; matters for an empty log only.
    package init(
        state: LogState, clock: HybridClock, charter: Charter, key: SigningKey,
        firstPrevious: Hash256 = Hash256(raw: .zero)
    ) throws(AuthorError) {
        guard state.log.member == key.publicKey(as: MemberKey.self) else { throw .notMyLog }
        self.state = state
        self.clock = clock
        self.charter = charter
        self.key = key
        self.firstPrevious = firstPrevious
    }

    /// One bundle: 1 to 4,096 operations of the community, or 1 to 16 of authority, or a `present` alone. When it throws, the
    /// log is as before.
    package mutating func write(
        _ operations: [Operation], wallMilliseconds: UInt64
    ) throws(AuthorError) -> VerifiedBundle {
        let body: BundleBody
        do {
            body = try BundleBody(operations)
        } catch {
            throw .bundle(error)
        }
        return try write(body, wallMilliseconds: wallMilliseconds)
    }

    /// As ``write(_:wallMilliseconds:)-([Operation],_)``, of what was read and hashed before.
    package mutating func write(
        _ body: BundleBody, wallMilliseconds: UInt64
    ) throws(AuthorError) -> VerifiedBundle {
        let time: HybridTime
        do throws(HybridClockError) {
            // Even where the issuer's clock is a little ahead of ours.
            if let link = body.lastLinkTime { try clock.observe(link, wallMilliseconds: wallMilliseconds) }
            time = try clock.tick(wallMilliseconds: wallMilliseconds)
        } catch {
            throw .clock(error)
        }
        let bundle: Bundle
        do {
            bundle = try Bundle.author(
                body, at: time, position: state.length, previous: state.length == 0 ? firstPrevious : state.head,
                log: state.log, community: state.community, key: key)
        } catch {
            throw .bundle(error)
        }
        do {
            return VerifiedBundle(bundle: bundle, admission: try state.admit(bundle, charter: charter))
        } catch {
            throw .notAuthentic(error)
        }
    }

    package mutating func present(
        _ presentation: Presentation, wallMilliseconds: UInt64
    ) throws(AuthorError) -> VerifiedBundle {
        try write([Operation(presentation)], wallMilliseconds: wallMilliseconds)
    }
}
