import API
import AuthorLog
import Community
import Identity
import Storage
import Testing

@testable import Daemon

/// What commands do to the money of a pledge, and what they refuse.
struct CommandsPledgeMoneyTests {
    private func amount(_ minor: Int64) throws -> Amount { try #require(Amount(minor: minor, currency: .usd)) }

    private func pledge(
        _ state: PledgeState = .pledged, of minor: Int64 = 1_250, paid: Int64 = 0, refunded: Int64 = 0,
        _ facts: [(Record.MoneyKind, String, Int64)] = []
    ) throws -> HeldPledge {
        var pledge = HeldPledge(amount: try amount(minor))
        pledge.state = state
        pledge.paidMinor = paid
        pledge.refundedMinor = refunded
        pledge.facts = try facts.map { kind, reference, minor in
            HeldMoneyFact(kind: kind, reference: reference, amount: try amount(minor), isImported: false)
        }
        return pledge
    }

    private func refusal(_ body: () throws -> Record.MoneyFact?) throws -> Failure.Code {
        try #require(throws: Failure.self) { try body() }.code
    }

    // MARK: Paying

    @Test func `paying confirms the whole amount, with its reference or none`() throws {
        let pledge = try pledge()
        let whole = Record.MoneyFact(kind: .confirm, amount: try amount(1_250))
        #expect(try pledge.payment(of: nil, reference: "") == whole)
        let named = Record.MoneyFact(kind: .confirm, reference: "stripe-1", amount: try amount(1_250))
        #expect(try pledge.payment(of: nil, reference: "stripe-1") == named)
    }

    @Test func `a part is paid where one is named, and more than was pledged`() throws {
        let paid = try pledge(.paid, paid: 500, [(.confirm, "r-1", 500)])
        for minor in [Int64(1), 750, 1_251] {
            let part = Record.MoneyFact(kind: .confirm, reference: "r-2", amount: try amount(minor))
            #expect(try paid.payment(of: amount(minor), reference: "r-2") == part)
        }
        #expect(try paid.payment(of: nil, reference: "r-2")?.amount == amount(1_250))
    }

    @Test func `a cancelled pledge and one of nothing are paid what came in`() throws {
        let cancelled = try pledge(.cancelled, [(.cancel, "", 0)])
        #expect(try cancelled.payment(of: nil, reference: "")?.amount == amount(1_250))
        #expect(try pledge(of: 0).payment(of: amount(5), reference: "")?.amount == amount(5))
    }

    @Test func `the same payment twice says nothing new`() throws {
        let pledge = try pledge(.paid, paid: 1_650, [(.confirm, "", 1_250), (.confirm, "r-1", 400)])
        #expect(try pledge.payment(of: nil, reference: "") == nil)
        #expect(try pledge.payment(of: amount(1_250), reference: "") == nil)
        #expect(try pledge.payment(of: amount(400), reference: "r-1") == nil)
        #expect(try pledge.payment(of: nil, reference: "stripe-1") != nil)
    }

    @Test func `another amount under a reference that names a payment is refused, and none is a reference, too`() throws
    {
        let pledge = try pledge(.paid, of: 2_000, paid: 1_650, [(.confirm, "", 1_250), (.confirm, "r-1", 400)])
        let named = try #require(throws: Failure.self) { try pledge.payment(of: nil, reference: "r-1") }
        #expect(named.code == .reference)
        #expect(named.message == "the reference r-1 names a payment of 4.00 USD; this one is of 20.00 USD")
        let unnamed = try #require(throws: Failure.self) { try pledge.payment(of: nil, reference: "") }
        #expect(unnamed.code == .reference)
        #expect(
            unnamed.message == "a payment of 12.50 USD without a reference is confirmed; this one is of 20.00 USD")
        #expect(try refusal { try pledge.payment(of: amount(399), reference: "r-1") } == .reference)
        #expect(try refusal { try pledge.payment(of: amount(1), reference: "") } == .reference)
    }

    @Test func `a payment in another currency is named in its own`() throws {
        var pledge = try pledge(.pledged, [(.confirm, "r-1", 1_250)])
        let dong = try #require(Currency("VND"))
        pledge.facts[0].amount = try #require(Amount(minor: 1_250, currency: dong))
        let failure = try #require(throws: Failure.self) { try pledge.payment(of: nil, reference: "r-1") }
        #expect(failure.message == "the reference r-1 names a payment of 1250 VND; this one is of 12.50 USD")
    }

    @Test func `a payment that was withdrawn is confirmed again, with any amount`() throws {
        var pledge = try pledge(.pledged, [(.confirm, "", 1_250)])
        pledge.facts[0].isVoid = true
        #expect(try pledge.payment(of: nil, reference: "") != nil)
        #expect(try pledge.payment(of: amount(7), reference: "")?.amount == amount(7))
    }

    @Test func `nothing cannot be paid`() throws {
        #expect(try refusal { try pledge(of: 0).payment(of: nil, reference: "") } == .pledgeState)
        #expect(try refusal { try pledge().payment(of: amount(0), reference: "") } == .amount)
    }

    // MARK: Refunding

    @Test func `a refund is of all that is left unless said`() throws {
        let pledge = try pledge(.paid, paid: 1_250, refunded: 250, [(.confirm, "", 1_250), (.refund, "r-1", 250)])
        #expect(try pledge.refund(of: nil, reference: "") == Record.MoneyFact(kind: .refund, amount: amount(1_000)))
        let part = Record.MoneyFact(kind: .refund, reference: "r-2", amount: try amount(100))
        #expect(try pledge.refund(of: amount(100), reference: "r-2") == part)
    }

    @Test func `more than is left is refused`() throws {
        let pledge = try pledge(.paid, paid: 1_250, refunded: 250, [(.confirm, "", 1_250), (.refund, "r-1", 250)])
        let failure = try #require(throws: Failure.self) { try pledge.refund(of: amount(1_001), reference: "") }
        #expect(failure.code == .pledgeState)
        #expect(failure.message == "only 10.00 USD of what was paid is left to refund")
    }

    @Test func `what was not paid is not refunded`() throws {
        #expect(try refusal { try pledge().refund(of: nil, reference: "") } == .pledgeState)
        #expect(try refusal { try pledge(.cancelled).refund(of: amount(1), reference: "r") } == .pledgeState)
    }

    @Test func `a second partial refund needs a reference`() throws {
        let pledge = try pledge(.paid, paid: 1_250, refunded: 400, [(.confirm, "", 1_250), (.refund, "", 400)])
        #expect(try refusal { try pledge.refund(of: amount(400), reference: "") } == .reference)
        #expect(try refusal { try pledge.refund(of: amount(100), reference: "") } == .reference)
        #expect(try refusal { try pledge.refund(of: nil, reference: "") } == .reference)
        #expect(try pledge.refund(of: amount(400), reference: "r-2") != nil)
    }

    @Test func `the same refund twice says nothing new, and another one under its reference is refused`() throws {
        let named = try pledge(.paid, paid: 1_250, refunded: 400, [(.confirm, "", 1_250), (.refund, "r-1", 400)])
        #expect(try named.refund(of: amount(400), reference: "r-1") == nil)
        #expect(try refusal { try named.refund(of: amount(500), reference: "r-1") } == .reference)
        let whole = try pledge(.refunded, paid: 1_250, refunded: 1_250, [(.confirm, "", 1_250), (.refund, "", 1_250)])
        #expect(try whole.refund(of: nil, reference: "") == nil)
        #expect(try whole.refund(of: amount(1_250), reference: "") == nil)
        #expect(try refusal { try whole.refund(of: nil, reference: "r-1") } == .pledgeState)
        #expect(try refusal { try whole.refund(of: amount(1), reference: "r-1") } == .pledgeState)
    }

    @Test func `a refund of nothing is refused`() throws {
        let pledge = try pledge(.paid, paid: 1_250, [(.confirm, "", 1_250)])
        #expect(try refusal { try pledge.refund(of: amount(0), reference: "") } == .amount)
    }

    // MARK: Cancelling

    @Test func `only what is not paid is cancelled, and only once`() throws {
        #expect(try pledge().cancellation() == Record.MoneyFact(kind: .cancel))
        #expect(try pledge(.lapsed).cancellation() == Record.MoneyFact(kind: .cancel))
        #expect(try pledge(.cancelled).cancellation() == nil)
        let failure = try #require(throws: Failure.self) { try pledge(.paid, paid: 1_250).cancellation() }
        #expect(failure.code == .pledgeState)
        #expect(failure.hint == "grapevine pledge refund")
        #expect(try refusal { try pledge(.refunded, paid: 1, refunded: 1).cancellation() } == .pledgeState)
    }

    // MARK: Taking back

    @Test(arguments: [
        (MoneyFactName.payment, Record.MoneyKind.confirm), (.refund, .refund), (.lapse, .lapse), (.cancel, .cancel),
    ])
    func `what stands under a kind and reference is taken back`(name: MoneyFactName, kind: Record.MoneyKind) throws {
        let pledge = try pledge(
            .paid, paid: 1_250, Record.MoneyKind.allCases.flatMap { [($0, "", 1), ($0, "r-1", 2)] })
        for reference in ["", "r-1"] {
            let void = Record.MoneyFact(kind: kind, reference: reference, isVoid: true)
            #expect(try pledge.void(of: name, reference: reference) == void)
        }
    }

    @Test func `what is not there is not taken back, and what is, is taken back once`() throws {
        var pledge = try pledge(.paid, paid: 1_250, [(.confirm, "r-1", 1_250), (.refund, "r-2", 5)])
        pledge.facts[1].isVoid = true
        func refusal(_ name: MoneyFactName, _ reference: String) throws -> Failure {
            try #require(throws: Failure.self) { try pledge.void(of: name, reference: reference) }
        }
        let unnamed = try refusal(.payment, "")
        #expect(unnamed.code == .reference && unnamed.message == "the pledge has no payment without a reference")
        let named = try refusal(.payment, "r-2")
        #expect(named.code == .reference && named.message == "the pledge has no payment r-2")
        let twice = try refusal(.refund, "r-2")
        #expect(
            twice.code == .pledgeState
                && twice.message == "there is nothing to take back: the refund r-2 is taken back already")
        for (name, reference) in [(MoneyFactName.refund, ""), (.cancel, ""), (.lapse, "r-1")] {
            let none = try refusal(name, reference)
            #expect(
                none.code == .pledgeState
                    && none.message == "there is nothing to take back: the pledge has no \(name.rawValue)")
        }
    }

    // MARK: Amounts

    @Test(arguments: [
        ("-1", "USD"), ("1.005", "USD"), ("1.0", "VND"), ("1e3", "USD"), ("", "USD"), ("1,50", "USD"), ("$1", "USD"),
        ("1000000000000000000000", "USD"), ("10000000000000.01", "USD"), (".5", "USD"), ("5.", "USD"), ("+5", "USD"),
        ("١", "USD"),
    ])
    func `what is no amount is refused with the reason`(text: String, code: String) throws {
        let currency = try #require(Currency(code))
        let failure = try #require(throws: Failure.self) { try Amount(argument: text, currency: currency) }
        #expect(failure.code == .amount)
    }

    @Test func `amounts are exact`() throws {
        #expect(try Amount(argument: " 12.5 ", currency: .usd).minor == 1_250)
        #expect(try Amount(argument: "10000000000000", currency: .usd).minor == 1_000_000_000_000_000)
        let dinar = try #require(Currency("BHD"))
        #expect(try Amount(argument: "0.001", currency: dinar).minor == 1)
    }

    @Test func `a sum beyond 64 bits is over range, in its currency`() throws {
        #expect(try Int64(exact: Int128(Int64.max), in: "USD") == .max)
        let failure = try #require(throws: Failure.self) { try Int64(exact: Int128(Int64.max) + 1, in: "USD") }
        #expect(failure.code == .overRange)
        #expect(failure.message.contains("USD"))
    }
}
