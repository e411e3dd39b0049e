import NIOCore
import Synchronization

/// What is to be sent on a link: filled by any thread, emptied by the link's event loop, and counted until the socket has it.
final class Outbox: Sendable {
    enum Deposit: Equatable {
        /// The event loop is to be told, unless it knows already.
        case queued(tellLoop: Bool, isOver: Bool)
        /// More than the hard limit: nothing was queued, and nothing will be.
        case burst
        case closed
    }

    private struct State {
        var messages: [[UInt8]] = []
        var byteCount = 0
        var loopKnows = false
        /// The depositor has been told that it is over.
        var isSaidOver = false
        var isClosed = false
    }

    private let byteLimit: Int
    private let byteHardLimit: Int
    private let state = Mutex(State())

    init(limits: TransportLimits) {
        byteLimit = limits.outboundByteLimit
        byteHardLimit = limits.outboundByteHardLimit
    }

    func deposit(_ message: [UInt8]) -> Deposit {
        state.withLock { state in
            guard !state.isClosed else { return .closed }
            let byteCount = state.byteCount + Self.cost(message)
            guard byteCount <= byteHardLimit else {
                state.isClosed = true
                return .burst
            }
            state.byteCount = byteCount
            state.messages.append(message)
            let tellLoop = !state.loopKnows
            state.loopKnows = true
            let isOver = byteCount > byteLimit
            if isOver { state.isSaidOver = true }
            return .queued(tellLoop: tellLoop, isOver: isOver)
        }
    }

    /// They count until `sent`.
    func takeAll() -> [[UInt8]] {
        state.withLock { state in
            state.loopKnows = false
            let messages = state.messages
            state.messages = []
            return messages
        }
    }

    /// - Returns: Whether a depositor who was told that it is over is to be told that it is not any more.
    func sent(_ cost: Int) -> Bool {
        state.withLock { state in
            state.byteCount -= cost
            guard state.isSaidOver, state.byteCount <= byteLimit else { return false }
            state.isSaidOver = false
            return true
        }
    }

    /// What is queued may still be taken.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    var byteCount: Int { state.withLock { $0.byteCount } }

    var isOver: Bool { byteCount > byteLimit }

    static func cost(_ message: [UInt8]) -> Int {
        message.count + TransportLimits.messageOverheadByteCount
    }
}
