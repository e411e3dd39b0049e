import AuthorLog
import Community
import Identity
import Testing

@Suite struct ClaimRuleTests {
    private static let zoe: PersonNumber = 7

    /// Logs 1 and 2 are two incarnations of one member; log 3 is of a member whose key is higher.
    private var order: LogOrder {
        var order = LogOrder()
        order.set(.test(1, incarnation: 1), number: 1)
        order.set(.test(1, incarnation: 2), number: 2)
        order.set(.test(2), number: 3)
        return order
    }

    private func claim(
        _ owner: PersonNumber?, period: UInt32 = 5, at: Int64 = 100, log: LogNumber = 1, position: UInt64 = 9
    ) -> ClaimRule.Candidate {
        .init(place: Place(period: period, at: at, log: log, position: position), owner: owner)
    }

    private func verdicts(_ claims: [ClaimRule.Candidate]) -> [ClaimRule.Verdict] {
        ClaimRule.verdicts(on: claims, of: Self.zoe, order: order)
    }

    @Test func `the lowest place of those that count wins, whatever stands before it without counting`() {
        let claims = [claim(Self.zoe, at: 1), claim(nil, at: 2), claim(1, at: 4), claim(2, at: 3), claim(1, at: 9)]
        #expect(verdicts(claims) == [.ownCode, .unknownCode, .later(.time), .wins, .later(.time)])
        #expect(ClaimRule.winner(among: claims, of: Self.zoe, order: order) == 3)
    }

    @Test func `a later one is told by which part of its place it is later`() {
        let winner = claim(1)
        let later: [(ClaimRule.Candidate, ClaimRule.Difference)] = [
            // The earlier time does not help: the month decides first.
            (claim(2, period: 6, at: 1), .period), (claim(2, at: 101), .time), (claim(2, log: 3, position: 1), .member),
            (claim(2, log: 2, position: 1), .incarnation), (claim(2, position: 10), .position),
        ]
        #expect(Set(later.map(\.1)) == Set(ClaimRule.Difference.allCases))
        for (claim, difference) in later {
            #expect(verdicts([claim, winner]) == [.later(difference), .wins])
            #expect(verdicts([winner, claim]) == [.wins, .later(difference)])
        }
    }

    @Test func `where none counts nobody wins`() {
        #expect(verdicts([]) == [])
        #expect(verdicts([claim(nil), claim(Self.zoe)]) == [.unknownCode, .ownCode])
        #expect(ClaimRule.winner(among: [claim(nil)], of: Self.zoe, order: order) == nil)
    }

    private func candidates(
        on person: PersonRow, in node: TestNode, _ reference: ReferenceFold
    ) throws -> [ClaimRule.Candidate] {
        let invited = ClaimRule.Invited(witnesses: person.witnesses, unlinks: node.store.unlinks(of: person.number))
        return try node.store.claims(of: person.number).map { claim in
            let owner = try node.store.code(number: claim.code).owner.map { number in
                ClaimRule.Owner(
                    number: number, id: try node.store.person(number: number).id,
                    suspensions: node.store.suspensions(of: number))
            }
            return ClaimRule.Candidate(claim, by: owner, of: invited, order: node.fold.order) {
                reference.confirmations(by: person.id)
            }
        }
    }

    /// The fold asks the same rule; here its answer is the reference's, which shares no code.
    @Test func `what the rule says is what the reference fold works out`() throws {
        for seed in 0..<40 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let community = try RandomCommunity(dice: &dice, actCount: 60)
            var node = TestNode(rules: community.rules, logs: community.logs)
            try node.apply(community.acts)
            let reference = ReferenceFold(community.acts, rules: community.rules)
            for person in node.store.people.values {
                let claims = node.store.claims(of: person.number)
                let candidates = try candidates(on: person, in: node, reference)
                let verdicts = ClaimRule.verdicts(on: candidates, of: person.number, order: node.fold.order)
                let wins = verdicts.firstIndex(of: .wins)
                #expect(verdicts.count { $0 == .wins } == (wins == nil ? 0 : 1), "seed \(seed)")
                let code = try wins.map { try node.store.code(number: claims[$0].code).code }
                #expect(code == reference.winners[person.id]?.code, "seed \(seed)")
                #expect(wins.map { claims[$0].place.at } == reference.winners[person.id]?.place.at, "seed \(seed)")
                #expect(wins.flatMap { candidates[$0].owner } == person.winner, "seed \(seed)")
                let counting = zip(claims, verdicts).filter { $1.counts }.count
                #expect(counting == reference.counting(of: person.id).count, "seed \(seed)")
            }
        }
    }

    /// Laws hold of nothing that random communities never meet.
    @Test func `random communities meet every verdict, share and flag`() throws {
        var met: Set<String> = []
        for seed in 0..<120 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let community = try RandomCommunity(dice: &dice, actCount: 60)
            var node = TestNode(rules: community.rules, logs: community.logs)
            try node.apply(community.acts)
            let reference = ReferenceFold(community.acts, rules: community.rules)
            for person in node.store.people.values {
                let candidates = try candidates(on: person, in: node, reference)
                let verdicts = ClaimRule.verdicts(on: candidates, of: person.number, order: node.fold.order)
                for (candidate, verdict) in zip(candidates, verdicts) {
                    met.insert("\(verdict)")
                    if verdict == .wins { met.insert("wins \(candidate.evidence.isJoined)") }
                }
            }
            for pledge in node.store.pledges.values {
                met.formUnion(["first \(pledge.firstShare)", "last \(pledge.lastShare)"])
                for bit in 0..<6 where pledge.flags.rawValue & 1 << bit != 0 { met.insert("flag \(bit)") }
            }
        }
        let verdicts: [ClaimRule.Verdict] = [
            .wins, .later(.period), .later(.time), .ownCode, .unknownCode, .unlinked, .suspended, .onlySaid, .outranked,
        ]
        let shares = Share.allCases.flatMap { ["first \($0)", "last \($0)"] }
        let expected = verdicts.map { "\($0)" } + ["wins true", "wins false"] + shares + (0..<6).map { "flag \($0)" }
        #expect(Set(expected).subtracting(met).isEmpty)
    }
}
