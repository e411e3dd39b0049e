import API
import ArgumentParser

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Found a community.",
        discussion: """
            Examples:
              grapevine init --title "Marathon Friends" --currency USD
              grapevine init --title Amis --currency EUR --attribution last-touch
              grapevine init --title Games --currency USD --qualifying 40.00 \\
                --root-key /media/stick/games.root-key

            It writes the root key and its successor to two files. Keep both offline:
            they decide who is a steward.
            """)

    @Option(help: ArgumentHelp("What people call it.", valueName: "title"))
    var title: String
    @Option(help: ArgumentHelp("Its base currency, ISO 4217.", valueName: "currency"))
    var currency: String
    @Option(help: "Who gets the credit for a pledge, unless somebody asks otherwise.")
    var attribution = AttributionName.firstTouch
    @Option(help: ArgumentHelp("By last touch, how long a claim credits pledges without a code.", valueName: "n"))
    var windowDays: UInt32 = 0
    @Option(help: ArgumentHelp("A person's pledges credit only once one payment is this much.", valueName: "amount"))
    var qualifying: String?
    @Option(help: ArgumentHelp("Where the root key goes; not in the home.", valueName: "file"))
    var rootKey: String?
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let answer = try FoundingBridge.found(
            home: try common.homePath(), title: title, currency: currency, attribution: attribution,
            windowDays: windowDays, qualifying: qualifying, rootKey: rootKey)
        if common.json {
            try Console.show(json: answer)
        } else {
            Console.show(
                ["\(title) is founded.", ""]
                    + Facts.lines([
                        ("community", answer.community), ("you are", "steward \(Words.short(answer.member))"),
                        ("home", answer.home), ("root key", answer.rootKeyFile), ("successor", answer.successorKeyFile),
                    ])
                    + [
                        "", "Move both key files to a medium you keep offline: they decide who is a steward.",
                        "Next: grapevine start",
                    ])
        }
    }
}
