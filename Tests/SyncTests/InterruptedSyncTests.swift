import AuthorLog
import Identity
import Testing

@testable import Sync

/// A bulk that is cut anywhere goes on where it was: what was stored is not fetched again.
@Suite struct InterruptedSyncTests {
    /// What came of one run of node 1, who is new to node 0.
    private struct Run {
        var cuts = 0
        /// Bytes of runs that reached node 1.
        var fetched = 0
        /// Sent to it, whether it arrived or not.
        var sent = 0
        /// Milliseconds from the last cut until all is there.
        var mending: UInt64 = 0
    }

    /// - Parameters:
    ///   - settling: So many milliseconds pass before what is stored stands.
    ///   - cuts: After how many messages to node 1, each time.
    private func run(seed: UInt64, settling: UInt64, cuts: [Int]) throws -> Run {
        let cluster = try Cluster(seed: seed)
        var result = Run()
        cluster.tamper = { node, message in
            if node == 0, case .run(_, let bytes) = message { result.sent += bytes.count }
            return message
        }
        try cluster.add()
        let payload = [UInt8](repeating: 5, count: 9_000)
        for log in 0..<6 as Range<UInt64> {
            cluster.preload(0, (0..<50).map { payload + [UInt8($0), UInt8(log)] }, log: madeUpLog(log))
        }
        try cluster.add(known: [0])
        cluster.slowSettling(1, by: settling)
        // Some of it stands before the next part comes.
        cluster.slowReads(0, by: 50)
        for cut in cuts {
            let goal = cluster.deliveries.count { $0.to == 1 } + cut
            guard cluster.run(until: { $0.deliveries.count { $0.to == 1 } >= goal || $0.isConverged }) != nil else {
                break
            }
            if cluster.isConverged { break }
            cluster.run(for: UInt64(cut % 4) * 10)
            cluster.cut(0, 1)
            result.cuts += 1
        }
        let took = cluster.run(until: \.isConverged, limit: 300_000)
        #expect(took != nil, "seed \(seed), cuts \(cuts)")
        result.mending = took ?? 0
        #expect(cluster.nodes[1].store.rows.count == 6)
        cluster.run(for: 70_000)
        #expect(cluster.nodes[1].core.unsettled.isEmpty && cluster.nodes[1].core.shortfall == nil, "seed \(seed)")
        for delivery in cluster.deliveries where delivery.to == 1 {
            if case .run(_, let bytes) = delivery.message { result.fetched += bytes.count }
        }
        return result
    }

    @Test(arguments: [0, 20, 3_000] as [UInt64])
    func `cut after any messages, nothing that arrived comes a second time`(settling: UInt64) throws {
        let whole = try run(seed: 1, settling: settling, cuts: []).fetched
        var worst = 0
        var longest: UInt64 = 0
        var cuts = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var dice = SplitMix64(seed: seed)
            let places = (0..<Int.random(in: 1...5, using: &dice)).map { _ in Int.random(in: 1...14, using: &dice) }
            let cut = try run(seed: seed, settling: settling, cuts: places)
            cuts += cut.cuts
            worst = max(worst, cut.fetched - whole)
            longest = max(longest, cut.mending)
            // Each run that goes on has a heading of its own.
            let headings = (cut.cuts + 1) * 6 * RunHead.byteCount
            #expect(cut.fetched <= whole + headings, "seed \(seed), cuts after \(places) messages")
            // What was on its way is lost, and that is no more than the credit.
            #expect(cut.sent <= whole + headings + cut.cuts * Limits.pullCreditByteCount, "seed \(seed), \(places)")
            // Nobody waits longer than for the dial and for what is stored to be worked in.
            let dial = UInt64(1 << cut.cuts) * Limits.dialBackoffUnit.wholeMilliseconds
            #expect(cut.mending <= dial + 2 * settling + 5_000, "seed \(seed), cuts after \(places) messages")
        }
        print(
            "seeds 1...40, settling \(settling) ms: \(cuts) cuts, at most \(worst) of \(whole) bytes twice, "
                + "whole \(longest) ms after the last")
        #expect(cuts > 60)
    }
}
