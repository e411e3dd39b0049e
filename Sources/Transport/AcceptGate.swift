import NIOCore

/// On a listening socket: refuses what has no place before anything is set up for it, and furnishes the rest.
final class AcceptGate: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let table: LinkTable

    init(table: LinkTable) {
        self.table = table
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = Self.unwrapInboundIn(data)
        guard let remote = channel.remoteAddress, let ip = IPAddress(remote),
            let id = table.admit(from: ip, at: context.eventLoop.now)
        else { return channel.close(promise: nil) }
        let address = Address(ip: ip, port: UInt16(truncatingIfNeeded: remote.port ?? 0))
        let link = Link(id: id, origin: .accepted(from: address), channel: channel, limits: table.limits)
        // It must be furnished before the next handler registers it; on another event loop, tasks keep their order.
        if channel.eventLoop.inEventLoop {
            table.furnish(link)
        } else {
            channel.eventLoop.execute { [table] in table.furnish(link) }
        }
        context.fireChannelRead(data)
    }
}

extension LinkTable {
    /// Gives a link's channel its handlers, on its event loop.
    func furnish(_ link: Link) {
        let handlers: [any ChannelHandler] = [
            FrameHandler(limits: limits), NoiseHandler(credentials: credentials(for: link.origin), limits: limits),
            LinkHandler(link: link, table: self, limits: limits),
        ]
        do {
            try link.channel.pipeline.syncOperations.addHandlers(handlers)
        } catch {
            // It was closed in the meantime. Only the last handler gives a place back, so do it here.
            link.channel.close(promise: nil)
            abandoned(link)
        }
    }
}
