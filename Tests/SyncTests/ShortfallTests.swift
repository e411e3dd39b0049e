import AuthorLog
import Identity
import Testing

@testable import Sync

/// How much is missing, by what peers say of themselves.
@Suite struct ShortfallTests {
    /// Node 1 is new to node 0, who holds `logs` logs of 40 operations.
    private func cluster(logs: UInt64 = 30) throws -> Cluster {
        let cluster = try Cluster(seed: 21)
        try cluster.add()
        for log in 0..<logs {
            cluster.preload(0, (0..<40).map { [UInt8($0), UInt8(log)] }, log: madeUpLog(log))
        }
        cluster.measure(0, storedBytes: logs * 40 * 300)
        try cluster.add()
        cluster.connect(1, 0)
        return cluster
    }

    @Test func `the totals are known before anything is pulled, and nothing is missing in the end`() throws {
        let cluster = try cluster()
        let said = cluster.run(until: { $0.nodes[1].core.shortfall != nil })
        #expect(said != nil && !cluster.deliveries.contains { $0.isPull || $0.isRanges })
        let shortfall = try #require(cluster.nodes[1].core.shortfall)
        #expect(shortfall == Shortfall(updates: 1_200, bytesPerUpdate: 300))
        #expect(shortfall.byteCount(of: 1_200) == 360_000)
        var least = shortfall.updates
        let isDone = cluster.run(until: { cluster in
            let missing = cluster.nodes[1].core.shortfall?.updates ?? 0
            #expect(missing + cluster.nodes[1].core.updates == 1_200)
            least = min(least, missing)
            return cluster.isConverged
        })
        #expect(isDone != nil && least < 1_200)
        #expect(cluster.nodes.allSatisfy { $0.core.shortfall == nil })
        // Nor later.
        cluster.run(for: 60_000)
        #expect(cluster.nodes.allSatisfy { $0.core.shortfall == nil })
    }

    @Test func `a hello that claims too much counts until rows are told, or for ten seconds`() throws {
        for isSilent in [false, true] {
            let cluster = try Cluster(seed: 22)
            try cluster.add()
            cluster.preload(0, [[1], [2]], log: madeUpLog(1))
            cluster.tamper = { node, message in
                guard node == 0 else { return message }
                if case .hello(var hello) = message {
                    (hello.updates, hello.storedBytes) = (.max, .max)
                    return .hello(hello)
                }
                if isSilent, case .ranges = message { return nil }
                return message
            }
            try cluster.add()
            cluster.connect(1, 0)
            #expect(cluster.run(until: { $0.nodes[1].core.shortfall != nil }) != nil)
            let claimed = try #require(cluster.nodes[1].core.shortfall)
            #expect(claimed.updates == .max && claimed.bytesPerUpdate <= Limits.bytesPerUpdateCeiling)
            #expect(claimed.byteCount(of: claimed.updates) == .max)
            if !isSilent {
                #expect(cluster.run(until: { $0.nodes[1].core.shortfall?.updates == 2 }) != nil)
                #expect(cluster.run(until: { $0.nodes[1].core.shortfall == nil }) != nil)
            }
            cluster.run(for: 31_000)
            #expect(cluster.nodes[1].core.shortfall == nil)
        }
    }

    @Test func `what was missing when the connection was lost still is, until somebody's rows say otherwise`() throws {
        let cluster = try cluster()
        #expect(cluster.run(until: { $0.nodes[1].core.updates > 0 && $0.nodes[1].core.shortfall != nil }) != nil)
        cluster.isolate(1)
        cluster.run(for: 20_000)
        #expect(cluster.connections(of: 1) == 0)
        let missing = try #require(cluster.nodes[1].core.shortfall?.updates)
        #expect(missing + cluster.nodes[1].core.updates == 1_200)
        cluster.reunite(1)
        #expect(cluster.run(until: { $0.isConverged }) != nil)
        cluster.run(for: 5_000)
        #expect(cluster.nodes[1].core.shortfall == nil)
    }

    @Test func `what a peer has offered is counted as it comes, goes, and is taken back`() {
        var offers = Offers()
        let (one, two) = (madeUpLog(1), madeUpLog(2))
        #expect(offers.show(one, length: 10, held: 4, room: 9) && offers.show(two, length: 3, held: 0, room: 9))
        #expect(offers.missing == 9)
        #expect(!offers.show(one, length: 12, held: 6, room: 0) && offers.missing == 9)
        offers.held(one, length: 11)
        #expect(offers.missing == 4)
        // It stands shorter again.
        offers.held(one, length: 2)
        #expect(offers.missing == 13)
        offers.withdraw(two)
        offers.withdraw(two)
        #expect(offers.missing == 10)
        offers.held(one, length: 12)
        #expect(offers.missing == 0 && offers.isEmpty)
    }
}
