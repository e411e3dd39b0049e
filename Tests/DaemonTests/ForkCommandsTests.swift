import API
import AuthorLog
import Community
import Founding
import Identity
import Storage
import Sync
import Testing

@testable import Daemon

/// A log that says two things, and who says which of them counts.
struct ForkCommandsTests {
    private func refusal<Value>(_ body: () async throws -> Value) async throws -> Failure {
        try await #require(throws: Failure.self) { _ = try await body() }
    }

    /// A founder who holds two branches of an ambassador's log behind its first two operations.
    private func community(_ body: (StandingCommunity, Node) async throws -> Void) async throws {
        try await StandingCommunity.with([.ambassador]) { vine in
            let (founder, member) = (vine.founder, vine.members[0])
            _ = try await member.answer(AddBacker(NewPerson(external: "ana")))
            try await vine.settle()
            let home = try Home.open(at: vine.homes[0])
            let state = try #require(try await founder.store.logStates(of: member.member).last)
            for name in ["bob", "cem"] {
                var record = Record()
                record.person = founder.store.rules.pseudonyms.person(source: "import", externalID: name)
                record.source = "import"
                record.joined = Record.Joined(at: nil)
                var author = try Author(
                    state: state, clock: HybridClock(last: state.time), charter: founder.charter, key: home.memberKey())
                let operation = Operation(publicPart: record.encoded(currency: founder.store.rules.currency))
                let bundle = try author.write([operation], wallMilliseconds: StandingCommunity.now).bundle
                let arrival = Arrival(source: 99, part: Run.encode([bundle]))
                _ = try await founder.store.ingest([arrival], wallMilliseconds: StandingCommunity.now)
            }
            try await founder.store.settle(wallMilliseconds: StandingCommunity.now)
            try await body(vine, member)
        }
    }

    @Test func `a fork is listed, and nothing beyond it counts`() async throws {
        try await community { vine, member in
            let rows = try await vine.founder.answer(ListForks()).rows
            let row = try #require(rows.first)
            #expect(rows.count == 1 && row.member == member.member.hex && row.position == 2 && row.incarnation == 1)
            #expect(row.branches.map(\.name) == ["A", "B"] && row.branches.allSatisfy { !$0.stands && $0.length == 3 })
            #expect(row.branches[0].head < row.branches[1].head && row.chosenBy.isEmpty)
            let shown = try await vine.founder.answer(ShowMember(member.member.hex))
            #expect(shown.flags == [.forked] && shown.notes?.first?.hint == "grapevine forks")
            #expect(shown.logs?.first?.ending == .fork && shown.logs?.first?.length == 2)
            #expect(try await vine.founder.answer(ListForks(after: row.fork)).rows.isEmpty)
        }
    }

    @Test func `a steward chooses, and chooses anew`() async throws {
        try await community { vine, member in
            let founder = vine.founder
            let key = member.member.hex
            let chosen = try await founder.answer(ChooseBranch(log: String(key.prefix(8)), branch: "a"))
            #expect(chosen.written && chosen.branch == "A" && chosen.cuts.isEmpty)
            #expect(try await !founder.answer(ChooseBranch(log: key, branch: "A")).written)
            var row = try #require(try await founder.answer(ListForks()).rows.first)
            #expect(row.branches.map(\.stands) == [true, false] && row.chosenBy == [founder.member.hex])
            #expect(try await founder.answer(ShowMember(key)).logs?.first?.length == 3)
            let other = ChooseBranch(
                log: "\(key)/\(row.log)", fork: String(row.fork.prefix(8)),
                branch: String(row.branches[1].head.prefix(10)))
            #expect(try await founder.answer(other).branch == "B")
            row = try #require(try await founder.answer(ListForks()).rows.first)
            #expect(row.branches.map(\.stands) == [false, true])
        }
    }

    @Test func `the root's choice beats a steward's`() async throws {
        try await community { vine, member in
            let founder = vine.founder
            let plan = try await founder.answer(PlanChoice(log: member.member.hex, branch: "B")).choice
            _ = try await vine.publish(.choose(Choice(decoding: Hex.decode(plan))))
            let row = try #require(try await founder.answer(ListForks()).rows.first)
            #expect(row.branches.map(\.stands) == [false, true] && row.chosenBy == ["root"])
            let late = try await refusal { try await founder.answer(ChooseBranch(log: member.member.hex, branch: "A")) }
            #expect(late.code == .rule && late.message.contains("root"))
        }
    }

    @Test func `a newcomer hears of the forks that were there before`() async throws {
        try await community { vine, _ in
            let known = try await vine.founder.answer(ListForks()).rows.map(\.fork)
            // The store was filled behind the node's back.
            await vine.founder.handle(SyncCore.Event.forksHeld(try await vine.founder.store.forkProofs()))
            let invite = MakeInvite(role: .observer, uses: 1, validSeconds: 3_600)
            let ticket = try await vine.founder.answer(invite).ticket
            let home = try join(home: vine.folder + "/new", ticketText: ticket, nowMilliseconds: StandingCommunity.now)
                .home
            try await StandingCommunity.run(home) { node in
                try await eventually("it hears of the fork") {
                    try await node.answer(ListForks()).rows.map(\.fork) == known
                }
                try await eventually("they agree") {
                    try await Set(node.store.frontierRows()) == Set(vine.founder.store.frontierRows())
                }
            }
        }
    }

    @Test func `of a log that is forked 64 times nothing is chosen, and a revocation keeps what it names`() async throws
    {
        try await community { vine, member in
            let (founder, wall) = (vine.founder, StandingCommunity.now)
            let state = try #require(try await founder.store.logStates(of: member.member).last)
            let key = try Home.open(at: vine.homes[0]).memberKey()
            let proofs = try (UInt8(0)..<64).map { number in
                let branches = try [UInt8(1), 2].map { word in
                    let header = try Header(
                        community: founder.charter.id, log: state.log, position: 1,
                        previous: BLAKE2b.hash256([number], personal: .init("test/fork")),
                        time: #require(HybridTime(milliseconds: wall)), operationCount: 1,
                        bodyRoot: BLAKE2b.hash256([word], personal: .init("test/fork")))
                    return ForkProof.Branch(headers: [header], signature: key.sign(header.bytes))
                }
                return try ForkProof.make(branches[0], branches[1])
            }
            _ = try await founder.store.keep(proofs, wallMilliseconds: wall)
            try await founder.store.settle(wallMilliseconds: wall)
            #expect(try await founder.answer(ShowMember(member.member.hex)).logs?.first?.length == 1)
            let chosen = ChooseBranch(log: member.member.hex, fork: String(Fork(proofs[0]).id.hex), branch: "A")
            let refused = try await refusal { try await founder.answer(chosen) }
            #expect(refused.code == .rule && refused.hint.contains("member revoke"))
            _ = try await founder.answer(RevokeMember(member.member.hex, keep: "all"))
            #expect(try await founder.answer(ShowMember(member.member.hex)).logs?.first?.length == 2)
        }
    }

    @Test func `a choice of nothing is refused`() async throws {
        try await community { vine, member in
            let founder = vine.founder
            let key = member.member.hex
            func refused(_ request: ChooseBranch, by node: Node, _ code: Failure.Code) async throws {
                #expect(try await refusal { try await node.answer(request) }.code == code, "\(request)")
            }
            try await refused(ChooseBranch(log: key, branch: "C"), by: founder, .usage)
            try await refused(ChooseBranch(log: key, fork: "00000000", branch: "A"), by: founder, .forkUnknown)
            try await refused(ChooseBranch(log: founder.member.hex, branch: "A"), by: founder, .forkUnknown)
            try await refused(ChooseBranch(log: "nobody", branch: "A"), by: founder, .memberUnknown)
            try await refused(ChooseBranch(log: "\(key)/ff", branch: "A"), by: founder, .forkUnknown)
        }
    }
}
