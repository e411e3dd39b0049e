import API
import AuthorLog
import Community
import Storage
import Testing

@testable import Daemon

struct CommandsPulseTests {
    @Test func `a new community has every figure, and nothing to say`() async throws {
        try await CommandsCommunity.with { node in
            let pulse = try await node.answer(GetPulse())
            #expect(pulse.currency == "USD")
            #expect(pulse.windowDays == 28)
            #expect(pulse.figures.map(\.figure).sorted() == PulseFigure.Name.allCases.map(\.rawValue).sorted())
            #expect(pulse.figures.allSatisfy { !$0.enough && $0.value == nil && $0.low == nil })
            #expect(pulse.alarms == [])
        }
    }

    /// 30 pledges of 5.00; 24 are paid, six of those refunded: 90.00 of 150.00 kept, and 6 of 24 refunded.
    @Test func `a pulse has exact ratios, and says them once there are enough`() async throws {
        try await CommandsCommunity.with { node in
            for number in 0..<30 {
                let id = try await node.answer(AddPledge(backer: nil, amount: "5")).pledge
                if number < 24 { _ = try await node.answer(PayPledge(PledgeReference(id))) }
                if number < 6 { _ = try await node.answer(RefundPledge(PledgeReference(id))) }
            }
            let before = try await node.store.recordFigures().updates
            let pulse = try await node.answer(GetPulse())
            let rows = Dictionary(uniqueKeysWithValues: pulse.figures.map { ($0.figure, $0) })
            let kept = try #require(rows["kept"])
            #expect([kept.numerator, kept.denominator] == [9_000, 15_000])
            #expect(kept.value == "60.0")
            #expect(kept.currency == "USD")
            let refunds = try #require(rows["refund_rate"])
            #expect([refunds.numerator, refunds.denominator] == [6, 24])
            #expect(refunds.value == nil && !refunds.enough && refunds.minimum == 30)
            let cancellations = try #require(rows["cancel_rate"])
            #expect(cancellations.value == "0.0")
            // Wilson, 0 of 30.
            #expect(cancellations.low == "0.0" && cancellations.high == "11.4")
            let reversals = try #require(rows["reversals"])
            #expect(reversals.value == nil && reversals.trend.direction == .tooFew)
            #expect(pulse.asOf != nil)
            // Asking changes nothing, and the same record answers the same.
            #expect(try await node.answer(GetPulse()) == pulse)
            #expect(try await node.store.recordFigures().updates == before)
        }
    }

    @Test func `a sum over range is told, not cut`() throws {
        let trend = PulseTrend(.tooFew, recent: Fraction(0, 0), before: Fraction(0, 0))
        let figure = PulseFigure(
            .kept, currency: Currency("USD"), value: Fraction(1, Int128(Int64.max) + 1), count: 30, minimum: 30,
            trend: trend)
        #expect(throws: Failure.self) { try PulseRow(figure) }
    }
}
