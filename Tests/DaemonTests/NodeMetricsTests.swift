import API
import Metrics
import MetricsTestKit
import Storage
import Testing
import Transport

@testable import Daemon

struct NodeMetricsTests {
    @Test func `what goes over the wire and into the record is counted once`() async throws {
        let counted = TestMetrics()
        try await CommandsCommunity.withTwo(metrics: counted) { steward, member in
            _ = try await steward.answer(AddBacker(NewPerson(external: "ana")))
            try await eventually("in both") {
                let totals = [try await steward.answer(GetTotals()), try await member.answer(GetTotals())]
                return totals.map(\.backers) == [1, 1]
            }
            #expect(counted.counterTotal(label: "grapevine_handshakes") == 1)
            let origin = { (name: String) in
                counted.counterTotal(label: "grapevine_operations_appended", dimensions: [("origin", name)])
            }
            // Whoever comes begins his log, and what presents him is pushed.
            try await eventually("his log has begun") { origin("peer") == 1 }
            #expect(origin("own") + 1 == Int64(try await steward.store.recordFigures().updates))
            try await eventually("all is reported") {
                let now = steward.transport.counters
                return counted.counterTotal(label: "grapevine_bytes_received") == Int64(now.bytesReceived)
                    && counted.counterTotal(label: "grapevine_bytes_sent") == Int64(now.bytesSent)
                    && counted.counterTotal(label: "grapevine_messages_received") == Int64(now.messagesReceived)
                    && counted.counterTotal(label: "grapevine_messages_sent") == Int64(now.messagesSent)
            }
            #expect(counted.counterTotal(label: "grapevine_bytes_sent") > 0)
            #expect(try counted.expectGauge("grapevine_peers").lastValue == 1)
        }
    }

    @Test func `status and peers tell when a peer was heard`() async throws {
        try await CommandsCommunity.withTwo(metrics: NOOPMetricsHandler.instance) { steward, member in
            let begin = Int64(steward.wallMilliseconds) - 2
            for node in [steward, member] {
                try await eventually("connected") { try await node.answer(GetStatus()).peers.first?.connected == true }
                let heard = try await node.answer(GetStatus()).peers.first?.lastHeard?.milliseconds ?? 0
                #expect(heard >= begin && heard <= Int64(node.wallMilliseconds) + 1)
                #expect(try await node.answer(ListPeers()).rows.first?.lastHeard != nil)
            }
        }
    }

    @Test func `what did not come to be is counted by its reason`() async throws {
        let counted = TestMetrics()
        // Nobody listens on port 1.
        try await CommandsCommunity.with(peers: ["127.0.0.1:1"], metrics: counted) { node in
            try await eventually("a dial that failed") {
                counted.counterTotal(
                    label: "grapevine_connections_ended", dimensions: [("reason", "connectFailed")]) > 0
            }
        }
    }
}
