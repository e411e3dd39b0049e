import Testing

@testable import Transport

struct QueueTests {
    private let id = LinkID(rawValue: 1)

    @Test func `an outbox says when it is over, tells the loop once, and bursts at its hard limit`() {
        var limits = TransportLimits()
        (limits.outboundByteLimit, limits.outboundByteHardLimit) = (1_000, 2_000)
        let outbox = Outbox(limits: limits)
        let message = bytes(600 - TransportLimits.messageOverheadByteCount)
        #expect(outbox.deposit(message) == .queued(tellLoop: true, isOver: false))
        #expect(outbox.deposit(message) == .queued(tellLoop: false, isOver: true))
        #expect(outbox.takeAll().count == 2)
        #expect(outbox.isOver)
        #expect(outbox.sent(600))
        #expect(!outbox.sent(600))
        #expect(outbox.deposit(bytes(2_000)) == .burst)
        #expect(outbox.deposit([]) == .closed)
    }

    @Test func `an inbox stops a stranger after a message and a friend after his limit`() {
        let inbox = Inbox(limits: TransportLimits())
        #expect(inbox.mayRead())
        inbox.received(1)
        #expect(!inbox.mayRead())
        #expect(inbox.trust())
        #expect(inbox.mayRead())
        inbox.received(2 << 20)
        #expect(!inbox.mayRead())
        #expect(!inbox.taken(1 << 20))
        #expect(inbox.taken(1 << 20))
        #expect(!inbox.taken(1))
    }

    @Test func `events are taken in order, and after the end there are none`() async {
        let queue = EventQueue()
        queue.put(.grewOld(id))
        queue.put(.closed(id, .idle))
        queue.finish()
        #expect(!queue.put(.grewOld(id)))
        #expect(await queue.take()?.event == .grewOld(id))
        #expect(await queue.take()?.event == .closed(id, .idle))
        #expect(await queue.take() == nil)
    }

    @Test func `who waits for an event wakes by one, by the end, and by being cancelled`() async {
        let queue = EventQueue()
        async let event = queue.take()?.event
        try? await Task.sleep(for: .milliseconds(5))  // only so that it waits
        queue.put(.grewOld(id))
        #expect(await event == .grewOld(id))
        let waiting = Task { await queue.take()?.event }  // cancelled below
        waiting.cancel()
        #expect(await waiting.value == nil)
        async let last = queue.take()?.event
        try? await Task.sleep(for: .milliseconds(5))  // only so that it waits
        queue.finish()
        #expect(await last == nil)
    }
}
