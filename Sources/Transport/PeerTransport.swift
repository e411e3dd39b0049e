package import Identity
package import NIOCore
import NIOPosix
import Synchronization

/// Connections between peers: TCP, Noise, whole messages. Callable from any thread; what happens is told by ``events``.
///
/// It decides who is a stranger by the network key and by addresses; who is a member the shell decides, in
/// ``TransportLimits/acceptanceDeadline``, and says so by ``accepted(_:)``. End it with ``shutdown()``.
///
/// Source: Protocol/4-sync.md, *Connection*.
package final class PeerTransport: Sendable {
    package struct Configuration: Sendable {
        /// The current one first, at most two older ones behind it; 32 bytes each.
        package var networkKeys: [SecretBytes]
        /// What both sides must agree on: see ``prologue(of:)``.
        package var prologue: [UInt8]
        package var staticKey: AgreementKey
        package var limits: TransportLimits

        package init(
            networkKeys: [SecretBytes], prologue: [UInt8], staticKey: AgreementKey,
            limits: TransportLimits = TransportLimits()
        ) {
            self.networkKeys = networkKeys
            self.prologue = prologue
            self.staticKey = staticKey
            self.limits = limits
        }
    }

    /// For one taker.
    package let events: TransportEvents

    let table: LinkTable
    let group: any EventLoopGroup
    private let ownsGroup: Bool
    private let doors = Mutex(Doors())

    /// What listens.
    private struct Doors {
        var servers: [any Channel] = []
        /// Of those that are about to.
        var openings: [Latch] = []
        var isShut = false
    }

    /// - Parameter group: Nil for one thread of our own, which ``shutdown()`` ends.
    package init(configuration: Configuration, group: (any EventLoopGroup)? = nil) {
        Self.check(configuration.networkKeys)
        table = LinkTable(configuration: configuration)
        events = TransportEvents(table: table)
        ownsGroup = group == nil
        self.group = group ?? MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// `"grapevine" ‖ u8 1 ‖ community id`.
    package static func prologue(of community: CommunityID) -> [UInt8] {
        Array("grapevine".utf8) + [1] + community.bytes
    }

    package var counters: TransportCounters { table.counters }

    /// For handshakes that begin from now on.
    ///
    /// - Parameter dialled: So many of the first are what our own handshakes with an address begin with, by turns: which of them the
    ///   others know is not known.
    package func use(networkKeys: [SecretBytes], dialled: Int = 1) {
        Self.check(networkKeys)
        precondition((1...networkKeys.count).contains(dialled), "\(dialled) of \(networkKeys.count) network keys")
        table.use(networkKeys: networkKeys, dialled: dialled)
    }

    /// Keeps places for these, whatever others do. Names count for nothing, and ports do not matter: a peer's connections to us
    /// come from any.
    package func setKnownAddresses(_ addresses: [Address]) {
        table.know(addresses)
    }

    // Beginning.

    /// - Parameter address: Port 0 takes any that is free.
    /// - Returns: Where we listen.
    package func listen(on address: Address) async throws -> Address {
        let opening = Latch()
        defer { opening.open() }
        do {
            guard startOpening(opening) else { throw CloseReason.stopping }
            let server = try await serverBootstrap.bind(host: address.host, port: Int(address.port)).get()
            guard finishOpening(opening, server) else {
                try await server.close()
                throw CloseReason.stopping
            }
            guard let local = server.localAddress, let ip = IPAddress(local), let port = local.port else {
                throw CloseReason.lost
            }
            return Address(ip: ip, port: UInt16(truncatingIfNeeded: port))
        } catch {
            throw TransportError.couldNotListen(on: address, underlying: error)
        }
    }

    private var serverBootstrap: ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [table] server in
                server.eventLoop.makeCompletedFuture {
                    // Without file descriptors, accepting rests for a second.
                    try server.pipeline.syncOperations.addHandlers([AcceptBackoffHandler(), AcceptGate(table: table)])
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: Self.writeBufferWaterMark)
    }

    /// - Returns: False when it is too late.
    private func startOpening(_ opening: Latch) -> Bool {
        doors.withLock { doors in
            if !doors.isShut { doors.openings.append(opening) }
            return !doors.isShut
        }
    }

    private func finishOpening(_ opening: Latch, _ server: any Channel) -> Bool {
        doors.withLock { doors in
            doors.openings.removeAll { $0 === opening }
            if !doors.isShut { doors.servers.append(server) }
            return !doors.isShut
        }
    }

    // Speaking and ending.

    /// - Parameter message: At most 1 MiB.
    package func send(_ message: [UInt8], to id: LinkID) -> SendOutcome {
        guard let link = table[id] else { return .unknown }
        let outcome = link.send(message)
        if outcome != .unknown { table.sent(byteCount: message.count) }
        return outcome
    }

    /// The peer is a member, both hellos are accepted: the link is no stranger's any more. It is closed if there is no place.
    package func accepted(_ id: LinkID) {
        guard let link = table[id] else { return }
        if let refusal = table.accept(id) { link.close(refusal) } else { link.trust() }
    }

    /// Sends what is queued, then closes, in a second at most. No message follows; `closed` does.
    package func close(_ id: LinkID) {
        table[id]?.close(.closed)
    }

    /// Closes everything, each link as ``close(_:)`` does; then ends ``events``.
    package func shutdown() async {
        let doors = doors.withLock { doors in
            doors.isShut = true
            return doors
        }
        let (links, dials) = table.stop()
        for opening in doors.openings { await opening.wait() }
        for server in doors.servers { server.close(promise: nil) }
        for dial in dials { table.cancel(dial, .stopping) }
        for link in links { link.close(.stopping) }
        for channel in doors.servers + links.map(\.channel) {
            try? await channel.closeFuture.get()  // It closes; how does not matter.
        }
        for dial in dials { await dial.ended.wait() }
        table.events.finish()
        guard ownsGroup else { return }
        try? await group.shutdownGracefully()  // It fails only when done twice.
    }

    /// Below the lower mark more is encrypted, above the higher one it is not; some frames deep.
    static let writeBufferWaterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 128 << 10, high: 512 << 10)

    private static func check(_ networkKeys: [SecretBytes]) {
        precondition(
            (1...TransportLimits.networkKeyLimit).contains(networkKeys.count)
                && networkKeys.allSatisfy { $0.count == 32 },
            "\(networkKeys.count) network keys, or not of 32 bytes")
    }
}

extension PeerTransport {
    /// What of a link is queued and not yet the kernel's; nil when there is no such link.
    package func queuedByteCount(of id: LinkID) -> Int? {
        table[id]?.outbox.byteCount
    }
}
