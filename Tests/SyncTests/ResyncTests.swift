import AuthorLog
import Identity
import Testing

@testable import Sync

/// What it costs that two who were apart meet again, in messages and round trips of half a second.
@Suite struct ResyncTests {
    /// After Noise and both hellos; bytes are those of the messages.
    private struct Cost {
        /// Until the first run was there: the others are sent with it, as fast as the disk reads.
        var trips: Double
        /// All but the runs that were pulled, up to a minute later.
        var byteCount: Int
        var reconciliations: Int
        var pulls: Int
    }

    /// - Parameters:
    ///   - writer: Who has what is new; 1 is the one who dials.
    private func cost(logs: Int, touched: Int, writer: Int) throws -> Cost {
        let cluster = try Cluster(seed: 1)
        try cluster.add(acquainted: true)
        try cluster.add(known: [0], acquainted: true)
        for log in 0..<UInt64(logs) {
            for node in 0..<2 { cluster.preload(node, [[1], [2], [3]], log: madeUpLog(log)) }
        }
        cluster.latency = 250
        cluster.run(for: 60_000)
        // Each calls the other: the one who begins is to be known.
        cluster.dialsReach = false
        cluster.isolate(1)
        cluster.run(for: 5_000)
        for log in 0..<UInt64(touched) {
            cluster.write(writer, ["more"], log: madeUpLog(log * UInt64(logs / touched)))
        }
        cluster.run(for: 5_000)
        cluster.unreachable = []
        let before = cluster.deliveries.count
        cluster.connect(1, 0)
        _ = try #require(cluster.run(until: \.isConverged))
        cluster.run(for: 60_000)
        let new = cluster.deliveries[before...]
        // Begun when the answer to the last hello could leave. The false disk takes a millisecond for each read.
        let greeted = try #require(new.last { if case .hello = $0.message { true } else { false } }?.at)
        let first = try #require(new.first { $0.isPart }?.at)
        #expect(new.count(where: \.isPart) == touched)
        return Cost(
            trips: Double((first - greeted) / 250) / 2,
            byteCount: new.filter { !$0.isPart }.reduce(0) { $0 + $1.byteCount },
            reconciliations: new.count {
                if case .ranges(let ranges) = $0.message { ranges.round == 1 } else { false }
            },
            pulls: new.count(where: \.isPull))
    }

    /// The frames of 1,000 parts, and of the rest, come to 29 bytes each.
    @Test(arguments: [(100, 10, 4_000), (1_000, 100, 20_000), (10_000, 1_000, 195_000)], [0, 1])
    func `what is new is there after two round trips and a half, told once and pulled at once`(
        size: (logs: Int, touched: Int, byteLimit: Int), writer: Int
    ) throws {
        let cost = try cost(logs: size.logs, touched: size.touched, writer: writer)
        print("\(size.touched) of \(size.logs) logs, new at \(writer): \(cost)")
        #expect(cost.trips <= (writer == 0 ? 2 : 2.5))
        #expect(cost.byteCount <= size.byteLimit)
        #expect(cost.reconciliations == 1)
        #expect(cost.pulls == 1)
    }
}
