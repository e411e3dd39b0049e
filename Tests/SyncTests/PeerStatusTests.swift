import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct PeerStatusTests {
    private func status(_ cluster: Cluster, of peer: Int, at node: Int) throws -> SyncCore.PeerStatus {
        let member = cluster.nodes[peer].member.memberKey
        return try #require(cluster.nodes[node].core.peers.first { $0.member == member })
    }

    @Test func `a peer was last heard when he spoke last, and that stays known when he is gone`() throws {
        let cluster = try Cluster(seed: 1)
        try cluster.add()
        try cluster.add(known: [0])
        let before = try #require(cluster.nodes[1].core.peers.first)
        #expect(!before.isConnected && before.lastHeard == nil)
        cluster.run(for: 5_000)
        // Whoever dialled and whoever was dialled.
        for (node, peer) in [(0, 1), (1, 0)] {
            let status = try status(cluster, of: peer, at: node)
            let last = try #require(cluster.deliveries.last { $0.from == peer && $0.to == node })
            #expect(status.isConnected && status.lastHeard == Instant(milliseconds: last.at))
        }
        let heard = try [status(cluster, of: 1, at: 0), status(cluster, of: 0, at: 1)].map(\.lastHeard)
        cluster.dialsReach = false
        cluster.cut(0, 1)
        cluster.run(for: 60_000)
        for (node, peer) in [(0, 1), (1, 0)] {
            let status = try status(cluster, of: peer, at: node)
            #expect(!status.isConnected && status.lastHeard == heard[node])
        }
    }

    @Test func `a connection on which nobody has greeted has not been heard`() throws {
        let fixture = try Fixture()
        let (own, other) = (try fixture.member(0), try fixture.member(1))
        var core = SyncCore(
            configuration: own.configuration(seed: 1), frontier: FrontierTree(), orders: [],
            at: Instant(milliseconds: 0), wallMilliseconds: Fixture.wall)
        _ = core.handle(
            .established(
                ConnectionID(rawValue: 1), initiator: false, remoteKey: other.noiseKey, address: other.address),
            at: Instant(milliseconds: 1), wallMilliseconds: Fixture.wall)
        #expect(core.peers.map(\.lastHeard) == [nil])
    }
}
