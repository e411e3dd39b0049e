import API
import AuthorLog
import Testing

@testable import Daemon

/// Payments in parts, and what was recorded by mistake and taken back: as a node answers.
struct CommandsPledgePaymentTests {
    private func refusal<Value>(_ body: () async throws -> Value) async throws -> Failure.Code {
        try await #require(throws: Failure.self) { _ = try await body() }.code
    }

    @Test func `a pledge is paid in parts, and a reference never changes its amount`() async throws {
        try await CommandsCommunity.with { node in
            let pledge = PledgeReference(try await node.answer(AddPledge(backer: nil, amount: "10.00")).pledge)
            #expect(try await node.answer(PayPledge(pledge, amount: "4.00", reference: "r-1")).paidMinor == 400)
            let updates = try await node.answer(GetStatus()).updates
            #expect(try await node.answer(PayPledge(pledge, amount: "4", reference: "r-1")).paidMinor == 400)
            #expect(try await refusal { try await node.answer(PayPledge(pledge, reference: "r-1")) } == .reference)
            #expect(
                try await refusal { try await node.answer(PayPledge(pledge, amount: "4.001", reference: "r-2")) }
                    == .amount)
            #expect(try await node.answer(GetStatus()).updates == updates)
            let whole = try await node.answer(PayPledge(pledge, amount: "6.00"))
            #expect(whole.paidMinor == 1_000 && whole.flags == [])
            let over = try await node.answer(PayPledge(pledge, amount: "0.01", reference: "r-3"))
            #expect(over.paidMinor == 1_001 && over.flags == [.overpaid])
        }
    }

    @Test func `the amount of the pledge changes no payment`() async throws {
        try await CommandsCommunity.with { node in
            let pledge = PledgeReference(try await node.answer(AddPledge(backer: nil, amount: "10.00")).pledge)
            _ = try await node.answer(PayPledge(pledge))
            _ = try await node.answer(ChangePledge(pledge, amount: "12.00"))
            #expect(try await refusal { try await node.answer(PayPledge(pledge)) } == .reference)
            #expect(try await node.answer(ShowPledge(pledge)).paidMinor == 1_000)
        }
    }

    @Test func `a payment that is taken back counts as nothing, and the history shows both`() async throws {
        try await CommandsCommunity.with(.treasurer) { node in
            let pledge = PledgeReference(try await node.answer(AddPledge(backer: nil, amount: "10.00")).pledge)
            #expect(try await refusal { try await node.answer(VoidMoneyFact(pledge)) } == .pledgeState)
            _ = try await node.answer(PayPledge(pledge, amount: "3.00", reference: "r-1"))
            _ = try await node.answer(PayPledge(pledge, amount: "7.00"))
            #expect(try await refusal { try await node.answer(VoidMoneyFact(pledge, reference: "r-2")) } == .reference)
            let row = try await node.answer(VoidMoneyFact(pledge, reference: "r-1"))
            #expect(row.status == .paid && row.paidMinor == 700 && row.flags == [])
            let events = try #require(row.history).filter { $0.reference == "r-1" }
            #expect(events.map(\.kind) == [.paid, .paid])
            #expect(events.map(\.takesBack) == [false, true])
            #expect(events.map(\.standing) == [.overtaken, .void])
            #expect(
                try await refusal { try await node.answer(VoidMoneyFact(pledge, reference: "r-1")) } == .pledgeState)
            #expect(try await node.answer(VoidMoneyFact(pledge)).status == .pledged)
            #expect(try await node.answer(GetTotals()).money.map(\.paidMinor) == [0])
            #expect(try await node.answer(PayPledge(pledge, amount: "2.00")).paidMinor == 200)
        }
    }

    @Test func `a refund is taken back, and what a payment held up is flagged without it`() async throws {
        try await CommandsCommunity.with { node in
            let pledge = PledgeReference(try await node.answer(AddPledge(backer: nil, amount: "10.00")).pledge)
            _ = try await node.answer(PayPledge(pledge))
            _ = try await node.answer(RefundPledge(pledge, amount: "4.00", reference: "r-1"))
            let unpaid = try await node.answer(VoidMoneyFact(pledge, fact: .payment))
            #expect(unpaid.status == .pledged && unpaid.flags == [.overRefunded])
            let clean = try await node.answer(VoidMoneyFact(pledge, fact: .refund, reference: "r-1"))
            #expect(clean.refundedMinor == 0 && clean.flags == [])
        }
    }

    @Test func `a payment after a cancellation is flagged until one of them is taken back`() async throws {
        try await CommandsCommunity.with { node in
            let pledge = PledgeReference(try await node.answer(AddPledge(backer: nil, amount: "10.00")).pledge)
            _ = try await node.answer(CancelPledge(pledge))
            let paid = try await node.answer(PayPledge(pledge))
            #expect(paid.status == .paid && paid.flags == [.paidAfterCancel])
            let kept = try await node.answer(VoidMoneyFact(pledge, fact: .cancel))
            #expect(kept.status == .paid && kept.flags == [])
        }
    }

    @Test func `who may record it may take it back, and nobody else`() async throws {
        try await CommandsCommunity.with(.ambassador) { node in
            _ = try await node.answer(AddBacker(NewPerson(external: "cai")))
            let new = AddPledge(backer: PersonReference("cai"), amount: "5")
            let pledge = PledgeReference(try await node.answer(new).pledge)
            _ = try await node.answer(CancelPledge(pledge))
            #expect(try await node.answer(VoidMoneyFact(pledge, fact: .cancel)).status == .pledged)
            for fact in [MoneyFactName.payment, .refund, .lapse] {
                #expect(try await refusal { try await node.answer(VoidMoneyFact(pledge, fact: fact)) } == .role)
            }
        }
    }

    @Test func `a pledge that nobody knows has nothing to take back`() async throws {
        try await CommandsCommunity.with { node async throws in
            let request = VoidMoneyFact(PledgeReference("order-7"))
            #expect(try await refusal { try await node.answer(request) } == .pledgeUnknown)
        }
    }
}
