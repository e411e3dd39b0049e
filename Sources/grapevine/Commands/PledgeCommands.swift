import API
import ArgumentParser

struct PledgeGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pledge",
        abstract: "Promises of money, and what became of them.",
        discussion: """
            Examples:
              grapevine pledge add --backer p_1042 --amount 12.50 --code SUNNY-1
              grapevine pledge pay PLEDGE --reference stripe-991
              grapevine pledge refund PLEDGE --amount 5.00 --reference stripe-992
              grapevine pledge void PLEDGE --refund --reference stripe-992
              grapevine pledge list
            """,
        subcommands: [
            PledgeAdd.self, PledgeChange.self, PledgePay.self, PledgeRefund.self, PledgeCancel.self, PledgeVoid.self,
            PledgeShow.self, PledgeList.self,
        ])
}

struct PledgeAdd: Asking {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Record a pledge.",
        discussion: """
            Examples:
              grapevine pledge add --backer p_1042 --amount 12.50
              grapevine pledge add --anonymous --amount 5.00 --currency EUR
              grapevine pledge add --backer p_1042 --amount 12.50 --external order-77
            """)

    @Option(help: ArgumentHelp("Who pledges: an external id, a contact, a printed id or a code.", valueName: "person"))
    var backer: String?
    @Flag(help: "Nobody says who.")
    var anonymous = false
    @Option(parsing: .unconditional, help: ArgumentHelp("Exact decimals, like 12.50.", valueName: "amount"))
    var amount: String
    @Option(help: ArgumentHelp("The community's own unless given.", valueName: "currency"))
    var currency: String?
    @Option(help: ArgumentHelp("The code it came with.", valueName: "code"))
    var code: String?
    @Option(help: ArgumentHelp("When; now unless given.", valueName: "time"))
    var at: String?
    @Option(help: ArgumentHelp("Its id in your own books.", valueName: "id"))
    var external: String?
    @Option(
        help: ArgumentHelp(
            "Whose books these are; without --external, whose id the backer's is.", valueName: "source"))
    var source: String?
    @Option(help: ArgumentHelp("Whose id the backer's is, where it is not --source.", valueName: "source"))
    var backerSource: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard anonymous != (backer != nil) else {
            throw ValidationError("Give either --backer PERSON or --anonymous.")
        }
    }

    func question() throws(Failure) -> AddPledge {
        let at: Timestamp? = if let at { try Timestamp(argument: at, of: "--at") } else { nil }
        let backerSource = backerSource ?? (external == nil ? source : nil)
        return AddPledge(
            backer: backer.map { PersonReference($0, source: backerSource) }, amount: amount, currency: currency,
            code: code, at: at, external: external, source: external == nil ? nil : source)
    }

    func lines(_ answer: AddPledge.Answer) -> [String] {
        [answer.pledge]
    }
}

/// Which pledge: what the commands on one pledge share.
struct PledgeArgument: ParsableArguments {
    @Argument(help: "Its printed id, or its external id.")
    var pledge: String
    @OptionGroup var source: SourceOption

    var reference: PledgeReference { PledgeReference(pledge, source: source.source) }
}

struct PledgeShow: Asking {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One pledge, and everything that was ever written of it.",
        discussion: """
            Every change and payment is listed with who wrote it and whether it counts. Of one value, and of payments of one
            reference, the latest counts; it has overtaken the others.

            Examples:
              grapevine pledge show order-77
              grapevine pledge show order-77 --json
            """)

    @OptionGroup var pledge: PledgeArgument
    @OptionGroup var common: CommonOptions

    func question() -> ShowPledge { ShowPledge(pledge.reference) }

    func lines(_ row: PledgeRow) -> [String] { PledgeText.lines(row) }
}

struct PledgeList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All pledges.",
        discussion: """
            Examples:
              grapevine pledge list --limit 20
              grapevine pledge list --flagged
              grapevine pledge list --limit 0 --csv > pledges.csv
            """)

    @Flag(help: "Only those whose facts contradict each other.")
    var flagged = false
    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String {
        flagged ? "No pledge is flagged" : "No pledges yet: grapevine pledge add, or grapevine import pledges FILE"
    }

    static var columns: [Table<PledgeRow>.Column] {
        [
            .init("pledge") { $0.pledge },
            .init("id", for: .spreadsheets) { $0.id },
            .init("backer") { $0.backer ?? "" },
            .init("amount", isNumber: true) { DecimalText.amount(minor: $0.amountMinor, exponent: $0.exponent) },
            .init("currency") { $0.currency },
            .init("pledged_at") { $0.pledgedAt.text },
            .init("status") { $0.status.rawValue },
            .init("paid", isNumber: true) { DecimalText.amount(minor: $0.paidMinor, exponent: $0.exponent) },
            .init("refunded", isNumber: true) { DecimalText.amount(minor: $0.refundedMinor, exponent: $0.exponent) },
            .init("code") { $0.code ?? "" },
            .init("ambassador") { $0.ambassador ?? "" },
            .init("flags") { $0.flags.map(\.rawValue).joined(separator: " ") },
        ]
    }

    func question() -> ListPledges { ListPledges(flagged: flagged ? true : nil) }
}
