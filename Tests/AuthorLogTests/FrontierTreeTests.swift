import AuthorLog
import Identity
import Testing

struct FrontierTreeTests {
    @Test func `a row comes back from its bytes`() throws {
        for row in [try Self.row(1), try Self.row(2, forkedAt: 0), try Self.row(3, forkedAt: 1 << 48 - 1)] {
            #expect(row.bytes.count == 90)
            #expect(try FrontierRow(decoding: row.bytes) == row)
        }
        #expect(throws: FrontierRowError.wrongLength(89)) {
            try FrontierRow(decoding: Array(Self.row(1).bytes.dropLast()))
        }
        for length in [0, 1 << 48 + 1, .max] as [UInt64] {
            #expect(throws: FrontierRowError.outOfRange) { try Self.row(1, length: length) }
        }
        #expect(throws: FrontierRowError.outOfRange) { try Self.row(1, forkedAt: 1 << 48) }
        #expect(throws: FrontierRowError.outOfRange) {
            try FrontierRow(decoding: Self.row(1).bytes.dropLast(8) + [UInt8](repeating: 0xFF, count: 8))
        }
    }

    @Test func `built in any order, and changed back and forth, it is the tree built anew`() throws {
        var dice = Dice()
        var tree = FrontierTree()
        var model: [LogID: FrontierRow] = [:]
        for step in 0..<4_000 {
            let number = Int.random(in: 0..<300, using: &dice)
            let row = try Self.row(number, length: UInt64.random(in: 1...1_000, using: &dice))
            if Int.random(in: 0..<100, using: &dice) < (step / 1_000).isMultiple(of: 2).percent {
                #expect(tree.set(row) == model.updateValue(row, forKey: row.log))
            } else {
                #expect(tree.remove(row.log) == model.removeValue(forKey: row.log))
            }
            guard step.isMultiple(of: 37) else { continue }
            var rebuilt = FrontierTree(model.values.shuffled(using: &dice))
            #expect(tree.node(at: []) == rebuilt.node(at: []))
            let prefix = [UInt8.random(in: 0..<16, using: &dice), UInt8.random(in: 0..<16, using: &dice)]
            #expect(tree.node(at: prefix) == rebuilt.node(at: prefix))
            #expect(tree.node(at: prefix) == Self.reference(Array(model.values), prefix))
            #expect(tree.count == model.count)
            #expect(tree.totalLength == model.values.reduce(0) { $0 + $1.length })
        }
        #expect(tree.rows().map(\.log.hash) == model.keys.map(\.hash).sorted())
    }

    @Test(arguments: [0, 1, 15, 16, 17, 18, 300])
    func `nodes are as the protocol writes them`(count: Int) throws {
        let rows = try (0..<count).map { try Self.row($0) }
        var tree = FrontierTree(rows)
        #expect(tree.node(at: []) == Self.reference(rows, []))
        for first in 0..<16 as Range<UInt8> {
            #expect(tree.node(at: [first]) == Self.reference(rows, [first]))
            #expect(tree.node(at: [first, 5]) == Self.reference(rows, [first, 5]))
        }
    }

    @Test func `17 rows are an inner node, and 16 again a leaf`() throws {
        let rows = try (0..<17).map { try Self.row($0) }
        var tree = FrontierTree(rows.prefix(16))
        let leaf = tree.node(at: [])
        tree.set(rows[16])
        #expect(tree.node(at: []) != leaf)
        tree.remove(rows[16].log)
        #expect(tree.node(at: []) == leaf)
    }

    @Test func `rows under a prefix are all of them, in order, up to a limit`() throws {
        let rows = try (0..<500).map { try Self.row($0) }
        let tree = FrontierTree(rows)
        let sorted = rows.sorted { $0.log.hash < $1.log.hash }
        #expect(tree.rows() == sorted)
        #expect(tree.rows(limit: 7) == Array(sorted.prefix(7)))
        #expect(tree.rows(limit: 0).isEmpty)
        for nibble in 0..<16 as Range<UInt8> {
            let expected = sorted.filter { $0.log.hash.bytes[0] >> 4 == nibble }
            #expect(tree.rows(under: [nibble]) == expected)
            #expect(tree.count(under: [nibble]) == expected.count)
        }
        #expect(tree.row(for: rows[3].log) == rows[3])
        #expect(try tree.row(for: Self.row(500).log) == nil)
        let whole = rows[9].log.hash.bytes.flatMap { [$0 >> 4, $0 & 15] }
        #expect(tree.rows(under: whole) == [rows[9]])
    }

    @Test func `prefixes that cannot be are empty`() throws {
        var tree = FrontierTree(try (0..<40).map { try Self.row($0) })
        var empty = FrontierTree()
        for prefix in [[16], [255, 3], [UInt8](repeating: 1, count: 64)] as [[UInt8]] {
            #expect(tree.rows(under: prefix).isEmpty)
            #expect(tree.node(at: prefix) == empty.node(at: []))
        }
    }

    @Test func `ten thousand logs change at the price of their paths`() throws {
        let rows = try (0..<10_000).map { try Self.row($0) }
        var tree = FrontierTree(rows)
        _ = tree.node(at: [])
        let elapsed = try ContinuousClock().measure {
            for number in 0..<2_000 {
                tree.set(try Self.row(number, length: 77))
                _ = tree.hash(orders: SignedRootOrder.hash(of: []))
            }
        }
        print("2,000 changes of a frontier of 10,000 logs, each hashed: \(elapsed)")
        #expect(elapsed < .seconds(5))
        var rebuilt = FrontierTree(try (0..<10_000).map { try Self.row($0, length: $0 < 2_000 ? 77 : 1) })
        #expect(tree.node(at: []) == rebuilt.node(at: []))
    }

    static func row(_ number: Int, length: UInt64 = 1, forkedAt: UInt64? = nil) throws -> FrontierRow {
        let member = try #require(MemberKey(World.bytes32("log \(number)")))
        return try FrontierRow(
            log: LogID(member: member, incarnation: Incarnation(number: 1, random: UInt64(number))), length: length,
            head: #require(Hash256(World.bytes32("head \(number)"))), forkedAt: forkedAt)
    }

    /// As 2-log.md says it, slowly.
    private static func reference(_ rows: [FrontierRow], _ prefix: [UInt8]) -> Hash256 {
        let under = rows.filter { row in
            let nibbles = row.log.hash.bytes.flatMap { [$0 >> 4, $0 & 15] }
            return nibbles.starts(with: prefix)
        }.sorted { $0.log.hash < $1.log.hash }
        if under.count <= 16 {
            return BLAKE2b.hash256([0] + under.flatMap(\.bytes), personal: .init("gv/range"))
        }
        let children = (0..<16).flatMap { reference(under, prefix + [$0]).bytes.prefix(16) }
        return BLAKE2b.hash256([1] + children, personal: .init("gv/range"))
    }
}

extension Bool {
    /// How often rows are set: while the tree grows, and while it shrinks.
    fileprivate var percent: Int { self ? 80 : 20 }
}
