import NIOCore
import NIOPosix

extension PeerTransport {
    /// More addresses than this of one name are not tried; a guess.
    private static let addressesPerNameLimit = 4

    /// Ends in `established` or in `dialFailed`.
    @discardableResult
    package func dial(_ address: Address) -> LinkID {
        let (dial, refusal) = table.begin(dialling: address)
        if let refusal {
            table.dialFailed(dial, refusal)
            return dial.id
        }
        let deadline = NIODeadline.now() + TimeAmount(table.limits.connectDeadline)
        if let ip = address.ip {
            connect(dial, to: [ip], until: deadline)
        } else {
            resolve(dial, until: deadline)
        }
        return dial.id
    }

    private func resolve(_ dial: Dial, until deadline: NIODeadline) {
        group.any().scheduleTask(deadline: deadline) { [table] in table.cancel(dial, .connectTimedOut) }
        // From here on no event loop is touched before the dial begins again.
        if case .failed(let reason) = dial.conclude(.unresolved, isLast: false) {
            return table.dialFailed(dial, reason)
        }
        Resolver.resolve(dial.address.host) { [self] addresses in
            let dialable = addresses.filter(\.isDialable).prefix(Self.addressesPerNameLimit)
            if dialable.isEmpty {
                table.cancel(dial, addresses.isEmpty ? .unresolved : .forbiddenAddress)
            } else if dial.begin() {
                connect(dial, to: Array(dialable), until: deadline)
            }
        }
    }

    /// - Parameter addresses: At least one; each has its share of the time that is left.
    private func connect(_ dial: Dial, to addresses: [IPAddress], until deadline: NIODeadline) {
        guard let target = try? SocketAddress(ipAddress: addresses[0].description, port: Int(dial.address.port)) else {
            preconditionFailure("\(addresses[0]) is no address")
        }
        let timeout = (deadline - .now()).nanoseconds / Int64(addresses.count)
        let connecting = ClientBootstrap(group: group)
            .connectTimeout(.nanoseconds(max(1, timeout)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: Self.writeBufferWaterMark)
            .channelInitializer { [table] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let refusal = dial.tries(channel) { throw refusal }
                    table.furnish(Link(id: dial.id, origin: .dialled(dial), channel: channel, limits: table.limits))
                }
            }
            .connect(to: target)
        connecting.whenComplete { [self] result in
            let reason: CloseReason =
                switch result {
                case .success: .lost
                case .failure(let error): CloseReason(connecting: error)
                }
            // Not before the channel, if there is one, has learnt that it is active.
            connecting.eventLoop.execute { [self] in
                switch dial.conclude(reason, isLast: addresses.count == 1) {
                case .reached: dial.ended.open()
                case .tryNext:
                    guard dial.begin() else { return }
                    connect(dial, to: Array(addresses.dropFirst()), until: deadline)
                case .failed(let reason): table.dialFailed(dial, reason)
                }
            }
        }
    }
}
