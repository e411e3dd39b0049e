import AuthorLog
import Identity
import Testing

@testable import Sync

struct AttackSyncTests {
    /// `first + 1` of a pushed part that begins at UInt64.max.
    @Test func `a gap that begins at the last number is no trap`() async throws {
        await #expect(processExitsWith: .success) {

            let fixture = try Fixture()
            let own = try fixture.member(1)
            var core = SyncCore(
                configuration: own.configuration(seed: 1), frontier: FrontierTree(), orders: [],
                at: Instant(milliseconds: 0),
                wallMilliseconds: Fixture.wall)
            let id = ConnectionID(rawValue: 1)
            let peer = try fixture.member(2)
            _ = core.handle(
                .established(id, initiator: false, remoteKey: peer.noiseKey, address: "x"),
                at: Instant(milliseconds: 0),
                wallMilliseconds: Fixture.wall)
            // Without a push no answer to one is looked at.
            let isNoted = core.peersByID[id]?.pushes.add(peer.log(), byteCount: 1, hop: 0)
            #expect(isNoted == true)
            _ = core.handle(
                .ingested(id, pull: 0, log: peer.log(), byteCount: 1, .gap(first: .max)), at: Instant(milliseconds: 0),
                wallMilliseconds: Fixture.wall)
        }
    }
}
