import AuthorLog
import Community
import Identity
import Testing

/// What one operation costs does not depend on how large the record is: only on the persons, codes and pledges it is about.
@Suite struct FoldCostTests {
    /// Ben brought Zoe, who pledged twice; beside them stand others with claims, pledges and suspensions of their own.
    private func record(others: Int) throws -> Stage {
        var stage = try Stage(windowDays: 30)
        stage.register("ben", "BEN")
        stage.claim("zoe", "BEN")
        let ben = stage.author(4, as: "ben")
        stage.claim(ben, "zoe", "BEN")
        for number in 0..<2 { try stage.pledge("z\(number)", by: "zoe", code: "BEN", paid: 5) }
        for number in 0..<others {
            stage.register("a\(number)", "A\(number)")
            stage.claim("b\(number)", "A\(number)")
            stage.claim(ben, "b\(number)", "GHOST")
            try stage.pledge("p\(number)", by: "b\(number)", code: "A\(number)", paid: 5)
            if number % 3 == 0 { stage.suspend("a\(number)") }
        }
        return stage
    }

    /// Rows read for one more act, beside a record of that size.
    private func rows(others: Int, _ act: (inout Stage) throws -> Void) throws -> Int {
        var stage = try record(others: others)
        let before = stage.acts
        try act(&stage)
        var node = TestNode(
            rules: stage.rules, logs: Set(stage.acts.map(\.log)).sorted(), tracksBuckets: false)
        try node.apply(before)
        let counting = CountingStore(node.store)
        try node.probe(Array(stage.acts.dropFirst(before.count)), reading: counting)
        return counting.rowsRead
    }

    private static let acts: [(String, @Sendable (inout Stage) throws -> Void)] = [
        ("a said claim", { $0.claim($0.author(4, as: "ben"), "zoe", "BEN") }),
        ("a join", { $0.join($0.author(5), "zoe") }),
        ("a payment", { $0.money("z1", [.init(kind: .confirm, reference: "x", amount: try usd(1))]) }),
        ("an unlink", { $0.record("zoe") { $0.unlink = .init(at: nil) } }),
        ("a suspension", { $0.suspend("ben") }),
        ("the end of a suspension", { $0.suspend("ben", .lifted) }),
    ]

    @Test(arguments: acts.indices) func `one operation reads as much of a large record as of a small one`(
        index: Int
    ) throws {
        let (name, act) = Self.acts[index]
        let small = try rows(others: 3, act)
        #expect(try small == rows(others: 120, act), "\(name)")
        #expect(small < 40, "\(name) reads \(small) rows")
    }
}
