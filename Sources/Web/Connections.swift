import NIOCore
import Synchronization

/// The connections that are open, and the tasks that serve them.
///
/// The tasks are unstructured on purpose. A `NIOAsyncChannel` traps unless somebody runs it, and one that waits for a task
/// group in a queue is forgotten when the queue ends; here it has its task before its first byte is read. And a call that does
/// not end when it is told to keeps nobody from stopping.
final class Connections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: (channel: any Channel, task: Task<Void, Never>?)] = [:]
        var isStopping = false
        var isCut = false
        /// Who waits for the end.
        var waiting: CheckedContinuation<Void, Never>?

        /// Takes the one who waits if he need not any more.
        mutating func takeWaiting() -> CheckedContinuation<Void, Never>? {
            guard isStopping, open.isEmpty || isCut else { return nil }
            defer { waiting = nil }
            return waiting
        }
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.open.count } }

    /// - Returns: False if there are too many, or no more are wanted.
    func add(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isStopping, state.open.count < Limits.connectionLimit else { return false }
            state.open[ObjectIdentifier(channel)] = (channel, nil)
            return true
        }
    }

    /// - Parameter body: Ends when the connection does.
    func serve(_ channel: any Channel, _ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.open[ObjectIdentifier(channel)]?.task = Task {
                await body()
                remove(channel)
            }
        }
    }

    func remove(_ channel: any Channel) {
        let waiting = state.withLock { state in
            state.open[ObjectIdentifier(channel)] = nil
            return state.takeWaiting()
        }
        waiting?.resume()
    }

    /// Idle connections close now, the others after their answer, and no new ones come.
    func stop() {
        let channels = state.withLock { state in
            state.isStopping = true
            return state.open.values.map(\.channel)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// After ``stop()``: cancels what goes on and closes all connections.
    func cut() {
        let (open, waiting) = state.withLock { state in
            state.isCut = true
            return (Array(state.open.values), state.takeWaiting())
        }
        for connection in open {
            connection.task?.cancel()
            connection.channel.close(promise: nil)
        }
        waiting?.resume()
    }

    /// After ``stop()``: until the last connection has ended, or ``cut()``.
    func ended() async {
        await withCheckedContinuation { continuation in
            let waiting = state.withLock { state in
                state.waiting = continuation
                return state.takeWaiting()
            }
            waiting?.resume()
        }
    }
}
