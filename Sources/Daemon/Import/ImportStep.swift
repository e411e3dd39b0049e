import Storage
import Synchronization

/// A part of a file on its way into the record, for the part behind it.
final class ImportStep: Sendable {
    private struct State {
        var hold: Turn.Hold?
        /// While its own turn is not over.
        var before: ImportStep?
        var hasLeft = false
        var facts: HeldFacts?
        var end: Result<Void, any Error>?
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// - Parameter previous: The part before, however far it is.
    func follow(_ previous: ImportStep?) { change { $0.before = previous } }

    /// Its turn is over, and somebody else may have one beside the part behind it; or it failed before its turn.
    func leave() {
        change { state in
            state.hasLeft = true
            state.before = nil
        }
    }

    /// Returns when no turn but its own lasts: one part is planned beside the one that is stored, and the next one waits until then.
    func isNext() async { await state.withLock(\.before)?.left }

    private var left: Void {
        get async { await first { $0.hasLeft ? () : nil } }
    }

    /// It is its turn.
    func begin(_ hold: Turn.Hold) { change { $0.hold = hold } }

    /// - Parameter facts: What is held of all that the part speaks of, once it is stored.
    func plan(_ facts: HeldFacts) { change { $0.facts = facts } }

    /// It is stored; or it is not, and nothing behind it may be.
    func end(_ result: Result<Void, any Error>) {
        change { state in
            state.end = result
            // Whoever looks now finds it in the record.
            state.facts = nil
        }
    }

    /// Nil where it failed before its turn.
    var hold: Turn.Hold? {
        get async { await first { $0.hold.map(Optional.some) ?? ($0.end == nil ? nil : .some(nil)) } }
    }

    /// Nil where it has ended.
    var facts: HeldFacts? {
        get async { await first { $0.end == nil ? $0.facts.map(Optional.some) : .some(nil) } }
    }

    /// Returns when it is stored.
    ///
    /// - Throws: Why it is not.
    func stored() async throws { try await first(\.end).get() }

    private func change(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Waits until there is one.
    private func first<Value: Sendable>(_ look: @Sendable (State) -> Value?) async -> Value {
        while true {
            if let value = state.withLock({ look($0) }) { return value }
            await withCheckedContinuation { waiter in
                let isThere = state.withLock { state in
                    guard look(state) == nil else { return true }
                    state.waiting.append(waiter)
                    return false
                }
                if isThere { waiter.resume() }
            }
        }
    }
}
