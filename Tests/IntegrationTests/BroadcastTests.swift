import Foundation
import Testing

/// More daemons than a view has places: what is new goes along a tree.
@Suite(.serialized)
struct BroadcastTests {
    private static let count = 8

    /// Milliseconds until those nodes show what the first of them has just written; each is asked in turn.
    private func write(_ name: String, on nodes: [Node]) throws -> Int {
        _ = try nodes[0].json(["backer", "add", "--external", name])
        let start = Date()
        try eventually("\(name) on \(nodes.count) nodes", seconds: 40) {
            try nodes.allSatisfy { try $0.call(["backer", "show", name]).status == 0 }
        }
        return Int(Date().timeIntervalSince(start) * 1_000)
    }

    @Test func `of eight nodes each hears of everything as it happens, and goes on without those who vanish`() throws {
        let cluster = try Cluster()
        for _ in 1..<Self.count { try cluster.join() }
        for (number, node) in cluster.nodes.enumerated() {
            _ = try node.json(["backer", "add", "--external", "first-\(number)"])
        }
        try cluster.agree(updates: 2 * Self.count)
        let whole = try write("live", on: cluster.nodes.reversed())
        // The founder, whose address is in every ticket, and another.
        cluster.nodes[0].kill()
        cluster.nodes[4].kill()
        let living = cluster.nodes.indices.filter { $0 != 0 && $0 != 4 }.map { cluster.nodes[$0] }
        let torn = try write("without-two", on: living)
        let mended = try write("mended", on: living.reversed())
        print("eight nodes: \(whole) ms, just without two \(torn) ms, then \(mended) ms")
        for number in [0, 4] { try cluster.nodes[number].start() }
        _ = try write("all-again", on: cluster.nodes)
        try cluster.agree()
        try cluster.expectClean()
    }
}
