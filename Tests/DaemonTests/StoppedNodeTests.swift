import API
import Synchronization
import Testing

@testable import Daemon

struct StoppedNodeTests {
    private final class Refusal: Sendable {
        let message = Mutex<String?>(nil)
    }

    @Test func `what is to be written when nobody writes any more is refused`() async throws {
        var stopped: Node?
        try await StandingCommunity.with { stopped = $0.founder }
        let node = try #require(stopped)
        let refusal = Refusal()
        let writing = Task {
            do {
                _ = try await node.write(operations: [])
            } catch let failure as Failure {
                refusal.message.withLock { $0 = failure.message }
            }
        }
        // Whoever waits for a write that nobody takes waits for good, and so would the end of the node.
        try await eventually("a refusal", seconds: 5) { refusal.message.withLock { $0 != nil } }
        #expect(refusal.message.withLock { $0 } == "the daemon is stopping")
        await node.endWrites()
        try await writing.value
    }
}
