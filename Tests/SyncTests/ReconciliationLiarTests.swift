import AuthorLog
import Identity
import Testing

@testable import Sync

/// threats.md, rows 13 and 14: somebody lies in reconciliation to a node that has one honest peer, too.
@Suite struct ReconciliationLiarTests {
    enum Lie: String, CaseIterable {
        /// He holds exactly what the other does, whatever he is told.
        case allIsEqual
        /// Every second row and fingerprint is left out, and hashes are those of the other.
        case halfLeftOut
        /// Each answer begins anew, with hashes of nothing at all.
        case hashesOfNothing
        /// Or with fingerprints.
        case fingerprintsOfNothing
        /// All logs are long, and none is ever served.
        case boasts
    }

    private let honest = 0
    private let liar = 1
    private let victim = 2

    private func told(_ message: Message, _ lie: Lie, victim core: SyncCore, _ dice: inout SplitMix64) -> Message? {
        var frontier = core.frontier
        switch (message, lie) {
        case (.frontierHash, .allIsEqual): return .frontierHash(core.frontierHash, updates: 0)
        case (.hello(var hello), .allIsEqual):
            hello.frontier = core.frontierHash
            return .hello(hello)
        case (.ranges(let ranges), .hashesOfNothing): return .ranges(hashesOfNothing(&dice, salt: ranges.salt))
        case (.ranges(let ranges), .fingerprintsOfNothing):
            return .ranges(fingerprintsOfNothing(&dice, salt: ranges.salt))
        case (.ranges(var ranges), _):
            for (index, range) in ranges.ranges.enumerated() {
                ranges.ranges[index].content = content(of: range, lie, &frontier, salt: ranges.salt)
            }
            return .ranges(ranges)
        case (.run, _), (.push, _), (.heads, _), (.peerRecords, _): return nil
        case (.pullDone, .boasts): return nil
        default: return message
        }
    }

    private func hashesOfNothing(_ dice: inout SplitMix64, salt: UInt64) -> Ranges {
        let hashes = (0..<256).map { _ in Bytes16((0..<16).map { _ in UInt8.random(in: 0...255, using: &dice) }) }
        let range = FrontierRange(prefix: [], content: .hashes(hashes.compactMap(\.self)))
        return Ranges(round: 1, ranges: [range], salt: salt)
    }

    private func fingerprintsOfNothing(_ dice: inout SplitMix64, salt: UInt64) -> Ranges {
        let soup = (0..<1_000).map { _ in
            FrontierFingerprint(
                id: UInt32.random(in: 0..<1 << 24, using: &dice), length: 1,
                log: UInt16.random(in: 0...(.max), using: &dice), head: 0)
        }
        let content = FrontierRange.Content.fingerprints(soup.sorted { $0.id < $1.id }, isAnswer: false)
        return Ranges(round: 1, ranges: [FrontierRange(prefix: [], content: content)], salt: salt)
    }

    private func content(
        of range: FrontierRange, _ lie: Lie, _ frontier: inout FrontierTree, salt: UInt64
    ) -> FrontierRange.Content {
        switch range.content {
        case .hashes(let hashes):
            let places: [[UInt8]] = hashes.indices.map {
                hashes.count == 16 ? [UInt8($0)] : [UInt8($0 >> 4), UInt8($0 & 15)]
            }
            return lie == .boasts ? range.content : .hashes(places.map { frontier.cutNode(at: range.prefix + $0) })
        case .rows(let rows, let isAnswer):
            switch lie {
            case .allIsEqual: return .rows(frontier.rows(under: range.prefix), isAnswer: isAnswer)
            case .boasts:
                return .rows(rows.compactMap { try? .of($0.log, 1 << 48) }, isAnswer: isAnswer)
            default: return .rows(rows.enumerated().filter { $0.offset % 2 == 0 }.map(\.element), isAnswer: isAnswer)
            }
        case .fingerprints(let prints, let isAnswer):
            switch lie {
            case .allIsEqual:
                let own = frontier.fingerprints(under: range.prefix, salt: salt).map(\.fingerprint)
                return .fingerprints(own, isAnswer: isAnswer)
            case .boasts:
                let long = prints.map { FrontierFingerprint(id: $0.id, length: 1 << 48, log: $0.log, head: $0.head) }
                return .fingerprints(long, isAnswer: isAnswer)
            default:
                let half = prints.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                return .fingerprints(half, isAnswer: isAnswer)
            }
        }
    }

    /// Each has some of every log; all that there is has the honest one. The victim is connected with the liar.
    private func cluster() throws -> Cluster {
        let cluster = try Cluster(seed: 7)
        for _ in 0..<3 { try cluster.add(acquainted: true) }
        for log in 0..<300 as Range<UInt64> {
            for (node, held) in [(honest, 3), (liar, Int(log % 3)), (victim, Int(log % 4))] where held > 0 {
                cluster.preload(node, Array([[1], [2], [3]].prefix(held)), log: madeUpLog(log))
            }
        }
        cluster.dialsReach = false
        cluster.connect(victim, liar)
        return cluster
    }

    private func hasAll(_ cluster: Cluster) -> Bool {
        cluster.nodes[victim].core.frontierHash == cluster.nodes[honest].core.frontierHash
    }

    @Test(arguments: Lie.allCases)
    func `a liar hides nothing from who has an honest peer, and costs little`(lie: Lie) throws {
        let cluster = try cluster()
        var dice = SplitMix64(seed: 8)
        cluster.tamper = { [unowned cluster] from, message in
            from == liar ? told(message, lie, victim: cluster.nodes[victim].core, &dice) : message
        }
        cluster.run(for: 5_000)
        #expect(!hasAll(cluster))
        cluster.connect(victim, honest)
        let took = try #require(cluster.run(until: hasAll, limit: 60_000))
        cluster.run(for: 120_000)
        #expect(hasAll(cluster))
        let caused = cluster.deliveries.filter { $0.from == victim && $0.to == liar }
        let bytes = caused.reduce(0) { $0 + $1.byteCount }
        let pulls = caused.count(where: \.isPull)
        print("\(lie): \(took) ms; \(caused.count) messages, \(bytes) B and \(pulls) pulls to the liar")
        #expect(bytes < 2_000_000)
        #expect(pulls <= 20)
    }

    @Test(arguments: [Lie.hashesOfNothing, .fingerprintsOfNothing])
    func `who asks without end is told goodbye, and the honest peer is heard meanwhile`(lie: Lie) throws {
        let cluster = try cluster()
        var dice = SplitMix64(seed: 9)
        cluster.connect(victim, honest)
        cluster.run(for: 10_000)
        #expect(hasAll(cluster))
        // He does not read what he is answered.
        var byteCount = 0
        cluster.tamper = { from, message in
            guard from == victim, case .ranges = message else { return message }
            byteCount += message.encoded.count
            return nil
        }
        let id = try #require(cluster.nodes[liar].core.acceptedIDs.first)
        let (start, before) = (cluster.now, cluster.deliveries.count)
        cluster.write(honest, ["news"])
        while cluster.nodes[liar].core.acceptedIDs.contains(id), cluster.now < start + 60_000 {
            for _ in 0..<10 {
                let soup =
                    lie == .hashesOfNothing
                    ? hashesOfNothing(&dice, salt: 1) : fingerprintsOfNothing(&dice, salt: 1)
                cluster.send(.ranges(soup), from: liar, over: id)
            }
            cluster.run(for: 50)
        }
        let took = cluster.now - start
        print("\(lie), 200 a second: goodbye after \(took) ms, \(byteCount) B in return")
        #expect(took < 10_000)
        #expect(byteCount < 10_000_000)
        let goodbyes = cluster.deliveries[before...].compactMap {
            if case .goodbye(let goodbye) = $0.message, $0.from == victim { goodbye.code } else { nil }
        }
        #expect(goodbyes == [Goodbye.Code.limit.rawValue])
        #expect(hasAll(cluster))
    }
}
