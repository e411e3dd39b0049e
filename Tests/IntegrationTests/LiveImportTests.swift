import Foundation
import Testing

/// Figures asked of one node while another imports: behind, they say so; and they do not stay behind.
@Suite(.serialized)
struct LiveImportTests {
    private static let files = 3
    private static let rowsPerFile = 5_000
    /// Bytes a second from the importing node to the other: slower than it writes, so that the other is behind.
    private static let rate = 300_000
    /// What was acknowledged longer ago is known to the other node, held or not: what may be on the wire unconfirmed, 512 KiB, and
    /// two seconds for a busy machine.
    private static let grace = 2 + 524_288 / Double(rate)

    /// What a node acknowledged as durable, and when that was read.
    private struct Acknowledged {
        var at: Date
        var pledges: Int
    }

    private func pledges(_ number: Int, in cluster: Cluster) throws -> URL {
        let file = cluster.folder.appending(path: "pledges-\(number).csv")
        var text = "pledge,backer,amount,currency,pledged_at,status,code\n"
        for index in 0..<Self.rowsPerFile {
            text += "p\(number)-\(index),b\(index % 97),\(index % 50 + 1).00,USD,2026-01-01T00:00:00Z,paid,\n"
        }
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file
    }

    @Test func `while another imports, an answer counts what was acknowledged or says that it is partial`() throws {
        let cluster = try Cluster(isUntold: true)
        let wire = try BadWire(to: cluster.nodes[0].listen, in: cluster.folder, [.init(rate: Self.rate)])
        let reader = try cluster.join(role: "observer", over: wire)
        try cluster.agree()
        let writer = cluster.nodes[0]
        let files = try (0..<Self.files).map { try pledges($0, in: cluster) }
        let importing = Background { for file in files { try writer.importing("pledges", file) } }

        var acknowledged: [Acknowledged] = []
        var (answers, behind, marked) = (0, 0, 0)
        try eventually("both level", seconds: 120) {
            let own = try writer.json(["totals"])
            #expect(own["partial"] == nil, "who imports lacks nothing: \(own)")
            acknowledged.append(Acknowledged(at: Date(), pledges: try #require(own["pledges"] as? Int)))
            let due = Date(timeIntervalSinceNow: -Self.grace)
            let least = acknowledged.last { $0.at <= due }?.pledges ?? 0

            let answer = try reader.json(["totals"])
            let counted = try #require(answer["pledges"] as? Int)
            let isPartial = answer["partial"] as? Bool == true
            answers += 1
            if isPartial {
                marked += 1
                #expect(answer["missing"] as? Int ?? 0 > 0, "\(answer)")
            }
            if counted < least {
                behind += 1
                #expect(isPartial, "\(counted) pledges, \(least) were acknowledged \(Self.grace) s before, and no mark")
            }
            return importing.hasEnded && counted == Self.files * Self.rowsPerFile && !isPartial
        }
        try importing.value()
        print("\(answers) answers, \(marked) marked, \(behind) behind what was acknowledged \(Self.grace) s before")
        #expect(marked > 0, "the wire is too fast: nothing was tried")

        try cluster.agree(updates: Self.files * Self.rowsPerFile)
        for node in cluster.nodes {
            #expect(try node.json(["totals"])["partial"] == nil)
            #expect(try node.json(["status"])["progress"] == nil)
        }
        #expect(Set(try cluster.nodes.map { try $0.totals() }).count == 1)
        #expect(wire.connections == 1, "the wire held")
    }
}
