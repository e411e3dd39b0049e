import ArgumentParser

/// The command line: every command there is.
struct Grapevine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grapevine",
        abstract: "Who backs the community, and who brought whom.",
        discussion: """
            Examples:
              grapevine init --title "Marathon Friends" --currency USD
              grapevine start
              grapevine status
              grapevine import pledges pledges.csv.gz
              grapevine leaderboard --by reach
              grapevine invite --role ambassador

            Every command takes --home DIR and --json; tables also take --csv.
            Exit codes: 0 ok, 2 usage, 3 daemon not running, 4 not found,
            5 refused by a rule, 6 partly done.
            """,
        groupedSubcommands: [
            CommandGroup(name: "Begin", subcommands: [Init.self, Invite.self, TicketGroup.self, Join.self]),
            CommandGroup(
                name: "Node", subcommands: [Start.self, Stop.self, Status.self, Peers.self, Version.self]),
            CommandGroup(
                name: "Record",
                subcommands: [
                    BackerGroup.self, AmbassadorGroup.self, CodeGroup.self, ReferralGroup.self, PledgeGroup.self,
                ]),
            CommandGroup(
                name: "Members", subcommands: [MemberGroup.self, Forks.self, Choose.self, RootGroup.self]),
            CommandGroup(name: "Voice", subcommands: [PostGroup.self, FeedbackGroup.self]),
            CommandGroup(name: "Figures", subcommands: [Totals.self, Leaderboard.self, Pulse.self]),
            CommandGroup(
                name: "Whole record", subcommands: [Import.self, Export.self, Verify.self, Rebuild.self]),
        ])
}
