import API
import Storage
import Testing

@testable import Daemon

struct CommandsFiguresTests {
    @Test func `totals say what was kept, and through whose codes nothing came`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            _ = try await node.answer(AddBacker(NewPerson(external: "cai", code: "SUNNY")))
            _ = try await node.answer(AddPledge(backer: PersonReference("cai"), amount: "10", external: "p1"))
            _ = try await node.answer(AddPledge(backer: nil, amount: "2.50", external: "p2"))
            _ = try await node.answer(PayPledge(PledgeReference("p1")))
            _ = try await node.answer(RefundPledge(PledgeReference("p1"), amount: "3", reference: "r"))
            let totals = try await node.answer(GetTotals())
            #expect(totals.attribution == .firstTouch && totals.organicPledges == 1 && totals.unknownPledges == 0)
            let usd = try #require(totals.money.first)
            #expect(usd.kept == Ratio(numerator: 700, denominator: 1_250))
            #expect(usd.organic == ShareRow(pledges: 1, pledgedMinor: 250) && usd.unknown == ShareRow())
            #expect(usd.prospect == nil)
        }
    }

    @Test func `where nothing was pledged there is no ratio`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddPledge(backer: nil, amount: "0", external: "p1"))
            _ = try await node.answer(AddPledge(backer: nil, amount: "5", external: "p2"))
            _ = try await node.answer(PayPledge(PledgeReference("p2")))
            _ = try await node.answer(ChangePledge(PledgeReference("p2"), amount: "0"))
            let usd = try #require(try await node.answer(GetTotals()).money.first)
            #expect(usd.pledgedMinor == 0 && usd.paidMinor == 500 && usd.kept == nil)
        }
    }

    @Test func `a backer without a qualifying payment is a prospect, in show, list and totals`() async throws {
        try await CommandsCommunity.with(qualifyingMinor: 4_000) { node in
            _ = try await node.answer(AddAmbassador(NewPerson(external: "ana"), registered: "SUNNY"))
            for (name, amount) in [("cai", "40"), ("dee", "39.99")] {
                _ = try await node.answer(AddBacker(NewPerson(external: name, code: "SUNNY")))
                _ = try await node.answer(
                    AddPledge(backer: PersonReference(name), amount: amount, external: "p-\(name)"))
                _ = try await node.answer(PayPledge(PledgeReference("p-\(name)")))
            }
            let rows = try await node.answer(ListBackers()).rows
            #expect(
                Dictionary(uniqueKeysWithValues: rows.map { ($0.backer, $0.prospect) }) == ["cai": false, "dee": true])
            #expect(try await node.answer(ShowBacker(PersonReference("dee"))).prospect == true)
            let totals = try await node.answer(GetTotals())
            #expect(totals.backers == 2 && totals.prospects == 1)
            #expect(totals.qualifying == .init(amountMinor: 4_000, currency: "USD", exponent: 2))
            let usd = try #require(totals.money.first)
            #expect(usd.prospect == ShareRow(pledges: 1, pledgedMinor: 3_999, paidMinor: 3_999))
            #expect(usd.organic == ShareRow() && usd.unknown == ShareRow() && totals.organicPledges == 0)
        }
    }

    @Test func `without a qualifying amount nobody is a prospect, and no row says so`() async throws {
        try await CommandsCommunity.with { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "cai")))
            #expect(try await node.answer(ShowBacker(PersonReference("cai"))).prospect == nil)
            let totals = try await node.answer(GetTotals())
            #expect(totals.prospects == 0 && totals.qualifying == nil)
        }
    }
}
