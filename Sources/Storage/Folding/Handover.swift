import Dispatch
import Synchronization

/// Parts from one thread to another, a few at a time.
final class Handover<Part: Sendable>: Sendable {
    /// Nobody takes any more.
    struct Abandoned: Error {}

    private let parts = Mutex<[Part]>([])
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)
    private let abandoned = Atomic(false)

    /// - Parameter count: Parts that wait at most, beside the one that is asked for.
    init(ahead count: Int) {
        for _ in 0..<count { room.signal() }
    }

    var isAbandoned: Bool { abandoned.load(ordering: .relaxed) }

    /// Waits for room.
    func put(_ part: Part) throws(Abandoned) {
        room.wait()
        guard !isAbandoned else {
            room.signal()
            throw Abandoned()
        }
        parts.withLock { $0.append(part) }
        filled.signal()
    }

    /// Waits for the next part. Who has taken the last does not ask again.
    func take() -> Part {
        room.signal()
        filled.wait()
        return parts.withLock { $0.removeFirst() }
    }

    /// Whoever waits for room, or comes for it, is told.
    func abandon() {
        abandoned.store(true, ordering: .relaxed)
        room.signal()
    }
}
