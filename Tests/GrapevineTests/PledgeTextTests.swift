import API
import ArgumentParser
import Foundation
import Testing

@testable import grapevine

struct PledgeTextTests {
    private func row(_ history: [PledgeEvent], more: Bool? = nil) throws -> PledgeRow {
        let time = try #require(Timestamp("2014-01-06T11:41:00Z"))
        return PledgeRow(
            pledge: "order-77", id: "x", backer: "zoe", amountMinor: 2_000, currency: "USD", exponent: 2,
            pledgedAt: time,
            status: .paid, paidMinor: 2_000, refundedMinor: 0, history: history, historyMore: more)
    }

    @Test func `every contradiction is a line with its reason`() throws {
        var row = try row([])
        #expect(!PledgeText.lines(row).contains { $0.hasPrefix("flag") })
        row.flags = PledgeFlag.allCases
        let lines = PledgeText.lines(row).filter { $0.hasPrefix("flag") }
        #expect(Set(lines).count == PledgeFlag.allCases.count)
    }

    @Test func `a change says what it came to, and every contradiction that stands`() throws {
        var row = try row([])
        #expect(PledgeText.outcome(row) == ["order-77: 20.00 USD, paid; 20.00 USD held"])
        row.flags = [.overpaid, .paidAfterCancel]
        #expect(
            PledgeText.outcome(row).dropFirst() == [
                "flagged: more is paid than was pledged", "flagged: a payment was confirmed after a cancellation",
            ])
    }

    @Test func `who pays a part without a reference is told what the next one needs`() throws {
        var row = try row([])
        let unnamed = try PledgePay.parse(["order-77", "--amount", "5.00"])
        #expect(unnamed.remarks(row).isEmpty)
        row.paidMinor = 500
        #expect(unnamed.remarks(row).joined().contains("--reference"))
        #expect(try PledgePay.parse(["order-77", "--amount", "5.00", "--reference", "r"]).remarks(row).isEmpty)
    }

    private func event(
        _ kind: PledgeEvent.Kind, _ standing: PledgeEvent.Standing = .counts, takesBack: Bool = false,
        amount: Int64? = nil, before: Int64? = nil, reference: String? = nil, to: String? = nil
    ) throws -> PledgeEvent {
        func money(_ minor: Int64?) -> PledgeEvent.Money? {
            minor.map { .init(minor: $0, currency: "USD", exponent: 2) }
        }
        return PledgeEvent(
            kind: kind, standing: standing, takesBack: takesBack, at: try #require(Timestamp("2014-01-06T11:41:00Z")),
            member: String(repeating: "a", count: 64), person: "ana", name: "Ana", amount: money(amount),
            amountBefore: money(before), reference: reference, to: to)
    }

    @Test func `every write is a line with what it was before, who wrote it and whether it counts`() throws {
        let lines = PledgeText.lines(
            try row([
                event(.backer, to: "zoe"), event(.amount, .overtaken, amount: 1_250),
                event(.amount, amount: 2_000, before: 1_250), event(.paid, amount: 2_000, reference: "r-1"),
                event(.paid, .void, takesBack: true, amount: 0, reference: "r-2"),
                event(.cancelled, .overtaken, amount: 0),
            ]))
        let table = lines.suffix(7).map {
            $0.split(separator: " ", omittingEmptySubsequences: true).dropFirst().joined(separator: " ")
        }
        #expect(
            table == [
                "what from to reference by standing", "backer zoe Ana ana counts", "amount 12.50 USD Ana ana overtaken",
                "amount 12.50 USD 20.00 USD Ana ana counts", "paid 20.00 USD r-1 Ana ana counts",
                "paid taken back r-2 Ana ana void", "cancelled Ana ana overtaken",
            ])
    }

    @Test func `an event has the keys that money facts always had, and reads back`() throws {
        let event = try event(.paid, .overtaken, amount: 5, reference: "r")
        let data = try JSONEncoder().encode(event)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(object.keys).isSuperset(of: ["kind", "amount_minor", "currency", "exponent", "reference", "at", "void"])
        )
        #expect(object["void"] as? Bool == true && object["standing"] as? String == "overtaken")
        #expect(try JSONDecoder().decode(PledgeEvent.self, from: data) == event)
        let change = try self.event(.amount, amount: 5, before: 3)
        #expect(try JSONDecoder().decode(PledgeEvent.self, from: JSONEncoder().encode(change)) == change)
    }

    @Test func `where older writes are left out it is said`() throws {
        #expect(PledgeText.lines(try row([event(.amount, amount: 1)], more: true)).contains { $0.contains("before") })
    }
}
