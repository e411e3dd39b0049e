import API
import Metrics
import Storage
import Testing

@testable import Daemon
@testable import Sync

struct PeerRowTests {
    @Test func `peers are told page by page, each once`() throws {
        let all = (0..<25).map { PeerRow(member: "", address: "h:\($0)", connected: false, behind: 0) }
        var told: [PeerRow] = []
        var (after, pages): (String?, Int) = (nil, 0)
        repeat {
            let page = try Page(PageRequest(after: after, limit: 10), of: all)
            told += page.rows
            (after, pages) = (page.next, pages + 1)
        } while after != nil
        #expect(told == all && pages == 3)
        // The list has become shorter meanwhile.
        #expect(try Page(PageRequest(after: "30", limit: 10), of: all) == Page(rows: []))
        for text in ["", "x", "-1", "0", "99999999999999999999"] {
            #expect(throws: Failure.self) { try Page(PageRequest(after: text, limit: 10), of: all) }
        }
    }

    @Test func `of many who are away status names some and counts the rest`() async throws {
        let given = (1...100).map { "127.0.0.1:\($0)" }
        try await CommandsCommunity.with(peers: given, metrics: NOOPMetricsHandler.instance) { node in
            let status = try await node.answer(GetStatus())
            #expect(status.peers.count == 64 && status.peersLeftOut == 36)
            #expect(try await node.answer(ListPeers()).rows.count == 100)
        }
    }

    @Test func `a peer's row tells in wall time when he was heard`() {
        let clocks = Clocks()
        func row(_ heard: Instant?) -> PeerRow {
            PeerRow(
                SyncCore.PeerStatus(
                    connection: nil, member: nil, address: "h:1", isConnected: false, isInitiator: true, behind: 7,
                    lastHeard: heard), clocks: clocks)
        }
        #expect(row(nil) == PeerRow(member: "", address: "h:1", connected: false, behind: 7))
        let before = Int64(clocks.wallMilliseconds)
        let heard = row(clocks.instant).lastHeard?.milliseconds ?? 0
        #expect((before - 1...Int64(clocks.wallMilliseconds) + 1).contains(heard))
    }
}
