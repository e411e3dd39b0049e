import NIOCore
import Synchronization

/// An attempt to reach an address. A name may stand for several, tried one after the other, each on a channel of its own; the
/// first that connects is it.
final class Dial: Sendable {
    private enum State {
        /// For the resolver, or between two channels.
        case waiting
        /// The channel is nil while it is being made.
        case trying((any Channel)?, cancelled: CloseReason?)
        /// A channel has connected; what becomes of it is told by its link.
        case claimed
        case failed
    }

    /// What came of a channel.
    enum Outcome: Equatable { case reached, tryNext, failed(CloseReason) }

    let id: LinkID
    let address: Address
    /// Opens when nothing of this attempt touches an event loop any more, but for the link that it may have become.
    let ended = Latch()
    private let state = Mutex(State.trying(nil, cancelled: nil))

    init(id: LinkID, address: Address) {
        self.id = id
        self.address = address
    }

    /// A channel is about to be made. If this returns true, as when the dial is new, ``conclude(_:isLast:)`` must follow.
    func begin() -> Bool {
        state.withLock { state in
            guard case .waiting = state else { return false }
            state = .trying(nil, cancelled: nil)
            return true
        }
    }

    /// - Returns: Why the channel is not needed.
    func tries(_ channel: any Channel) -> CloseReason? {
        state.withLock { state in
            guard case .trying(_, let cancelled) = state else { return .closed }
            if cancelled == nil { state = .trying(channel, cancelled: nil) }
            return cancelled
        }
    }

    /// A channel has connected.
    ///
    /// - Returns: False when nobody wants it.
    func claim() -> Bool {
        state.withLock { state in
            guard case .trying(_, nil) = state else { return false }
            state = .claimed
            return true
        }
    }

    /// A channel has connected or failed, or the next step needs none.
    ///
    /// - Parameter reason: Why, if it has failed.
    func conclude(_ reason: CloseReason, isLast: Bool) -> Outcome {
        state.withLock { state in
            guard case .trying(_, let cancelled) = state else { return .reached }
            guard cancelled == nil, !isLast else {
                state = .failed
                return .failed(cancelled ?? reason)
            }
            state = .waiting
            return .tryNext
        }
    }

    /// Gives up. A channel that is being tried is closed, and says the rest by itself.
    ///
    /// - Returns: True when no channel was being tried, and so this is the end.
    func cancel(_ reason: CloseReason) -> Bool {
        let (channel, isEnd) = state.withLock { state -> ((any Channel)?, Bool) in
            switch state {
            case .waiting:
                state = .failed
                return (nil, true)
            case .trying(let channel, nil):
                state = .trying(nil, cancelled: reason)
                return (channel, false)
            case .trying, .claimed, .failed:
                return (nil, false)
            }
        }
        channel?.close(promise: nil)
        return isEnd
    }
}
