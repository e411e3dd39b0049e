import API
import Testing

@testable import Daemon

/// Payments in parts, and what a reference names: as a node answers.
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
}
