import AuthorLog
import Foundation
import Identity
import Testing

@testable import Sync

/// Protocol/vectors/sync/frontier.json, made by the Python beside it.
@Suite struct FrontierVectorTests {
    private struct Vector: Decodable {
        struct Node: Decodable {
            var prefix: String
            var hash: String
        }

        var rows: [String]
        var nodes: [Node]
        var orders: String
        var frontier: String
        var opening: String
        var opening_of_three: String
        var answer_to_three: String
        var answer_of_three: String
    }

    private let vector: Vector
    private let rows: [FrontierRow]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Protocol/vectors/sync/frontier.json")
        vector = try JSONDecoder().decode(Vector.self, from: Data(contentsOf: file))
        rows = try vector.rows.map { try FrontierRow(decoding: Hex.decode($0)) }
    }

    @Test func `the tree's nodes and the frontier's hash are those of the vector`() throws {
        var frontier = FrontierTree(rows)
        #expect(frontier.rows() == rows)
        for node in vector.nodes {
            let prefix = node.prefix.compactMap { $0.hexDigitValue.map { UInt8($0) } }
            #expect(frontier.node(at: prefix).hex == node.hash)
        }
        let orders = SignedRootOrder.hash(of: [])
        #expect(orders.hex == vector.orders)
        #expect(frontier.hash(orders: orders).hex == vector.frontier)
    }

    @Test func `a reconciliation opens and is answered in the vector's bytes`() throws {
        var many = FrontierTree(rows)
        var few = FrontierTree(rows.prefix(3))
        var dice = SplitMix64(seed: 1)
        #expect(Reconciler.messages(Reconciler.opening(&many), round: 1).map(\.hex) == [vector.opening])
        #expect(Reconciler.messages(Reconciler.opening(&few), round: 1).map(\.hex) == [vector.opening_of_three])
        for (asked, answer) in [
            (vector.opening_of_three, vector.answer_to_three), (vector.opening, vector.answer_of_three),
        ] {
            guard case .ranges(let ranges) = try Message(decoding: Hex.decode(asked)) else { continue }
            var frontier = asked == vector.opening ? few : many
            let reply = Reconciler.answer(ranges.ranges, from: &frontier, dice: &dice)
            #expect(Reconciler.messages(reply.ranges, round: 2).map(\.hex) == [answer])
        }
    }
}

extension Message {
    fileprivate var hex: String { Hex.encode(encoded) }
}
