import NIOCore

/// When a peer listens too slowly: of a queue that was over its limit, less leaves in a time than the slowest link takes. Only an
/// empty queue ends the watch; drips that bring it below its limit for a moment reset nothing.
struct DrainClock: Sendable {
    private let byteLimit: Int
    private let deadline: TimeAmount
    private let leastByteCount: Int

    /// Since when, and what has left since then.
    private var window: (start: NIODeadline, byteCount: Int)?

    init(limits: TransportLimits) {
        byteLimit = limits.outboundByteLimit
        deadline = TimeAmount(limits.drainDeadline)
        leastByteCount = limits.drainByteCount
    }

    /// - Parameters:
    ///   - queued: Bytes that are in the queue now.
    ///   - drained: Bytes that left it just now.
    mutating func changed(queued: Int, drained: Int = 0, at now: NIODeadline) {
        guard queued > 0 else { return window = nil }
        guard let (start, byteCount) = window else {
            if queued > byteLimit { window = (now, 0) }
            return
        }
        window = byteCount + drained >= leastByteCount ? (now, 0) : (start, byteCount + drained)
    }

    /// Nil while nothing is watched.
    var due: NIODeadline? { window.map { $0.start + deadline } }
}
