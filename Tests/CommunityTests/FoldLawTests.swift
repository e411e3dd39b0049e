import AuthorLog
import Community
import Identity
import Testing

/// The laws of the fold, on random communities. A failing seed is printed; it becomes a small named test below or elsewhere.
@Suite struct FoldLawTests {
    @Test(arguments: 0..<6) func `any order in any batches gives the state of the reference fold`(part: UInt64) throws {
        for seed in (part * 200)..<(part * 200 + 200) {
            var dice = Dice(seed: seed)
            let community = try RandomCommunity(dice: &dice, actCount: dice.roll(1..<60))
            let reference = ReferenceFold(community.acts, rules: community.rules)
            let expected = reference.natural

            var whole = TestNode(rules: community.rules, logs: community.logs)
            try whole.apply(community.acts)
            try #require(
                whole.natural == expected, "seed \(seed), one batch:\n\(expected.difference(from: whole.natural))")
            let buckets = whole.store.bucketsFromRows(order: whole.fold.order)
            #expect(whole.store.buckets == buckets, "seed \(seed)")
            #expect(whole.store.skipped.count == reference.skippedCount, "seed \(seed)")

            for round in 0..<2 {
                var node = TestNode(rules: community.rules, logs: community.logs.shuffled(using: &dice))
                var rest = community.acts.shuffled(using: &dice)[...]
                while !rest.isEmpty {
                    let batch = rest.prefix(round == 0 ? 1 : dice.roll(1..<rest.count + 1))
                    rest = rest.dropFirst(batch.count)
                    try node.apply(Array(batch))
                    if dice.chance(1, of: 5) { try node.restart() }
                }
                let difference = expected.difference(from: node.natural)
                try #require(node.natural == expected, "seed \(seed), round \(round):\n\(difference)")
                #expect(node.store.buckets == buckets, "seed \(seed), round \(round)")
            }
        }
    }
}
