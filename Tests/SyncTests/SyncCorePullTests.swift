import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct SyncCorePullTests {
    /// Node 2 lacks what 0 and 1 have: 20 logs of 30 KB each.
    private func threeNodes(seed: UInt64) throws -> Cluster {
        let cluster = try Cluster(seed: seed)
        try cluster.add()
        try cluster.add(known: [0])
        for log in 0..<20 as Range<UInt64> {
            let payloads = (0..<10).map { [UInt8](repeating: UInt8($0), count: 3_000) }
            for node in 0..<2 { cluster.preload(node, payloads, log: madeUpLog(log)) }
        }
        try cluster.add(known: [0, 1])
        return cluster
    }

    @Test func `no log is pulled from two peers at a time`() throws {
        let cluster = try threeNodes(seed: 1)
        _ = try #require(cluster.run(until: \.isConverged))
        var open: [LogID: Int] = [:]
        for delivery in cluster.deliveries where delivery.isPull {
            guard case .pull(let pull) = delivery.message else { continue }
            for want in pull.wants { open[want.log, default: 0] += 1 }
        }
        #expect(open.count == 20)
        #expect(open.values.allSatisfy { $0 == 1 })
    }

    @Test func `another peer takes over when the connection is lost in mid-pull`() throws {
        let cluster = try threeNodes(seed: 2)
        cluster.slowReads(0, by: 300)
        cluster.slowReads(1, by: 300)
        let source = try #require(pullSource(cluster))
        cluster.run(for: 1_000)
        let held = cluster.nodes[2].store.rows.count
        #expect(held > 0 && held < 20)
        cluster.cut(source, 2)
        let took = try #require(cluster.run(until: \.isConverged))
        print("lost in mid-pull: \(took) ms more")
        #expect(took < 20_000)
        let again = cluster.deliveries.last { $0.isPull && $0.from == 2 }
        #expect(again?.to == 1 - source)
        guard case .pull(let pull) = again?.message else { return }
        #expect(pull.wants.count <= 20 - held)
    }

    @Test func `another peer takes over after ten seconds of silence`() throws {
        let cluster = try threeNodes(seed: 3)
        cluster.slowReads(0, by: 20)
        cluster.slowReads(1, by: 20)
        let source = try #require(pullSource(cluster))
        cluster.stick(source)
        let took = try #require(cluster.run(until: { $0.nodes[2].store.rows.count == 20 }))
        print("stalled: \(took) ms")
        #expect((9_000...12_000).contains(took))
    }

    @Test func `a peer that cannot serve what it shows is not asked in a hot loop`() throws {
        let cluster = try Cluster(seed: 4)
        try cluster.add()
        try cluster.add(known: [0])
        cluster.preload(0, [[1]], log: cluster.nodes[0].member.log())
        // A row that its storage knows nothing of.
        cluster.setRow(0, try .of(madeUpLog(5), 100))
        cluster.run(for: 600_000)
        let pulls = cluster.deliveries.count(where: \.isPull)
        let ranges = cluster.deliveries.count(where: \.isRanges)
        print("unservable for 600 s: \(pulls) pulls, \(ranges) ranges, \(cluster.deliveries.count) messages")
        #expect(pulls <= 30)
        #expect(cluster.deliveries.count < 600)
        #expect(cluster.nodes[1].store.rows.count == 1)
    }

    @Test func `wants come with our own log first, then authority; then logs of which nothing is held`() throws {
        let cluster = try Cluster(seed: 5)
        try cluster.add()
        try cluster.add()
        let own = cluster.nodes[1].member.log()
        let authority = madeUpLog(1)
        for log in [madeUpLog(2), madeUpLog(3), madeUpLog(4), authority, own] {
            cluster.preload(0, [[1], [2]], log: log)
        }
        for log in [own, authority, madeUpLog(2)] { cluster.preload(1, [[1]], log: log) }
        cluster.markAuthority(1, authority)
        cluster.connect(1, 0)
        _ = try #require(cluster.run(until: \.isConverged))
        let pulls = cluster.deliveries.compactMap { if case .pull(let pull) = $0.message { pull } else { nil } }
        #expect(pulls.map { $0.wants.map(\.log) } == [[own, authority, madeUpLog(2)], [madeUpLog(4), madeUpLog(3)]])
        let seen = cluster.nodes[1].effects.filter { if case .ownHeadSeen = $0 { true } else { false } }
        #expect(seen.count == 1)
        guard case .ownHeadSeen(let log, let length, _) = seen.first else { return }
        #expect(log == own && length == 2)
    }

    @Test func `a forged part ends the connection and bans its sender for ten minutes`() throws {
        let cluster = try Cluster(seed: 6)
        try cluster.add()
        try cluster.add(known: [0])
        cluster.preload(0, [Array("forged".utf8)], log: cluster.nodes[0].member.log())
        cluster.run(for: 5_000)
        #expect(cluster.connections(of: 1) == 0)
        #expect(cluster.nodes[1].store.rows.isEmpty)
        let bans = cluster.nodes[1].effects.compactMap { effect -> Instant? in
            guard case .ban(let member, let until) = effect else { return nil }
            return member == cluster.nodes[0].member.memberKey ? until : nil
        }
        #expect(bans.count == 1)
        let dials = { cluster.nodes[1].effects.count { if case .dial = $0 { true } else { false } } }
        let before = dials()
        cluster.run(for: 500_000)
        #expect(dials() == before)
        cluster.connect(0, 1)
        cluster.run(for: 1_000)
        #expect(cluster.connections(of: 1) == 0)
        cluster.run(for: 200_000)
        #expect(dials() > before)
    }

    /// Runs until node 2 pulls, and says from whom.
    private func pullSource(_ cluster: Cluster) -> Int? {
        _ = cluster.run(until: { $0.deliveries.contains { $0.isPull && $0.from == 2 } })
        return cluster.deliveries.last { $0.isPull && $0.from == 2 }?.to
    }
}
