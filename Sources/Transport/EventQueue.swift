import NIOCore
import Synchronization

/// Events on their way to the one who takes them. It needs no bound of its own: messages are bounded by each link's inbox,
/// all else by the places, which are kept until the end of a link has been taken.
final class EventQueue: Sendable {
    struct Entry: Sendable {
        let event: TransportEvent
        /// Where a message came from.
        let link: Link?
    }

    private struct State {
        var entries = CircularBuffer<Entry>()
        var waiter: CheckedContinuation<Entry?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    /// - Returns: False when nobody will take it any more.
    @discardableResult
    func put(_ event: TransportEvent, link: Link? = nil) -> Bool {
        let entry = Entry(event: event, link: link)
        let (isHeard, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Entry?, Never>?) in
            guard !state.isFinished else { return (false, nil) }
            if let waiter = state.waiter.take() { return (true, waiter) }
            state.entries.append(entry)
            return (true, nil)
        }
        waiter?.resume(returning: entry)
        return isHeard
    }

    /// What has been put before can still be taken.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume(returning: nil)
    }

    /// - Returns: Nil at the end, or when the task is cancelled.
    func take(isolation: isolated (any Actor)? = #isolation) async -> Entry? {
        if let entry = state.withLock({ $0.entries.popFirst() }) { return entry }
        return await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { continuation in
                let now: Entry?? = state.withLock { state in
                    if let entry = state.entries.popFirst() { return .some(entry) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    precondition(state.waiter == nil, "the events have two takers")
                    state.waiter = continuation
                    return .none
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiter.take() }
            waiter?.resume(returning: nil)
        }
    }
}
