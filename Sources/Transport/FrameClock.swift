import NIOCore

/// When a peer is too slow: a frame that was begun is not ended, or no frame comes. Single bytes reset nothing; time in which
/// we do not read does not count.
struct FrameClock: Sendable {
    private let frameDeadline: TimeAmount
    private let idleDeadline: TimeAmount

    private var lastFrame: NIODeadline
    private var frameBegan: NIODeadline?
    private var paused: NIODeadline?

    init(limits: TransportLimits, now: NIODeadline) {
        frameDeadline = TimeAmount(limits.frameDeadline)
        idleDeadline = TimeAmount(limits.idleDeadline)
        lastFrame = now
    }

    mutating func frameEnded(at now: NIODeadline) {
        lastFrame = now
        frameBegan = nil
    }

    /// A frame is unfinished; said as often as one likes.
    mutating func frameGoesOn(at now: NIODeadline) {
        if frameBegan == nil { frameBegan = now }
    }

    mutating func pause(at now: NIODeadline) {
        if paused == nil { paused = now }
    }

    mutating func resume(at now: NIODeadline) {
        guard let since = paused else { return }
        lastFrame = lastFrame + (now - since)
        frameBegan = frameBegan.map { $0 + (now - since) }
        paused = nil
    }

    /// Nil while paused.
    var due: (deadline: NIODeadline, reason: CloseReason)? {
        guard paused == nil else { return nil }
        let idle = lastFrame + idleDeadline
        guard let frame = frameBegan.map({ $0 + frameDeadline }), frame < idle else { return (idle, .idle) }
        return (frame, .frameTooSlow)
    }
}
