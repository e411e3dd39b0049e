import Identity
import Testing

@testable import Sync

@Suite struct DuplicateRuleTests {
    @Test func `two nodes that dial each other end with one connection, whatever the order`() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let cluster = try Cluster(seed: seed)
            try cluster.add()
            try cluster.add()
            var dice = SplitMix64(seed: seed)
            cluster.connect(0, 1)
            cluster.run(for: UInt64.random(in: 0...200, using: &dice))
            cluster.connect(1, 0)
            cluster.run(for: 5_000)
            #expect(cluster.connections(of: 0) == 1 && cluster.connections(of: 1) == 1, "seed \(seed)")
            let lower = cluster.nodes[0].member.memberKey < cluster.nodes[1].member.memberKey ? 0 : 1
            #expect(cluster.nodes[lower].core.peers.first?.isInitiator == true, "seed \(seed)")
        }
    }

    @Test func `of two by the same initiator he closes the older`() throws {
        let cluster = try Cluster(seed: 1)
        try cluster.add()
        try cluster.add()
        cluster.connect(0, 1)
        cluster.run(for: 1_000)
        let first = cluster.nodes[0].core.peers.first?.connection
        cluster.connect(0, 1)
        cluster.run(for: 2_000)
        #expect(cluster.connections(of: 0) == 1 && cluster.connections(of: 1) == 1)
        #expect(cluster.nodes[0].core.peers.first?.connection != first)
    }
}
