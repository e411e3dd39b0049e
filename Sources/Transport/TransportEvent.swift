package import Identity

/// One connection, in this process; never used again.
package struct LinkID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package var description: String { "link \(rawValue)" }

    package static func < (left: LinkID, right: LinkID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What the shell hears. Per link: `established`, then any messages, then `closed`; or, of a link that we dialled, only
/// `dialFailed`. Of strangers who do not finish the handshake nothing is heard, they are only counted.
package enum TransportEvent: Sendable, Equatable {
    case established(LinkID, Session)
    /// One whole message.
    case message(LinkID, [UInt8])
    /// After ``SendOutcome/overfull``: the queue is below its limit again.
    case drained(LinkID)
    /// An hour or 2^20 frames have passed, said once: make a new link when convenient.
    case grewOld(LinkID)
    case closed(LinkID, CloseReason)
    case dialFailed(LinkID, Address, CloseReason)
}

/// What a finished handshake proved.
package struct Session: Sendable, Equatable {
    package let isInitiator: Bool
    package let remoteKey: NoiseKey
    /// Which of our network keys the peer used: 0 is the current one, 1 and 2 the ones before.
    package let networkKeyAge: Int
    /// As dialled; of an accepted link, where it came from.
    package let address: Address
}

package enum SendOutcome: Sendable, Equatable {
    case queued
    /// Queued, and above the limit: hold back until `drained`. The link is cut if it is not drained in time, and at once above
    /// the hard limit.
    case overfull
    /// There is no such link (any more); nothing was queued.
    case unknown
}
