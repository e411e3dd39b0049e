import API
import ArgumentParser

struct PledgeChange: Asking {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Another amount; what is paid stays paid.",
        discussion: """
            Examples:
              grapevine pledge change order-77 --amount 20.00
            """)

    @OptionGroup var pledge: PledgeArgument
    @Option(parsing: .unconditional, help: ArgumentHelp("Exact decimals, like 12.50.", valueName: "amount"))
    var amount: String
    @OptionGroup var common: CommonOptions

    func question() -> ChangePledge { ChangePledge(pledge.reference, amount: amount) }

    func lines(_ row: PledgeRow) -> [String] { PledgeText.outcome(row) }
}

struct PledgePay: Asking {
    static let configuration = CommandConfiguration(
        commandName: "pay", abstract: "Confirm that it, or a part of it, has been paid.",
        discussion: """
            A payment of a cancelled pledge, and more than was pledged, is recorded and flagged.
            What was confirmed by mistake is taken back with `pledge void`.

            Examples:
              grapevine pledge pay order-77
              grapevine pledge pay order-77 --reference stripe-991
              grapevine pledge pay order-77 --amount 5.00 --reference stripe-992
            """)

    @OptionGroup var pledge: PledgeArgument
    @Option(parsing: .unconditional, help: ArgumentHelp("The whole amount unless given.", valueName: "amount"))
    var amount: String?
    @Option(
        help: ArgumentHelp(
            "The payment's own id; needed from the second part on. Of one pledge the same one twice counts once.",
            valueName: "id"))
    var reference: String?
    @OptionGroup var common: CommonOptions

    func question() -> PayPledge { PayPledge(pledge.reference, amount: amount, reference: reference) }

    func lines(_ row: PledgeRow) -> [String] { PledgeText.outcome(row) }

    func remarks(_ row: PledgeRow) -> [String] {
        // The same part twice without a reference is one payment that was sent twice.
        guard reference == nil, row.paidMinor < row.amountMinor else { return [] }
        return ["the next part needs a --reference of its own: without one the same payment counts once"]
    }
}

struct PledgeRefund: Asking {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Give back a payment, or a part of it.",
        discussion: """
            Examples:
              grapevine pledge refund order-77
              grapevine pledge refund order-77 --amount 5.00 --reference stripe-992
            """)

    @OptionGroup var pledge: PledgeArgument
    @Option(parsing: .unconditional, help: ArgumentHelp("All that is left unless given.", valueName: "amount"))
    var amount: String?
    @Option(
        help: ArgumentHelp(
            "The refund's own id; needed from the second part on. Of one pledge the same one twice counts once.",
            valueName: "id"))
    var reference: String?
    @OptionGroup var common: CommonOptions

    func question() -> RefundPledge { RefundPledge(pledge.reference, amount: amount, reference: reference) }

    func lines(_ row: PledgeRow) -> [String] { PledgeText.outcome(row) }
}

struct PledgeCancel: Asking {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Take a pledge back before it is paid.",
        discussion: """
            Examples:
              grapevine pledge cancel order-77
            """)

    @OptionGroup var pledge: PledgeArgument
    @OptionGroup var common: CommonOptions

    func question() -> CancelPledge { CancelPledge(pledge.reference) }

    func lines(_ row: PledgeRow) -> [String] { PledgeText.outcome(row) }
}

struct PledgeVoid: Asking {
    static let configuration = CommandConfiguration(
        commandName: "void",
        abstract: "Take back a payment, refund, lapse or cancellation that was recorded by mistake.",
        discussion: """
            It counts as nothing from then on, and stays in the history of the pledge. Who may record it may take it back.

            Examples:
              grapevine pledge void order-77
              grapevine pledge void order-77 --reference stripe-991
              grapevine pledge void order-77 --refund --reference stripe-992
              grapevine pledge void order-77 --cancel
            """)

    /// What is not the payment.
    enum Fact: String, EnumerableFlag {
        case refund, lapse, cancel

        static func help(for fact: Fact) -> ArgumentHelp? {
            switch fact {
            case .refund: "Take back a refund, not a payment."
            case .lapse: "Take back that it lapsed."
            case .cancel: "Take back that it was cancelled."
            }
        }

        var name: MoneyFactName {
            switch self {
            case .refund: .refund
            case .lapse: .lapse
            case .cancel: .cancel
            }
        }
    }

    @OptionGroup var pledge: PledgeArgument
    @Flag var fact: Fact?
    @Option(help: ArgumentHelp("The one it was recorded with, if any.", valueName: "id"))
    var reference: String?
    @OptionGroup var common: CommonOptions

    func question() -> VoidMoneyFact { VoidMoneyFact(pledge.reference, fact: fact?.name, reference: reference) }

    func lines(_ row: PledgeRow) -> [String] { PledgeText.outcome(row) }
}
