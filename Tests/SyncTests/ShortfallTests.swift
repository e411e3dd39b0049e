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

    /// With a disk that hangs the pull is not given up before the connection is.
    @Test(arguments: [false, true])
    func `what was missing when a peer fell silent still is, before and after he is given up`(isStuck: Bool) throws {
        let cluster = try cluster()
        cluster.dialsReach = false
        cluster.slowReads(0, by: 50)
        #expect(cluster.run(until: { $0.nodes[1].core.updates > 0 }) != nil)
        if isStuck { cluster.stick(1) }
        cluster.tamper = { node, message in node == 0 ? nil : message }
        cluster.run(for: 100)
        let held = cluster.nodes[1].core.updates
        #expect(held > 0 && held < 1_200)
        for second in 0..<150 {
            #expect(cluster.nodes[1].core.shortfall?.updates == 1_200 - held, "after \(second) s")
            cluster.run(for: 1_000)
        }
        #expect(cluster.connections(of: 1) == 0)
        guard !isStuck else { return }
        cluster.tamper = { $1 }
        cluster.connect(1, 0)
        #expect(cluster.run(until: \.isConverged) != nil)
        cluster.run(for: 5_000)
        #expect(cluster.nodes[1].core.shortfall == nil)
    }

    @Test func `an interrupted sync is remembered for a day, if nobody is met`() throws {
        let cluster = try cluster()
        #expect(cluster.run(until: { $0.nodes[1].core.updates > 0 && $0.nodes[1].core.shortfall != nil }) != nil)
        cluster.isolate(1)
        let life = Limits.interruptedSyncLife.wholeMilliseconds
        cluster.run(for: life - 1_000)
        #expect(cluster.connections(of: 1) == 0 && cluster.nodes[1].core.shortfall != nil)
        cluster.run(for: 2_000)
        cluster.handle(.wokeUp, at: 1)
        #expect(cluster.nodes[1].core.shortfall == nil)
    }

    /// Node 2 makes node 1 believe that a log is far longer, and is gone.
    ///
    /// - Parameter brings: First he brings a log of his that node 1 had not.
    private func boast(brings: Bool, isAlone: Bool) throws -> Cluster {
        let cluster = try cluster(logs: 3)
        #expect(cluster.run(until: \.isConverged) != nil)
        cluster.run(for: 40_000)
        #expect(cluster.nodes[1].core.agreesWithSomebody)
        if isAlone { cluster.isolate(0) }
        try cluster.add()
        for log in 0..<3 as Range<UInt64> {
            cluster.preload(2, (0..<40).map { [UInt8($0), UInt8(log)] }, log: madeUpLog(log))
        }
        if brings { cluster.preload(2, [[7]], log: madeUpLog(9)) }
        cluster.connect(2, 1)
        let held: UInt64 = brings ? 121 : 120
        let isReady = cluster.run(until: { cluster in
            cluster.nodes[1].core.updates == held && cluster.nodes[1].core.shortfall == nil
                && cluster.connections(of: 2) == 1
        })
        #expect(isReady != nil)
        cluster.run(for: 1_000)
        let peers = cluster.nodes[2].core.peers
        let connection = try #require(peers.first(where: \.isConnected)?.connection)
        let length: UInt64 = 1 << 47
        let row = try FrontierRow(
            log: madeUpLog(brings ? 9 : 1), length: length, head: madeUpHead(length))
        cluster.send(.heads([row], hops: [1]), from: 2, over: connection)
        // As long as he is there he may be right.
        let isBelieved = cluster.run(until: { $0.nodes[1].core.shortfall?.updates ?? 0 > length / 2 }, limit: 5_000)
        #expect(isBelieved != nil)
        cluster.isolate(2)
        cluster.run(for: cluster.latency + 1)
        return cluster
    }

    @Test(arguments: [false, true])
    func `a boast of which nothing came goes with who made it`(isAlone: Bool) throws {
        let cluster = try boast(brings: false, isAlone: isAlone)
        #expect(cluster.connections(of: 1) == (isAlone ? 0 : 1))
        #expect(cluster.nodes[1].core.shortfall == nil)
        cluster.run(for: 120_000)
        #expect(cluster.nodes[1].core.shortfall == nil)
    }

    @Test func `a boast by who brought something ends when somebody is level, and nobody new need come`() throws {
        let alone = try boast(brings: true, isAlone: true)
        #expect(alone.nodes[1].core.shortfall != nil)

        let cluster = try boast(brings: true, isAlone: false)
        let connection = cluster.nodes[1].core.peers.first(where: \.isConnected)?.connection
        #expect(cluster.run(until: { $0.nodes[1].core.shortfall == nil }, limit: 40_000) != nil)
        #expect(cluster.nodes[1].core.agreesWithSomebody)
        #expect(cluster.nodes[1].core.peers.first(where: \.isConnected)?.connection == connection)
        cluster.run(for: 120_000)
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
