import NIOCore
import Synchronization

/// A connection, as seen from any thread.
final class Link: Sendable {
    enum Origin: Sendable {
        case accepted(from: Address)
        case dialled(Dial)

        var isInitiator: Bool {
            if case .dialled = self { true } else { false }
        }

        var address: Address {
            switch self {
            case .accepted(let address): address
            case .dialled(let dial): dial.address
            }
        }
    }

    let id: LinkID
    let origin: Origin
    let channel: any Channel
    let outbox: Outbox
    let inbox: Inbox
    /// Then its event loop may be gone.
    private let hasEnded = Mutex(false)

    init(id: LinkID, origin: Origin, channel: any Channel, limits: TransportLimits) {
        self.id = id
        self.origin = origin
        self.channel = channel
        outbox = Outbox(limits: limits)
        inbox = Inbox(limits: limits)
    }

    func send(_ message: [UInt8]) -> SendOutcome {
        guard message.count <= TransportLimits.messageByteLimit else {
            preconditionFailure("a message of \(message.count) bytes")
        }
        switch outbox.deposit(message) {
        case .queued(let tellLoop, let isOver):
            if tellLoop { tell(.send) }
            return isOver ? .overfull : .queued
        case .burst:
            tell(.cut(.overfull))
            return .unknown
        case .closed:
            return .unknown
        }
    }

    /// A message has left the events.
    func taken(_ cost: Int) {
        if inbox.taken(cost) { tell(.read) }
    }

    func trust() {
        tell(.trust)
        if inbox.trust() { tell(.read) }
    }

    func close(_ reason: CloseReason) {
        outbox.close()
        tell(.close(reason))
    }

    func cut(_ reason: CloseReason) {
        outbox.close()
        tell(.cut(reason))
    }

    /// Nothing is to be told any more.
    func end() {
        outbox.close()
        hasEnded.withLock { $0 = true }
    }

    private func tell(_ command: LinkHandler.Command) {
        hasEnded.withLock { [channel] hasEnded in
            guard !hasEnded else { return }
            channel.eventLoop.execute { channel.triggerUserOutboundEvent(command, promise: nil) }
        }
    }
}
