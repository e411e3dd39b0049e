import AuthorLog
import Community
import Foundation
import Identity
import Storage
import Sync
import Testing

/// Bundles of one log that are pushed in reverse: those without their predecessor are dropped, and what lies between is pulled.
struct ReverseOrderTests {
    private static let updates = 10_000
    private static let pushedAtOnce = 50

    @Test func `10,000 updates pushed in reverse cost at most three times those in order`() async throws {
        let wire = try WireOfTwo(updates: Self.updates)
        defer { wire.remove() }
        let inOrder = try await wire.deliver(wire.pushes, atOnce: Self.pushedAtOnce, as: "in-order")
        let reversed = try await wire.deliver(wire.pushes.reversed(), atOnce: Self.pushedAtOnce, as: "reversed")
        let ratio = reversed.seconds / inOrder.seconds
        print(
            """
            in order \(inOrder.seconds) s, in reverse \(reversed.seconds) s: \(ratio) times; \
            \(inOrder.pulledBytes) and \(reversed.pulledBytes) bytes pulled
            """)
        #expect(ratio <= 3)
        #expect(inOrder.state == reversed.state && inOrder.frontier == reversed.frontier)
        #expect(inOrder.pulledBytes == 0)
        // Once, and no more often.
        #expect(reversed.pulledBytes > 0 && reversed.pulledBytes < 2 * wire.pushes.reduce(0) { $0 + $1.count })
    }
}
