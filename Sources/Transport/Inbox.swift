import Synchronization

/// How much of a link the shell has not yet taken. Counted up by the link's event loop, down by whoever takes the events.
final class Inbox: Sendable {
    private struct State {
        var byteCount = 0
        var pauseByteCount: Int
        /// The event loop does not read before it is told.
        var isPaused = false

        mutating func resumes() -> Bool {
            guard isPaused, byteCount < pauseByteCount else { return false }
            isPaused = false
            return true
        }
    }

    private let pauseByteCount: Int
    private let state: Mutex<State>

    /// Until ``trust()`` a single message is enough to pause.
    init(limits: TransportLimits) {
        pauseByteCount = limits.inboundPauseByteCount
        state = Mutex(State(pauseByteCount: 1))
    }

    func received(_ cost: Int) {
        state.withLock { $0.byteCount += cost }
    }

    /// - Returns: False when enough is waiting; then ``taken(_:)`` or ``trust()`` says when to read on.
    func mayRead() -> Bool {
        state.withLock { state in
            state.isPaused = state.byteCount >= state.pauseByteCount
            return !state.isPaused
        }
    }

    /// - Returns: Whether the event loop is to read on.
    func taken(_ cost: Int) -> Bool {
        state.withLock { state in
            state.byteCount -= cost
            return state.resumes()
        }
    }

    /// The shell has accepted the link: it may have more underway.
    ///
    /// - Returns: Whether the event loop is to read on.
    func trust() -> Bool {
        state.withLock { state in
            state.pauseByteCount = pauseByteCount
            return state.resumes()
        }
    }

    var byteCount: Int { state.withLock { $0.byteCount } }
}
