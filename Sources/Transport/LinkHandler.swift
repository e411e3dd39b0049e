import NIOCore

/// The inner end of a link's pipeline: its deadlines, its queues, and its one way to end.
final class LinkHandler: ChannelDuplexHandler {
    typealias InboundIn = NoiseHandler.Output
    typealias OutboundIn = Never
    typealias OutboundOut = [UInt8]

    /// What other threads ask for.
    enum Command: Sendable {
        /// The outbox has something.
        case send
        /// The inbox has room again.
        case read
        /// The shell has accepted the link.
        case trust
        /// After what is queued.
        case close(CloseReason)
        /// At once.
        case cut(CloseReason)
    }

    private enum State { case open, closing, cut }

    private let link: Link
    private let table: LinkTable
    private let limits: TransportLimits

    private var state = State.open
    private var reason: CloseReason?
    /// False for a channel whose dial has another one: of it nothing is told.
    private var hasClaim: Bool
    private var isEstablished = false
    private var outgoing = CircularBuffer<[UInt8]>()
    /// NIO asked to read and was not let.
    private var owesRead = false
    /// The peer does not listen, so neither do we, but for a burst that NIO asked for before.
    private var isOverfull = false

    private var acceptanceTimer: Scheduled<Void>?
    private var drainClock: DrainClock
    private var drainTimer: Scheduled<Void>?
    private var ageTimer: Scheduled<Void>?
    private var lingerTimer: Scheduled<Void>?
    private var isOld = false

    init(link: Link, table: LinkTable, limits: TransportLimits) {
        self.link = link
        self.table = table
        self.limits = limits
        drainClock = DrainClock(limits: limits)
        hasClaim = !link.origin.isInitiator
    }

    func channelActive(context: ChannelHandlerContext) {
        if case .dialled(let dial) = link.origin {
            guard dial.claim() else { return cut(.closed, context) }
            hasClaim = true
        }
        if let refusal = table.opened(link) { return cut(refusal, context) }
        acceptanceTimer = schedule(limits.acceptanceDeadline, context) { self.cut(.notAcceptedInTime, context) }
        if link.origin.isInitiator {
            context.triggerUserOutboundEvent(NoiseHandler.Command.beginHandshake, promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .open else { return }
        switch Self.unwrapInboundIn(data) {
        case .established(let remoteKey, let networkKeyAge):
            isEstablished = true
            ageTimer = schedule(limits.reconnectAge, context) { self.grewOld() }
            table.established(
                link,
                Session(
                    isInitiator: link.origin.isInitiator, remoteKey: remoteKey, networkKeyAge: networkKeyAge,
                    address: link.origin.address))
        case .message(let message):
            link.inbox.received(Outbox.cost(message))
            table.received(message, on: link)
        case .grewOld:
            grewOld()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump(context) }
    }

    func read(context: ChannelHandlerContext) {
        guard mayRead else {
            owesRead = true
            return
        }
        owesRead = false
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        cut(error as? CloseReason ?? .lost, context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let command = event as? Command else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        switch command {
        case .send: pump(context)
        case .read: readOn(context)
        case .trust:
            acceptanceTimer?.cancel()
        case .close(let reason): close(reason, context)
        case .cut(let reason): cut(reason, context)
        }
        promise?.succeed()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        state = .cut
        for timer in [acceptanceTimer, drainTimer, ageTimer, lingerTimer] { timer?.cancel() }
        link.end()
        outgoing.removeAll()
        if hasClaim { table.ended(link, reason ?? .closedByPeer, wasEstablished: isEstablished) }
    }

    private func grewOld() {
        guard !isOld, state == .open else { return }
        isOld = true
        table.grewOld(link)
    }

    private func schedule(
        _ delay: Duration, _ context: ChannelHandlerContext, _ task: @escaping () -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay), task)
    }
}

// Listening.
extension LinkHandler {
    /// A link that we are closing is read to its end, and what comes is thrown away: closing a socket with unread bytes would
    /// make the kernel take back what we sent last.
    private var mayRead: Bool {
        state != .open || (!isOverfull && link.inbox.mayRead())
    }

    private func readOn(_ context: ChannelHandlerContext) {
        if owesRead { read(context: context) }
    }
}

// Speaking.
extension LinkHandler {
    /// Encrypts no more than the socket has use for; the rest waits in plain, and in order.
    private func pump(_ context: ChannelHandlerContext) {
        guard state != .cut else { return }
        outgoing.append(contentsOf: link.outbox.takeAll())
        var hasWritten = false
        while context.channel.isWritable || state == .closing, let message = outgoing.popFirst() {
            write(message, context)
            hasWritten = true
        }
        if hasWritten { context.flush() }
        reviewOutbox(context)
    }

    private func write(_ message: [UInt8], _ context: ChannelHandlerContext) {
        let cost = Outbox.cost(message)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            if self.link.outbox.sent(cost), self.state == .open { self.table.drained(self.link) }
            self.reviewOutbox(context, drained: cost)
        }
        context.write(Self.wrapOutboundOut(message), promise: promise)
    }

    private func reviewOutbox(_ context: ChannelHandlerContext, drained: Int = 0) {
        guard state == .open else { return }
        drainClock.changed(queued: link.outbox.byteCount, drained: drained, at: context.eventLoop.now)
        reviewDrain(context)
        guard link.outbox.isOver != isOverfull else { return }
        isOverfull.toggle()
        if !isOverfull { readOn(context) }
    }

    /// Ends the link if it is due; else sees to it that this is looked at again then.
    private func reviewDrain(_ context: ChannelHandlerContext) {
        guard state == .open, drainTimer == nil, let due = drainClock.due else { return }
        if due <= context.eventLoop.now { return cut(.notDrained, context) }
        drainTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.drainTimer = nil
            self.reviewDrain(context)
        }
    }
}

// Ending.
extension LinkHandler {
    /// Sends what is queued, says that no more comes, and waits a moment for the other side to have read it.
    private func close(_ reason: CloseReason, _ context: ChannelHandlerContext) {
        guard state == .open else { return }
        guard isEstablished else { return cut(reason, context) }
        state = .closing
        self.reason = reason
        lingerTimer = schedule(limits.lingerDeadline, context) { self.cut(reason, context) }
        pump(context)
        context.close(mode: .output, promise: nil)
        readOn(context)
    }

    private func cut(_ reason: CloseReason, _ context: ChannelHandlerContext) {
        guard state != .cut else { return }
        state = .cut
        self.reason = self.reason ?? reason
        link.outbox.close()
        context.close(mode: .all, promise: nil)
    }
}
