import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct SyncCoreBroadcastTests {
    /// A line that stays one: nobody tells addresses.
    private func line(_ count: Int, seed: UInt64) throws -> Cluster {
        let cluster = try Cluster(seed: seed)
        cluster.tamper = { _, message in
            switch message {
            case .peerRecords: .peerRecords([])
            case .forwardJoin: nil
            case .shuffle(_, let steps, let path): .shuffle([], timeToLive: steps, path: path)
            case .shuffleReply(_, let path): .shuffleReply([], path: path)
            default: message
            }
        }
        for node in 0..<count { try cluster.add(known: node == 0 ? [] : [node - 1]) }
        for node in 0..<count { cluster.write(node, ["first"]) }
        _ = try #require(cluster.run(until: { $0.isConverged && $0.nodes[0].store.rows.count == count }))
        cluster.run(for: 40_000)
        return cluster
    }

    @Test func `what is new reaches the peers of peers, once along each connection`() throws {
        let cluster = try line(4, seed: 1)
        let before = cluster.deliveries.count
        cluster.write(0, ["news"])
        let took = try #require(cluster.run(until: \.isConverged, limit: 1_000))
        print("four in a line: \(took) ms")
        #expect(took < 100)
        cluster.run(for: 1_000)
        let new = cluster.deliveries[before...]
        #expect(new.count(where: \.isPush) == 3)
        #expect(new.allSatisfy { $0.isPush && $0.to == $0.from + 1 })
    }

    @Test func `an import is pushed while the window is open, then told as heads and pulled`() throws {
        let cluster = try line(2, seed: 2)
        let before = cluster.deliveries.count
        let payload = String(repeating: "x", count: 20_000)
        for _ in 0..<200 { cluster.write(0, [payload]) }
        let took = try #require(cluster.run(until: \.isConverged))
        let new = cluster.deliveries[before...]
        let pushed = new.filter(\.isPush)
        print("4 MB at once: \(took) ms, \(pushed.count) pushes, \(new.count(where: \.isHeads)) heads")
        #expect(pushed.reduce(0) { $0 + $1.byteCount } <= Sync.Limits.pushWindowByteCount + 40_000)
        #expect(!pushed.isEmpty && new.count(where: \.isHeads) <= 10)
        cluster.run(for: 40_000)
        cluster.write(0, ["and on"])
        cluster.run(for: 100)
        #expect(cluster.deliveries.last(where: \.isPart)?.isPush == true)
    }

    @Test func `a long run is told as a head`() throws {
        let cluster = try line(2, seed: 3)
        let before = cluster.deliveries.count
        cluster.write(0, Array(repeating: String(repeating: "x", count: 20_000), count: 4))
        _ = try #require(cluster.run(until: \.isConverged, limit: 1_000))
        let new = cluster.deliveries[before...]
        #expect(new.count(where: \.isPush) == 0)
        #expect(new.count(where: \.isHeads) == 1)
        #expect(new.count(where: \.isPull) == 1)
    }

    @Test func `a gap in what is pushed is pulled at once`() throws {
        let cluster = try line(2, seed: 4)
        var lost = false
        cluster.tamper = { _, message in
            if case .push = message, !lost {
                lost = true
                return nil
            }
            return message
        }
        cluster.write(0, ["lost"])
        cluster.run(for: 500)
        #expect(!cluster.isConverged)
        cluster.write(0, ["shows the gap"])
        let took = try #require(cluster.run(until: \.isConverged, limit: 1_000))
        print("gap: \(took) ms")
        #expect(cluster.deliveries.count(where: \.isPull) >= 1)
    }

    @Test func `a push that is lost is found by comparing`() throws {
        let cluster = try line(2, seed: 5)
        cluster.tamper = { _, message in if case .push = message { nil } else { message } }
        cluster.write(0, ["lost"])
        let took = try #require(cluster.run(until: \.isConverged))
        print("lost push: \(took) ms")
        #expect(took <= 31_000)
    }

    @Test func `a liar who says that all is equal hides nothing from those with another peer`() throws {
        let cluster = try Cluster(seed: 6)
        try cluster.add()
        try cluster.add(known: [0])
        try cluster.add(known: [1])
        // Node 1 keeps to itself whatever it gets: it tells node 2 its own hash and passes nothing on.
        cluster.tamper = { [unowned cluster] from, message in
            guard from == 1 else { return message }
            let theirs = cluster.nodes[2].core.frontierHash
            switch message {
            case .frontierHash: return .frontierHash(theirs, updates: 0)
            case .hello(var hello):
                hello.frontier = theirs
                return .hello(hello)
            case .run, .push, .heads, .ranges: return nil
            case .peerRecords: return .peerRecords([])
            default: return message
            }
        }
        cluster.preload(0, [[1], [2]], log: cluster.nodes[0].member.log())
        cluster.run(for: 60_000)
        #expect(cluster.nodes[2].store.rows.isEmpty)
        cluster.connect(2, 0)
        let took = try #require(cluster.run(until: { $0.nodes[2].store.rows.count == 1 }))
        print("liar: \(took) ms after an honest peer came")
        #expect(took < 60_000)
    }
}
