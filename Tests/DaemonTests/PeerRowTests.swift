import API
import Testing

@testable import Daemon
@testable import Sync

struct PeerRowTests {
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
