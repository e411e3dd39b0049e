import AuthorLog
import Identity
import Testing

@testable import Sync

/// Whole cores: what is new goes along a tree over the active views.
@Suite struct SyncCoreTreeTests {
    /// Everybody has begun a log, and is at rest.
    private func mesh(_ count: Int, seed: UInt64, settling: UInt64 = 90_000) throws -> Cluster {
        let cluster = try Cluster(seed: seed)
        for node in 0..<count { try cluster.add(known: node == 0 ? [] : [node - 1]) }
        for node in 0..<count { cluster.write(node, ["first"]) }
        _ = try #require(cluster.run(until: { $0.isConverged && $0.nodes[0].store.rows.count == count }))
        cluster.run(for: settling)
        return cluster
    }

    private func eager(_ cluster: Cluster, _ node: Int) -> Int { cluster.nodes[node].core.tree.eager.count }

    @Test func `six are a full mesh, and each write reaches each of them once`() throws {
        let cluster = try mesh(6, seed: 21)
        for node in 0..<6 { #expect(cluster.nodes[node].core.membership.degree == 5) }
        for _ in 0..<20 {
            cluster.write(0, ["news"])
            cluster.run(for: 1_000)
        }
        let before = cluster.deliveries.count
        cluster.write(0, ["the last"])
        let took = try #require(cluster.run(until: \.isConverged, limit: 1_000))
        cluster.run(for: 1_000)
        let new = cluster.deliveries[before...]
        print("six in a mesh: \(took) ms")
        #expect(new.count(where: \.isPush) == 5)
        #expect(Set(new.filter(\.isPush).map(\.to)) == [1, 2, 3, 4, 5])
    }

    /// A link takes 1 ms, storing 2: no timer lies between a write and any of them, also while the tree turns to the author.
    @Test(arguments: [71, 72, 73, 74, 75] as [UInt64])
    func `at 200 updates a second each is with both others at once`(seed: UInt64) throws {
        let cluster = try mesh(3, seed: seed, settling: 5_000)
        cluster.latency = 1
        for (writer, most) in [(0, 5), (1, 5), (2, 5), (0, 5)] as [(Int, UInt64)] {
            let log = cluster.nodes[writer].member.log()
            let others = (0..<3).filter { $0 != writer }
            var late = 0
            for write in 0..<400 {
                cluster.write(writer, ["\(write)"])
                let length = cluster.nodes[writer].store.row(log)?.length
                cluster.run(for: most)
                // Until the branch has gone over from whoever passes it on.
                if others.contains(where: { cluster.nodes[$0].store.row(log)?.length != length }) { late += 1 }
            }
            print("three nodes, seed \(seed), writer \(writer): \(late) of 400 late")
            #expect(late <= 15, "seed \(seed)")
        }
    }

    @Test func `a push of what is held is answered with PRUNE, and the link is sent announcements`() throws {
        let cluster = try mesh(2, seed: 22)
        let log = cluster.nodes[0].member.log()
        cluster.write(0, ["news"])
        _ = try #require(cluster.run(until: \.isConverged, limit: 1_000))
        cluster.clearEffects(1)
        let part = cluster.nodes[0].store.read(
            log, from: 1, head: cluster.nodes[0].store.end(of: log, near: 1, above: 0, below: 2)?.head ?? madeUpHead(0),
            byteLimit: 9_999)
        guard case .part(let bytes, _, _) = part, let link = cluster.nodes[1].core.tree.eager.first else {
            Issue.record("\(part)")
            return
        }
        cluster.handle(.received(Message.push(bytes, hop: 0).encoded, from: link), at: 1)
        let before = cluster.deliveries.count
        cluster.run(for: 100)
        #expect(cluster.deliveries[before...].map(\.message) == [.prune])
        #expect(eager(cluster, 0) == 0 && eager(cluster, 1) == 0)
        // Now it is announced first, and asked for after a while, with GRAFT.
        cluster.write(0, ["by request"])
        let took = try #require(cluster.run(until: \.isConverged, limit: 1_000))
        print("over a lazy link: \(took) ms")
        #expect((150...400).contains(took))
        let words = cluster.deliveries[(before + 1)...].filter { !$0.isPart }.map(\.message)
        guard case .heads(let rows, hops: [0]) = words.first else {
            Issue.record("\(words)")
            return
        }
        #expect(rows.map(\.length) == [3] && words[1] == .graft && cluster.deliveries.contains { $0.isPull })
        #expect(eager(cluster, 0) == 1 && eager(cluster, 1) == 1)
    }

    @Test func `what a neighbour in the tree keeps to himself comes by another, and then along him`() throws {
        let cluster = try mesh(3, seed: 23)
        // Until 2 has everything from 1, who had it from 0.
        for id in cluster.nodes[0].core.tree.eager {
            let member = cluster.nodes[0].core.peersByID[id]?.member
            if member == cluster.nodes[2].member.memberKey {
                cluster.handle(.received(Message.prune.encoded, from: id), at: 0)
            }
        }
        cluster.tamper = { from, message in
            if from == 1, case .push = message { nil } else { message }
        }
        cluster.write(0, ["hidden"])
        let took = try #require(cluster.run(until: \.isConverged, limit: 2_000))
        print("hidden by a relay: \(took) ms")
        #expect(took <= 500)
        #expect(cluster.deliveries.contains { $0.message == .graft && $0.from == 2 && $0.to == 0 })
        let before = cluster.deliveries.count
        cluster.write(0, ["not again"])
        _ = try #require(cluster.run(until: \.isConverged, limit: 100))
        #expect(cluster.deliveries[before...].contains { $0.isPush && $0.from == 0 && $0.to == 2 })
    }

    @Test func `forged runs are neither stored nor passed on, and demote nobody but their sender`() throws {
        let cluster = try mesh(3, seed: 24)
        let log = LogID(member: cluster.nodes[1].member.memberKey, incarnation: Incarnation(number: 9, random: 9))
        let connections = cluster.connections(of: 2)
        cluster.write(1, ["forged"], log: log)
        cluster.run(for: 1_000)
        #expect(cluster.nodes[0].store.row(log) == nil && cluster.nodes[2].store.row(log) == nil)
        #expect(cluster.connections(of: 2) == connections - 1)
        cluster.write(0, ["genuine"])
        cluster.run(for: 1_000)
        #expect(cluster.nodes[2].core.frontierHash == cluster.nodes[0].core.frontierHash)
    }

    @Test(arguments: [31, 32, 33] as [UInt64])
    func `of twenty nobody has many connections, and all get what is new though a quarter vanishes`(
        seed: UInt64
    ) throws {
        let cluster = try mesh(20, seed: seed)
        for node in 0..<20 {
            let core = cluster.nodes[node].core
            #expect((3...5).contains(core.membership.degree), "\(node), seed \(seed)")
            #expect(core.links.count == core.membership.degree, "seed \(seed)")
        }
        for node in cluster.nodes.indices { cluster.clearEffects(node) }
        let quiet = cluster.deliveries.count
        var ends: [Int] = []
        for _ in 0..<60 {
            cluster.run(for: 5_000)
            ends.append(cluster.nodes.indices.reduce(0) { $0 + cluster.connections(of: $1) })
        }
        let dials = cluster.nodes.map { $0.effects.count { if case .dial = $0 { true } else { false } } }
        print(
            "twenty, seed \(seed): \(ends.min() ?? 0) to \(ends.max() ?? 0) ends of connections,",
            "\(ends.reduce(0, +) / ends.count) on average,",
            "\(dials.reduce(0, +)) dials in five minutes, \(cluster.deliveries.count - quiet) messages")
        // Neighbours, and those met for half a minute, who come and go in waves.
        #expect(ends.reduce(0, +) <= ends.count * 20 * 8 && dials.allSatisfy { $0 <= 60 }, "seed \(seed)")
        for writer in [3, 7, 3, 3] {
            cluster.write(writer, ["warm"])
            cluster.run(for: 2_000)
        }
        let before = cluster.deliveries.count
        cluster.write(3, ["news"])
        let took = try #require(cluster.run(until: \.isConverged, limit: 2_000))
        cluster.run(for: 2_000)
        let pushes = cluster.deliveries[before...].count(where: \.isPush)
        print("twenty, seed \(seed): \(took) ms, \(pushes) pushes")
        #expect(pushes <= 2 * 19, "seed \(seed)")

        let gone = [4, 8, 12, 16, 19]
        for node in gone { cluster.isolate(node) }
        cluster.write(3, ["after the loss"])
        let living = cluster.nodes.indices.filter { !gone.contains($0) }
        let isThere: (Cluster) -> Bool = { cluster in
            let hash = cluster.nodes[3].core.frontierHash
            return living.allSatisfy { cluster.nodes[$0].core.frontierHash == hash }
        }
        let mended = try #require(cluster.run(until: isThere, limit: 35_000))
        cluster.run(for: 60_000)
        print("a quarter gone, seed \(seed): \(mended) ms")
        for node in living {
            #expect(cluster.nodes[node].core.membership.degree >= 3, "\(node), seed \(seed)")
            let neighbors = cluster.nodes[node].core.membership.active
            #expect(gone.allSatisfy { !neighbors.contains(cluster.nodes[$0].member.memberKey) }, "seed \(seed)")
        }
        cluster.write(7, ["along the mended tree"])
        let again = try #require(cluster.run(until: isThere, limit: 3_000))
        #expect(again < 1_000, "seed \(seed)")
        // And back.
        cluster.unreachable = []
        _ = try #require(cluster.run(until: \.isConverged, limit: 240_000))
    }

    @Test func `a dozen behind NAT hear of everything at once, by the one who can be dialled`() throws {
        let cluster = try Cluster(seed: 41)
        try cluster.add()
        for _ in 1...12 { try cluster.add(known: [0], isDialable: false) }
        for node in 0...12 { cluster.write(node, ["first"]) }
        _ = try #require(cluster.run(until: { $0.isConverged && $0.nodes[0].store.rows.count == 13 }))
        cluster.run(for: 60_000)
        #expect(cluster.nodes[0].core.links.count == 12)
        for writer in [0, 5] {
            cluster.write(writer, ["news"])
            let took = try #require(cluster.run(until: \.isConverged, limit: 1_000))
            #expect(took <= 100)
        }
    }

    /// threats.md, row 16.
    @Test func `a node whose neighbours are four liars and one who is not has what the others have within a minute`()
        throws
    {
        let cluster = try mesh(12, seed: 61)
        let hostile = [1, 2, 3, 4]
        let target = cluster.nodes[0].member.memberKey
        // They crowd in, keep everything to themselves, and say that all is equal.
        cluster.tamper = { [unowned cluster] from, message in
            guard hostile.contains(from) else { return message }
            switch message {
            case .frontierHash: return .frontierHash(cluster.nodes[0].core.frontierHash, updates: 0)
            case .run, .push, .heads, .ranges, .peerRecords, .forwardJoin, .shuffle, .shuffleReply: return nil
            default: return message
            }
        }
        for _ in 0..<20 {
            for node in hostile {
                if let id = cluster.nodes[node].core.connections(of: target).last {
                    cluster.send(.neighbor(.high), from: node, over: id)
                } else {
                    cluster.connect(node, 0)
                }
            }
            cluster.run(for: 1_000)
        }
        let crowd = cluster.nodes[0].core.membership.active
        #expect(hostile.count { crowd.contains(cluster.nodes[$0].member.memberKey) } >= 3)
        cluster.write(9, ["hidden by four"])
        let log = cluster.nodes[9].member.log()
        let took = try #require(cluster.run(until: { $0.nodes[0].store.row(log)?.length == 2 }, limit: 60_000))
        print("four hostile neighbours: \(took) ms")
    }

    @Test func `a community that fell apart is one again`() throws {
        let cluster = try mesh(12, seed: 51)
        // Two halves that cannot dial each other, until each has forgotten the other.
        for node in 0..<6 { for other in 6..<12 { cluster.cut(node, other) } }
        cluster.separated = [Set(0..<6), Set(6..<12)]
        cluster.run(for: 300_000)
        cluster.write(0, ["here"])
        cluster.write(11, ["there"])
        cluster.run(for: 60_000)
        #expect(!cluster.isConverged)
        cluster.separated = []
        let took = try #require(cluster.run(until: \.isConverged, limit: 300_000))
        print("two halves: \(took) ms")
        #expect(took < 120_000)
    }
}
