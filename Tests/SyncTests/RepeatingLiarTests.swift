import AuthorLog
import Identity
import Testing

@testable import Sync

/// threats.md, rows 13 and 14: somebody says that he has more of every log, and when asked for it serves what is held already, again
/// and again or now and then, to a node that has one honest peer, too.
@Suite struct RepeatingLiarTests {
    private let honest = 0
    private let liar = 1
    private let victim = 2
    private let logs: UInt64 = 300

    /// What the liar does in the course of time.
    private final class Play {
        let cluster: Cluster
        let (liar, victim): (Int, Int)
        /// Milliseconds from one part to the next.
        let period: UInt64
        /// The last that he was asked for, and how many times that was.
        private var asked: Pull?
        private(set) var pulls = 0
        private(set) var parts = 0
        private(set) var connections = 1
        private var read = 0
        private var speaks = false
        private var nextPart: UInt64 = 0
        private var nextBoast: UInt64 = 0

        init(_ cluster: Cluster, liar: Int, victim: Int, period: UInt64) {
            (self.cluster, self.liar, self.victim, self.period) = (cluster, liar, victim, period)
            // What he says of his logs he says here alone.
            cluster.tamper = { [unowned self] from, message in
                guard from == liar, !speaks else { return message }
                return switch message {
                case .ranges, .run, .pullDone, .push, .heads, .frontierHash: nil
                default: message
                }
            }
        }

        private func say(_ message: Message, over connection: ConnectionID) {
            speaks = true
            cluster.send(message, from: liar, over: connection)
            speaks = false
        }

        private var connection: ConnectionID? { cluster.nodes[liar].core.acceptedIDs.first }

        /// Until `isDone`, which is looked at ten times a second.
        ///
        /// - Returns: Milliseconds it took; nil: not within `limit`.
        func run(limit: UInt64, until isDone: () throws -> Bool) throws -> UInt64? {
            let start = cluster.now
            while cluster.now < start + limit {
                if try isDone() { return cluster.now - start }
                for _ in 0..<2 {
                    try lie()
                    cluster.run(for: 50)
                }
            }
            return nil
        }

        private func lie() throws {
            for delivery in cluster.deliveries[read...] where delivery.from == victim && delivery.to == liar {
                guard case .pull(let pull) = delivery.message else { continue }
                pulls += 1
                asked = pull
            }
            read = cluster.deliveries.count
            guard let connection else {
                // He was shown out, and comes again.
                connections += 1
                asked = nil
                cluster.connect(liar, victim)
                cluster.run(for: 500)
                return
            }
            if cluster.now >= nextBoast {
                nextBoast = cluster.now + 5_000
                let frontier = cluster.nodes[victim].core.frontier
                let rows = try frontier.rows(under: []).map { try FrontierRow.of($0.log, 1_000) }
                let range = FrontierRange(prefix: [], content: .rows(rows, isAnswer: true))
                say(.ranges(Ranges(round: 2, ranges: [range], salt: 1)), over: connection)
            }
            if cluster.now >= nextPart, let asked, let want = asked.wants.first {
                nextPart = cluster.now + period
                let store = cluster.nodes[liar].store
                let held = store.read(want.log, from: 0, head: Hash256(raw: .zero), byteLimit: 1 << 20)
                guard case .part(let bytes, _, _) = held else { return }
                parts += 1
                say(.run(pull: asked.id, bytes), over: connection)
            }
        }
    }

    /// All have the same beginning of every log, the honest one more of each; the victim is connected with the liar.
    private func play(period: UInt64) throws -> Play {
        let cluster = try Cluster(seed: 31)
        for _ in 0..<3 { try cluster.add(acquainted: true) }
        for log in 0..<logs {
            for (node, held) in [(honest, 3), (liar, 2), (victim, 2)] {
                cluster.preload(node, Array([[1], [2], [3]].prefix(held)), log: madeUpLog(log))
            }
        }
        cluster.dialsReach = false
        let play = Play(cluster, liar: liar, victim: victim, period: period)
        cluster.connect(victim, liar)
        cluster.run(for: 2_000)
        return play
    }

    @Test(arguments: [50, 3_000, 7_000] as [UInt64])
    func `who serves the same part again and again hides nothing, and is not believed for long`(period: UInt64) throws {
        let play = try play(period: period)
        let cluster = play.cluster
        _ = try play.run(limit: 30_000) { false }
        cluster.connect(victim, honest)
        let took = try #require(
            try play.run(limit: 60_000) { cluster.nodes[victim].core.updates == 3 * logs }, "\(play.pulls) pulls")

        var (longest, looks, marked) = (0 as UInt64, 0, 0)
        for round in 0..<20 as Range<UInt64> {
            // Too much for a push: it is announced, and pulled.
            let long = String(repeating: "n", count: 40_000)
            cluster.write(honest, [long, long + "\(round)"], log: madeUpLog(round))
            let updates = cluster.nodes[honest].core.updates
            let lag = try play.run(limit: 60_000) { cluster.nodes[victim].core.updates >= updates }
            longest = max(longest, try #require(lag, "news \(round)"))
            _ = try play.run(limit: 17_000) {
                looks += 1
                if cluster.nodes[victim].core.shortfall != nil { marked += 1 }
                return false
            }
        }
        print(
            "a part every \(period) ms, \(play.parts) of them: all after \(took) ms, news after \(longest) ms at most; "
                + "\(play.pulls) pulls of him on \(play.connections) connections, marked \(marked) times of \(looks)")
        #expect(took <= 15_000)
        #expect(longest <= 15_000)
        #expect(marked * 10 <= looks)
        #expect(play.pulls <= 20)
    }
}
