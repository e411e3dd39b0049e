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

            Nobody else needs to be online.
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
            Console.show(
                ["Joined.", ""]
                    + Facts.lines([
                        ("community", answer.community), ("you are", "\(answer.role) \(Words.short(answer.member))"),
                        ("home", answer.home),
                    ])
                    + ["", "Next: grapevine start"])
        }
    }
}
