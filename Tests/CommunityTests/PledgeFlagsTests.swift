import AuthorLog
import Community
import Identity
import Testing

/// Facts that contradict each other, as members who are cut off may sign them: in any order the same flags.
@Suite struct PledgeFlagsTests {
    private func flags(_ write: (inout Stage) throws -> Void) throws -> PledgeFlags {
        var stage = try Stage()
        try stage.pledge("p", by: "zoe")
        try write(&stage)
        let store = try stage.folded()
        let flags = try #require(store.pledge(stage.pledge("p"))).flags
        #expect(store.totals.flaggedPledges == (flags.isEmpty ? 0 : 1))
        return flags
    }

    private func confirm(_ minor: Int64, _ reference: String = "") throws -> Record.MoneyFact {
        .init(kind: .confirm, reference: reference, amount: try usd(minor))
    }

    @Test func `a pledge that is paid, refunded and closed as it should be has no flag`() throws {
        #expect(try flags { _ in } == [])
        #expect(try flags { $0.money("p", [try confirm(400, "a"), try confirm(600, "b")]) } == [])
        #expect(
            try flags {
                $0.money("p", [try confirm(1_000)])
                $0.money("p", [.init(kind: .refund, amount: try usd(1_000))])
            } == [])
        #expect(try flags { $0.money("p", [.init(kind: .cancel)]) } == [])
    }

    @Test func `more paid than pledged is flagged, until the pledge is as large`() throws {
        #expect(try flags { $0.money("p", [try confirm(600, "a"), try confirm(401, "b")]) } == [.overpaid])
        #expect(
            try flags { stage in
                stage.money("p", [try confirm(1_001)])
                stage.change("p", to: try usd(1_001))
            } == [])
    }

    @Test func `a payment and a cancellation are flagged by which of them is later`() throws {
        let cancel = Record.MoneyFact(kind: .cancel)
        #expect(
            try flags {
                $0.money("p", [cancel])
                $0.money("p", [try confirm(5)])
            } == [.paidAfterCancel])
        #expect(
            try flags {
                $0.money("p", [try confirm(5)])
                $0.money("p", [cancel])
            } == [.cancelledAfterPayment])
        #expect(
            try flags {
                $0.money("p", [cancel])
                $0.money("p", [try confirm(5)])
                $0.money("p", [.init(kind: .cancel, isVoid: true)])
            } == [])
    }

    @Test func `two refunds that together exceed what was paid are flagged`() throws {
        let refunds = try ["a", "b"].map { Record.MoneyFact(kind: .refund, reference: $0, amount: try usd(600)) }
        #expect(
            try flags {
                $0.money("p", [try confirm(1_000)])
                for refund in refunds { $0.money("p", [refund]) }
            } == [.overRefunded])
    }

    @Test func `a payment in another currency is flagged, until the pledge is in it`() throws {
        let foreign = try #require(Currency("EUR").flatMap { Amount(minor: 5, currency: $0) })
        #expect(
            try flags { $0.money("p", [.init(kind: .confirm, reference: "e", amount: foreign)]) } == [.otherCurrency])
        #expect(
            try flags { stage in
                stage.money("p", [.init(kind: .confirm, reference: "e", amount: foreign)])
                stage.change("p", to: foreign)
            } == [])
    }

    @Test func `one reference with two amounts is flagged for good, and a payment without one is just corrected`()
        throws
    {
        #expect(
            try flags {
                $0.money("p", [try confirm(5, "tx")])
                $0.money("p", [try confirm(6, "tx")])
                $0.money("p", [.init(kind: .confirm, reference: "tx", isVoid: true)])
            } == [.twoAmounts])
        #expect(
            try flags {
                $0.money("p", [try confirm(5, "tx")])
                $0.money("p", [.init(kind: .confirm, reference: "tx", isVoid: true)])
                $0.money("p", [try confirm(5, "tx")])
            } == [])
        #expect(
            try flags {
                $0.money("p", [try confirm(5)])
                $0.money("p", [try confirm(6)])
            } == [])
    }
}
