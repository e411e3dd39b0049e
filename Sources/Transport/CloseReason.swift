/// Why a link ended, or never came to be: for logs, counters and tests. The peer is told nothing.
package enum CloseReason: Error, Hashable, Sendable, CaseIterable {
    // Refused at the door.
    case tooManyFromHost
    case tooManyStrangers
    case tooManyPeers
    case connectsTooOften

    // Could not be dialled.
    case tooManyDials
    /// Unspecified, multicast, link-local, or no port.
    case forbiddenAddress
    case unresolved
    case connectFailed
    case connectTimedOut

    // Broke the protocol.
    case frameEmpty
    case frameTooLong
    case frameTooSlow
    /// A handshake message that cannot be read: no network key of ours, another community, damage, a low-order point.
    case handshakeRefused
    /// The other side has our own static key: we dialled ourselves, or our messages came back.
    case ownKey
    case decryptionFailed
    case messageMalformed
    case messageTooLong

    // Took too long, or too much.
    case notAcceptedInTime
    case idle
    case notDrained
    case overfull

    // Ended.
    case closedByPeer
    /// The socket failed.
    case lost
    /// The shell called `close`.
    case closed
    /// The shell called `shutdown`.
    case stopping

    /// We ended it because of what the peer did, or did not do.
    package var blamesPeer: Bool {
        switch self {
        case .closedByPeer, .lost, .closed, .stopping: false
        default: true
        }
    }
}
