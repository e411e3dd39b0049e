import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct SyncCoreConvergenceTests {
    @Test func `two nodes end with what either of them had`() throws {
        let cluster = try Cluster(seed: 1)
        try cluster.add()
        try cluster.add(known: [0])
        cluster.preload(0, [[1], [2], [3]], log: cluster.nodes[0].member.log())
        cluster.preload(1, [[4], [5]], log: cluster.nodes[1].member.log())
        let took = try #require(cluster.run(until: \.isConverged))
        print("two nodes: \(took) ms, \(cluster.deliveries.count) messages")
        #expect(cluster.nodes[0].store.rows.count == 2)
        #expect(cluster.nodes[1].store.rows.count == 2)
        cluster.run(for: 5_000)
        #expect(cluster.nodes.allSatisfy { !$0.core.isSyncing })
        #expect(cluster.nodes[1].core.peers.first?.behind == 0)
        #expect(cluster.nodes.allSatisfy { $0.core.pulled.isEmpty && $0.core.offerCount == 0 })
    }

    @Test func `a large log is pulled in parts within the credit`() throws {
        let cluster = try Cluster(seed: 2)
        try cluster.add()
        try cluster.add(known: [0])
        let payload = [UInt8](repeating: 7, count: 40_000)
        cluster.preload(0, Array(repeating: payload, count: 120), log: cluster.nodes[0].member.log())
        let took = try #require(cluster.run(until: \.isConverged))
        let parts = cluster.deliveries.filter(\.isPart)
        print("4.8 MB: \(took) ms, \(parts.count) parts")
        #expect(parts.allSatisfy { $0.byteCount <= 262_144 + 64 })
        // What was sent and not yet credited never exceeds the window.
        var credit = 0
        for delivery in cluster.deliveries {
            switch delivery.message {
            case .pull(let pull): credit += Int(pull.credit)
            case .credit(_, let byteCount): credit += Int(byteCount)
            case .run(_, let bytes): credit -= bytes.count
            default: break
            }
            #expect(credit >= 0)
        }
    }

    @Test(arguments: [[[1, 2], [2], []], [[1], [2], []]])
    func `three nodes converge, as a mesh and as a line`(known: [[Int]]) throws {
        let cluster = try Cluster(seed: 3)
        for (node, known) in known.enumerated() {
            try cluster.add(known: known)
            cluster.preload(
                node, (0..<50).map { [UInt8($0), UInt8(node)] }, log: cluster.nodes[node].member.log())
        }
        let took = try #require(cluster.run(until: { $0.isConverged && $0.nodes[0].store.rows.count == 3 }))
        print("three nodes \(known): \(took) ms, \(cluster.deliveries.count) messages")
        cluster.run(for: 40_000)
        #expect(cluster.nodes.allSatisfy { !$0.core.isSyncing })
        // Peer records make a mesh of the line; nobody is connected twice.
        #expect(cluster.nodes.indices.map { cluster.connections(of: $0) } == [2, 2, 2])
    }

    @Test func `random divergences converge, and then all is quiet`() throws {
        var longest: UInt64 = 0
        for seed in UInt64(1)...100 {
            var dice = SplitMix64(seed: seed)
            let cluster = try Cluster(seed: seed)
            cluster.latency = UInt64.random(in: 0...200, using: &dice)
            let count = Int.random(in: 2...4, using: &dice)
            for node in 0..<count { try cluster.add(known: node == 0 ? [] : [Int.random(in: 0..<node, using: &dice)]) }
            for log in 0..<UInt64.random(in: 1...60, using: &dice) {
                let payloads = (0..<Int.random(in: 1...20, using: &dice)).map { [UInt8(truncatingIfNeeded: $0)] }
                for node in 0..<count {
                    let held = Int.random(in: 0...payloads.count, using: &dice)
                    if held > 0 { cluster.preload(node, Array(payloads.prefix(held)), log: madeUpLog(log)) }
                }
            }
            cluster.run(for: UInt64.random(in: 0...1_000, using: &dice))
            for _ in 0..<Int.random(in: 0...10, using: &dice) {
                cluster.write(Int.random(in: 0..<count, using: &dice), ["live"])
                cluster.run(for: UInt64.random(in: 0...300, using: &dice))
                if Int.random(in: 0..<4, using: &dice) == 0 { cluster.cut(0, Int.random(in: 1..<count, using: &dice)) }
            }
            guard let took = cluster.run(until: \.isConverged) else {
                Issue.record("seed \(seed) does not converge")
                continue
            }
            longest = max(longest, took)
            cluster.run(for: 40_000)
            let before = cluster.deliveries.count
            cluster.run(for: 29_000)
            #expect(cluster.isConverged && cluster.nodes.allSatisfy { !$0.core.isSyncing }, "seed \(seed)")
            // Pings only.
            #expect(cluster.deliveries.count - before <= 4 * count * count, "seed \(seed) is not quiet")
            #expect(cluster.nodes.allSatisfy { $0.core.pulled.isEmpty && $0.core.offerCount == 0 }, "seed \(seed)")
        }
        print("seeds 1...100: longest \(longest) ms")
    }

    @Test func `the same seed gives the same run`() throws {
        func run() throws -> [String] {
            let cluster = try Cluster(seed: 9)
            for node in 0..<4 {
                try cluster.add(known: Array(0..<node))
                for log in 0..<30 as Range<UInt64> {
                    cluster.preload(node, [[UInt8(log)]], log: madeUpLog(log &* UInt64(node + 1)))
                }
            }
            cluster.run(for: 10_000)
            return cluster.deliveries.map { "\($0.at) \($0.from)→\($0.to) \($0.message.encoded.count) \($0.message)" }
        }
        let first = try run()
        #expect(try first == run())
        print("the same run: \(first.count) messages")
    }

    @Test func `root orders reach everybody and the frontiers are equal with them`() throws {
        let cluster = try Cluster(seed: 4)
        let orders = try (10..<13).map { try cluster.fixture.member($0).order }
        try cluster.add(orders: [orders[0], orders[1]])
        try cluster.add(known: [0], orders: [orders[2]])
        try cluster.add(known: [1])
        let done = cluster.run(until: { $0.isConverged && $0.nodes[2].orders.count == 3 })
        let took = try #require(done)
        print("orders: \(took) ms")
        cluster.run(for: 5_000)
        #expect(cluster.nodes.allSatisfy { $0.core.ordersHash == SignedRootOrder.hash(of: orders) })
        let messages = cluster.deliveries.count { if case .orders = $0.message { true } else { false } }
        #expect(messages <= 8)
    }
}

extension Cluster.Delivery {
    var isPart: Bool { if case .run = message { true } else { isPush } }
    var isPush: Bool { if case .push = message { true } else { false } }
    var isHeads: Bool { if case .heads = message { true } else { false } }
    var isPull: Bool { if case .pull = message { true } else { false } }
    var isRanges: Bool { if case .ranges = message { true } else { false } }
}
