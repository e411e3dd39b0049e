import Simulation
import Sync
import Testing

/// ``HyParView`` and ``Plumtree`` together, in networks of simulated nodes.
@Suite struct BroadcastTests {
    /// The bounds are those of iroh-gossip's gates at 100 nodes, on the mean of as many rounds. In a burst all of 100 write,
    /// and 20 of 1,000 (all of them: `Tools/bench --only broadcast`).
    @Test(arguments: [(100, 100), (1_000, 20)])
    func `nothing is missed, the last is near, and little is sent twice`(nodes: Int, burst: Int) {
        var network = Network(seed: 1)
        network.grow(to: nodes, settling: 60_000)
        #expect(network.isConnected)
        let bounds: [(BroadcastFigures.Senders, lastHop: Double, redundancy: Double)] = [
            (.one, 15, 0.2), (.random, 18, 1), (.burst, 30, 3),
        ]
        for (senders, lastHop, redundancy) in bounds {
            let rounds = senders == .burst ? 5 : 20
            let figures = BroadcastFigures(senders, rounds: rounds, burst: burst, in: network)
            print("\(nodes) nodes, \(senders.rawValue) (missed, last hop, redundancy, ms): \(figures)")
            #expect(figures.missed == 0)
            #expect(figures.lastHop < lastHop)
            #expect(figures.redundancy < redundancy)
            // The first message goes everywhere; the tree is there when it has gone.
            let later = figures.rounds.dropFirst(10).map(\.redundancy)
            if senders == .one { #expect(later.reduce(0, +) / Double(later.count) < 0.1) }
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `the tree is mended when a fifth of the nodes dies at once`(seed: UInt64) {
        var network = Network(seed: seed)
        network.grow(to: 100, settling: 60_000)
        for _ in 0..<5 {
            network.write(99)
            network.run(for: 2_000)
        }
        #expect(network.behind().isEmpty)
        network.write(99)
        network.run(for: 100)
        for node in 0..<20 { network.kill(node * 4) }
        for _ in 0..<10 {
            network.write(99)
            network.run(for: 50)
        }
        let start = network.now
        let isMended = network.run(until: { $0.behind().isEmpty }, limit: 30_000)
        #expect(isMended, "seed \(seed)")
        print("a fifth dead, seed \(seed): whole after \(network.now - start) ms")
        network.run(for: 60_000)
        #expect(network.isConnected, "seed \(seed)")
        // And it is a tree again.
        for _ in 0..<5 {
            network.write(99)
            network.run(for: 2_000)
        }
        network.reset()
        network.write(99)
        network.run(for: 2_000)
        #expect(network.behind().isEmpty && network.counts.payloads < 2 * 80, "seed \(seed)")
    }

    @Test func `relays that announce and never deliver delay what they hide, and hide nothing`() {
        var network = Network(seed: 6)
        network.grow(to: 200, settling: 60_000)
        network.liars = Set((0..<40).map { $0 * 5 })
        for writer in [1, 2, 3] {
            for _ in 0..<5 { network.write(writer) }
            let start = network.now
            let isThere = network.run(until: { $0.behind().isEmpty }, limit: 60_000)
            #expect(isThere)
            print("a fifth withholding: there after \(network.now - start) ms")
        }
    }

    @Test func `the same seed gives the same run`() {
        func run() -> [String] {
            var network = Network(seed: 7)
            network.grow(to: 60, settling: 20_000)
            return BroadcastFigures.Senders.allCases.map {
                "\(BroadcastFigures($0, rounds: 3, burst: 60, in: network).rounds)"
            }
        }
        #expect(run() == run())
    }
}
