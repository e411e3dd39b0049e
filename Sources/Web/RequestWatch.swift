import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Keeps a connection to its ``RequestPace`` and answers what is no HTTP. Sits between the parser and the server.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var pace = RequestPace()
    private var timer: Scheduled<Void>?
    private var hasRefused = false

    func handlerAdded(context: ChannelHandlerContext) {
        restartTimer(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is BytesArrived {
            _ = follow(pace.bytesArrived(), context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        let next: RequestPace.OnInput =
            switch unwrapInboundIn(data) {
            case .head(let head):
                if head.headerFields[.transferEncoding] != nil, head.headerFields[.contentLength] != nil {
                    .close  // which of the two counts is what request smuggling is about
                } else {
                    pace.headArrived()
                }
            case .body(let bytes): pace.bodyArrived(byteCount: bytes.readableBytes)
            case .end: pace.endArrived()
            }
        if follow(next, context) { context.fireChannelRead(data) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head:
            pace.answerBegan()
            restartTimer(context)
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            let taken = promise ?? context.eventLoop.makePromise()
            taken.futureResult.assumeIsolated().whenSuccess {
                self.pace.answerTaken()
                self.restartTimer(context)
            }
            context.write(data, promise: taken)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        guard !hasRefused else { return }
        hasRefused = true
        let status: HTTPResponse.Status =
            error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
        let fields: HTTPFields = [.connection: "close", .contentLength: "0"]
        context.write(wrapOutboundOut(.head(HTTPResponse(status: status, headerFields: fields))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    /// - Returns: False if the connection is closed.
    private func follow(_ input: RequestPace.OnInput, _ context: ChannelHandlerContext) -> Bool {
        switch input {
        case .goOn: break
        case .restart: restartTimer(context)
        case .close:
            hasRefused = true
            context.close(promise: nil)
            return false
        }
        return true
    }

    private func restartTimer(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = pace.deadline.map { deadline in
            context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline)) {
                context.close(promise: nil)
            }
        }
    }
}

/// Says downstream that something came, before the parser has made anything of it.
final class WireWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireUserInboundEventTriggered(BytesArrived())
        context.fireChannelRead(data)
    }
}

private struct BytesArrived: Sendable {}
