import AuthorLog
import Community
import Identity
import Testing

/// The laws of the fold, on random communities. A failing seed is printed with as few acts as still break the law; these become a
/// small named test elsewhere.
@Suite struct FoldLawTests {
    @Test(arguments: 0..<6) func `any order in any batches gives the state of the reference fold`(part: UInt64) throws {
        for seed in (part * 200)..<(part * 200 + 200) {
            var dice = Dice(seed: seed)
            let community = try RandomCommunity(dice: &dice, actCount: dice.roll(1..<60))
            guard let broken = try Self.broken(community, community.acts, dice: dice) else { continue }
            let few = shrunk(community.acts) { acts in
                // What throws is another fault than the one looked for.
                (try? Self.broken(community, acts, dice: dice)) ?? nil != nil
            }
            let listed = few.map { "\($0)" }.joined(separator: "\n")
            Issue.record("seed \(seed): \(broken)\n\(few.count) of \(community.acts.count) acts:\n\(listed)")
            return
        }
    }

    @Test func `a case that fails is shrunk to what makes it fail`() {
        let fails: ([Int]) -> Bool = { $0.contains(17) && $0.contains(3) && $0.contains(90) }
        #expect(shrunk(Array(0..<100), while: fails) == [3, 17, 90])
        #expect(shrunk([5], while: { _ in true }) == [])
    }

    /// Which law the acts break; nil for none.
    private static func broken(_ community: RandomCommunity, _ acts: [Act], dice: Dice) throws -> String? {
        var dice = dice
        let reference = ReferenceFold(acts, rules: community.rules)
        let expected = reference.natural
        var whole = TestNode(rules: community.rules, logs: community.logs)
        try whole.apply(acts)
        guard whole.natural == expected else { return "one batch:\n\(expected.difference(from: whole.natural))" }
        let buckets = whole.store.bucketsFromRows(order: whole.fold.order)
        guard whole.store.buckets == buckets else { return "buckets are not their rows'" }
        guard whole.store.skipped.count == reference.skippedCount else { return "other acts are skipped" }
        for round in 0..<2 {
            var node = TestNode(rules: community.rules, logs: community.logs.shuffled(using: &dice))
            var rest = acts.shuffled(using: &dice)[...]
            while !rest.isEmpty {
                let batch = rest.prefix(round == 0 ? 1 : dice.roll(1..<rest.count + 1))
                rest = rest.dropFirst(batch.count)
                try node.apply(Array(batch))
                if dice.chance(1, of: 5) { try node.restart() }
            }
            guard node.natural == expected else {
                return "round \(round):\n\(expected.difference(from: node.natural))"
            }
            guard node.store.buckets == buckets else { return "round \(round): other buckets" }
        }
        return nil
    }
}
