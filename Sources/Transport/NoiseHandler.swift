import Identity
import NIOCore

/// Frames to messages and back, by a ``NoiseSession``.
final class NoiseHandler: ChannelDuplexHandler {
    typealias InboundIn = [UInt8]
    typealias InboundOut = Output
    typealias OutboundIn = [UInt8]
    typealias OutboundOut = [UInt8]

    enum Output: Sendable, Equatable {
        case established(remoteKey: NoiseKey, networkKeyAge: Int)
        case message([UInt8])
        /// Said once.
        case grewOld
    }

    /// Sent from above by the side that dialled.
    enum Command: Sendable { case beginHandshake }

    private var session: NoiseSession
    private let reconnectFrameCount: UInt64
    private var isOld = false

    init(credentials: Credentials, limits: TransportLimits) {
        session = NoiseSession(credentials: credentials)
        reconnectFrameCount = limits.reconnectFrameCount
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event as? Command {
        case .beginHandshake:
            do throws(CloseReason) {
                send(try session.begin(), context)
            } catch {
                context.fireErrorCaught(error)
            }
            promise?.succeed()
        case nil:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(CloseReason) {
            switch try session.receive(Self.unwrapInboundIn(data)) {
            case .reply(let frame):
                send(frame, context)
            case .established(let remoteKey, let networkKeyAge, let reply):
                if let reply { send(reply, context) }
                context.triggerUserOutboundEvent(FrameHandler.Command.allowLongFrames, promise: nil)
                fire(.established(remoteKey: remoteKey, networkKeyAge: networkKeyAge), context)
            case .message(let message):
                fire(.message(message), context)
                noteAge(context)
            case .part:
                noteAge(context)
            }
        } catch {
            context.fireErrorCaught(error)
        }
    }

    /// The promise is for the whole message.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        do throws(CloseReason) {
            let frames = try session.seal(Self.unwrapOutboundIn(data))
            for frame in frames.dropLast() {
                context.write(Self.wrapOutboundOut(frame), promise: nil)
            }
            if let last = frames.last { context.write(Self.wrapOutboundOut(last), promise: promise) }
            noteAge(context)
        } catch {
            promise?.fail(error)
            context.fireErrorCaught(error)
        }
    }

    private func send(_ frame: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }

    private func fire(_ output: Output, _ context: ChannelHandlerContext) {
        context.fireChannelRead(Self.wrapInboundOut(output))
    }

    private func noteAge(_ context: ChannelHandlerContext) {
        guard !isOld, session.frameCount >= reconnectFrameCount else { return }
        isOld = true
        fire(.grewOld, context)
    }
}
