import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The local HTTP API: HTTP/1.1 on a unix socket, for this user's own programs only.
package final class LocalServer: Service {
    private let socket: LocalSocket
    private let http: HTTP1Channel
    private let logger: Logger
    private let connections = Connections()

    package var path: String { socket.path }

    /// Binds at once: from here on a client can connect, and is answered when the service runs.
    ///
    /// The caller holds the home's lock until the service has ended: a socket that lies at `path` is taken for a dead one.
    package init(path: String, routes: Routes, logger: Logger) throws(LocalSocketError) {
        socket = try LocalSocket(bindingAt: path)
        let answering = Answering(routes: routes, logger: logger)
        var configuration = HTTP1Channel.Configuration(additionalChannelHandlers: [RequestWatch()])
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: Limits.headerByteLimit, maxHeaderListSize: Limits.headerByteLimit,
            maxHeaderFieldCount: Limits.headerFieldLimit)
        http = HTTP1Channel(
            responder: { request, writer, _ in
                let response = await answering.answer(request)
                try await writer.write(response: response.head, body: response.body)
            }, configuration: configuration)
        self.logger = logger
    }

    /// Until the graceful shutdown: then calls in progress are finished, for at most 5 s.
    package func run() async throws {
        defer { socket.removeName() }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [self] in setUp($0) }
            .withBoundSocket(socket.descriptor).get()
        // Cancelled without a shutdown, there is no patience either.
        let isGraceful: Void? = try? await gracefulShutdown()
        listener.close(promise: nil)
        connections.stop()
        let patience = isGraceful == nil ? Duration.zero : Limits.stopDeadline
        let cut = listener.eventLoop.scheduleTask(in: TimeAmount(patience)) { [connections, logger] in
            logger.warning("connections were cut off", metadata: ["count": "\(connections.count)"])
            connections.cut()
        }
        await connections.ended()
        cut.cancel()
    }

    /// Before the first byte is read. A future that fails closes the connection.
    private func setUp(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            try checkCredentials(channel)
            guard connections.add(channel) else { throw Refusal.tooMany }
            try channel.pipeline.syncOperations.addHandler(WireWatch())
        }.flatMap { [self] in
            http.setup(channel: channel, logger: logger)
        }.map { [self] connection in
            connections.serve(channel) { [http, logger] in await http.handle(value: connection, logger: logger) }
        }.flatMapErrorThrowing { [connections] error in
            connections.remove(channel)
            throw error
        }
    }

    private enum Refusal: Error {
        case otherUser, tooMany
    }

    private func checkCredentials(_ channel: any Channel) throws {
        let areOurs = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { PeerCredentials.areOurs($0) }
        guard areOurs == true else {
            logger.warning("a connection by another user was refused")
            throw Refusal.otherUser
        }
    }
}
