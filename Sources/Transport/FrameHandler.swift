import NIOCore

/// Bytes of the socket to frames and back, and the clock over them. Frames that are written together leave in one buffer.
final class FrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = [UInt8]
    typealias OutboundIn = [UInt8]
    typealias OutboundOut = ByteBuffer

    /// Sent from above once the peer has proved that it is no stranger.
    enum Command: Sendable { case allowLongFrames }

    /// One full frame of ours with its length.
    private static let bufferByteCount = 2 + TransportLimits.sentFrameByteLimit

    private let limits: TransportLimits
    private var decoder = FrameDecoder(frameByteLimit: TransportLimits.handshakeFrameByteLimit)
    private var clock: FrameClock?
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private var isOver = false

    private var outgoing = ByteBuffer()
    private var outgoingPromise: EventLoopPromise<Void>?

    init(limits: TransportLimits) {
        self.limits = limits
    }

    // Inbound.

    func channelActive(context: ChannelHandlerContext) {
        clock = FrameClock(limits: limits, now: context.eventLoop.now)
        review(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = Self.unwrapInboundIn(data).readableBytesView
        let now = context.eventLoop.now
        clock?.resume(at: now)
        do throws(FrameError) {
            while !isOver, let frame = try decoder.next(from: &input) {
                clock?.frameEnded(at: now)
                context.fireChannelRead(Self.wrapInboundOut(frame))
            }
        } catch {
            fail(error == .empty ? .frameEmpty : .frameTooLong, context)
        }
        if decoder.isInsideFrame { clock?.frameGoesOn(at: now) }
        review(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        clock?.pause(at: context.eventLoop.now)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        clock?.resume(at: context.eventLoop.now)
        review(context)
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isOver = true
        timer?.task.cancel()
        timer = nil
        outgoingPromise?.fail(ChannelError.ioOnClosedChannel)
        outgoingPromise = nil
    }

    private func fail(_ reason: CloseReason, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        context.fireErrorCaught(reason)
    }

    /// Ends the link if it is due; else sees to it that this is looked at again no later than then.
    private func review(_ context: ChannelHandlerContext) {
        guard !isOver, let due = clock?.due else { return }
        if due.deadline <= context.eventLoop.now {
            fail(due.reason, context)
        } else if timer.map({ due.deadline < $0.deadline }) ?? true {
            timer?.task.cancel()
            let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due.deadline) {
                self.timer = nil
                self.review(context)
            }
            timer = (due.deadline, task)
        }
    }

    // Outbound.

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? Command {
        case .allowLongFrames:
            decoder.frameByteLimit = TransportLimits.frameByteLimit
            promise?.succeed()
        case nil:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = Self.unwrapOutboundIn(data)
        guard let byteCount = UInt16(exactly: frame.count), byteCount > 0 else {
            preconditionFailure("a frame of \(frame.count) bytes")
        }
        if outgoing.readableBytes + 2 + frame.count > Self.bufferByteCount { release(context) }
        if outgoing.readableBytes == 0 { outgoing = context.channel.allocator.buffer(capacity: 2 + frame.count) }
        outgoing.writeInteger(byteCount)
        outgoing.writeBytes(frame)
        if let promise {
            if let outgoingPromise {
                outgoingPromise.futureResult.cascade(to: promise)
            } else {
                outgoingPromise = promise
            }
        }
    }

    func flush(context: ChannelHandlerContext) {
        release(context)
        context.flush()
    }

    private func release(_ context: ChannelHandlerContext) {
        guard outgoing.readableBytes > 0 else { return }
        let buffer = outgoing
        let promise = outgoingPromise
        outgoing = ByteBuffer()
        outgoingPromise = nil
        context.write(Self.wrapOutboundOut(buffer), promise: promise)
    }
}
