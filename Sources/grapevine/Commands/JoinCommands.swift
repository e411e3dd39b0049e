import API
import ArgumentParser

struct TicketGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ticket", abstract: "Invitations.",
        discussion: """
            Examples:
              grapevine ticket show @ticket.txt
            """,
        subcommands: [TicketShow.self])
}

struct TicketShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What a ticket is for; nothing secret.",
        discussion: """
            Examples:
              grapevine ticket show @ticket.txt
              xclip -o | grapevine ticket show -
            """)

    @Argument(help: "@FILE, - for standard input, or the ticket itself.")
    var ticket: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try FoundingBridge.describe(ticket: try TicketArgument.text(ticket))
        if common.json {
            try Console.show(json: answer)
        } else {
            Console.show(
                Facts.lines([
                    ("community", "\(answer.title), \(answer.currency)"), ("id", answer.community),
                    ("role", answer.role),
                    ("uses", answer.uses.map { "\($0)" }), ("expires", answer.expiresAt?.text),
                    ("addresses", answer.addresses.isEmpty ? nil : answer.addresses.joined(separator: ", ")),
                ]))
        }
    }
}

struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join a community with a ticket.",
        discussion: """
            Examples:
              grapevine join @ticket.txt
              xclip -o | grapevine join -

            Nobody else needs to be online. A member who was away too long, and whom nobody
            answers any more, stops his node and joins again with a new ticket: that brings
            the network key and addresses, and changes nothing else.
            """)

    @Argument(help: "@FILE, - for standard input, or the ticket itself.")
    var ticket: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try FoundingBridge.join(
            home: try common.homePath(), ticket: try TicketArgument.text(ticket))
        if common.json {
            try Console.show(json: answer)
        } else {
            let sentence =
                answer.refreshed
                ? "You are a member already: key, role and record stay. Network key and addresses are the ticket's now."
                : "Joined."
            Console.show(
                [sentence, ""]
                    + Facts.lines([
                        ("community", answer.community), ("you are", "\(answer.role) \(Words.short(answer.member))"),
                        ("home", answer.home),
                    ])
                    + ["", "Next: grapevine start"])
        }
    }
}
