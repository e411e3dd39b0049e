import API
import ArgumentParser

struct Invite: Asking {
    static let configuration = CommandConfiguration(
        abstract: "Make a ticket for somebody to join with.",
        discussion: """
            Examples:
              grapevine invite --role ambassador
              grapevine invite --role ambassador --uses 20 --expires 4w
              grapevine invite --role ambassador --quota-operations 500
              grapevine invite --role observer > ticket.txt

            The ticket is a secret: whoever holds it can join.
            """)

    @Option(help: "What the newcomer may do.")
    var role: RoleName
    @Option(help: ArgumentHelp("How many may join with it.", valueName: "n"))
    var uses = 1
    @Option(help: ArgumentHelp("How long it is good for: 12h, 7d, 4w.", valueName: "duration"))
    var expires = "7d"
    @OptionGroup var quota: QuotaOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard uses > 0 else { throw ValidationError("--uses is 1 or more.") }
    }

    func question() throws(Failure) -> MakeInvite {
        MakeInvite(
            role: role, uses: uses, validSeconds: try DurationText(argument: expires, of: "--expires").seconds,
            operationsPerDay: try quota.operationsPerDay(), bytesPerDay: try quota.bytesPerDay())
    }

    func remarks(_ answer: MakeInvite.Answer) -> [String] {
        guard answer.addresses.isEmpty else { return [] }
        return [
            "This ticket names no place to call: its holder will find nobody.",
            "Start this node with the address by which others reach it, and invite again:",
            "  grapevine stop; grapevine start --listen 192.168.1.20:7433",
        ]
    }

    func lines(_ answer: MakeInvite.Answer) -> [String] { [answer.ticket] }
}
