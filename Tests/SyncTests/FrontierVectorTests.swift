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
        var opening_of_1100: String
        var opening_of_three: String
        var own_of_three: [String]
        var answer_to_three: [String]
        var answer_of_three: [String]
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

    /// By the rule of the Python.
    private func madeUp(_ index: UInt64) throws -> FrontierRow {
        func hash(_ what: String) -> Hash256 {
            BLAKE2b.hash256(
                Array(what.utf8) + [UInt8(index >> 8), UInt8(index & 255)], personal: BLAKE2b.Personal("vector"))
        }
        let log = LogID(
            member: MemberKey(raw: hash("member").raw),
            incarnation: Incarnation(number: UInt16(1 + index % 3), random: index * index))
        return try FrontierRow(
            log: log, length: index == 7 ? 1 << 48 : 3 * index + 1, head: hash("head"),
            forkedAt: index.isMultiple(of: 5) ? index : nil)
    }

    @Test func `a reconciliation opens and is answered in the vector's bytes`() throws {
        let salts: (opening: UInt64, answer: UInt64) = (0x0102_0304_0506_0708, 0x8000_0000_0000_0001)
        func opening(_ rows: some Sequence<FrontierRow>) -> [String] {
            var frontier = FrontierTree(rows)
            let ranges = Reconciler.opening(&frontier, salt: salts.opening)
            return Reconciler.messages(ranges, round: 1, salt: salts.opening).map(\.hex)
        }
        let many = try (0..<1_100 as Range<UInt64>).map(madeUp)
        #expect(FrontierTree(many.prefix(200)) == FrontierTree(rows))
        #expect(opening(rows) == [vector.opening])
        #expect(opening(many) == [vector.opening_of_1100])
        #expect(opening(rows.prefix(3)) == [vector.opening_of_three])

        var dice = SplitMix64(seed: 1)
        let own = try vector.own_of_three.map { try FrontierRow(decoding: Hex.decode($0)) } + rows.dropFirst(4)
        for (asked, answering, answer) in [
            (vector.opening_of_three, own, vector.answer_to_three),
            (vector.opening, Array(rows.prefix(3)), vector.answer_of_three),
        ] {
            guard case .ranges(let ranges) = try Message(decoding: Hex.decode(asked)) else {
                Issue.record("no ranges")
                continue
            }
            var frontier = FrontierTree(answering)
            let reply = Reconciler.answer(ranges, from: &frontier, salt: salts.answer, dice: &dice)
            #expect(reply.messages(round: 2, salt: salts.answer).map(\.hex) == answer)
        }
    }
}

extension Message {
    fileprivate var hex: String { Hex.encode(encoded) }
}
