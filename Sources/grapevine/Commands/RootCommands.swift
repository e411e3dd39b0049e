import API
import ArgumentParser

struct RootGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "root",
        abstract: "What whoever keeps the root key says.",
        discussion: """
            Examples:
              grapevine root order revoke 1f2e3d4c --root-key /media/stick/games.root-key --publish
              grapevine root publish order.txt
              grapevine root list
            """,
        subcommands: [RootOrderGroup.self, RootPublish.self, RootList.self])
}

struct RootList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The root orders that are held.",
        discussion: """
            Examples:
              grapevine root list
            """)

    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "No root orders" }

    static var columns: [Table<RootOrderRow>.Column] {
        [
            .number("serial") { $0.serial },
            .init("kind") { $0.kind.rawValue },
            .init("subject", for: .people) { Words.short($0.subject) },
            .init("subject", for: .spreadsheets) { $0.subject },
            .init("at") { $0.at.text },
            .init("signed_by", for: .people) { Words.short($0.signedBy) },
            .init("signed_by", for: .spreadsheets) { $0.signedBy },
            .init("root") { $0.root.rawValue },
            .init("counts") { $0.counts ? "yes" : "no" },
            .init("order", for: .spreadsheets) { $0.order },
        ]
    }

    func question() -> ListRootOrders { ListRootOrders() }
}

struct RootPublish: Asking {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Hand a signed order to the node, which passes it on.",
        discussion: """
            Examples:
              grapevine root publish order.txt
              cat order.txt | grapevine root publish - --dry-run
            """)

    @Argument(help: ArgumentHelp("The order's file, or - for standard input.", valueName: "file"))
    var file: String
    @Flag(help: "Only say what would be cut.")
    var dryRun = false
    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> PublishRootOrder {
        PublishRootOrder(text: try OrderArgument.text(file), dryRun: dryRun ? true : nil)
    }

    func lines(_ answer: PublishRootOrder.Answer) -> [String] {
        let order = "order \(answer.order.serial) (\(answer.order.kind.rawValue))"
        guard answer.new else { return ["\(order) was known before"] }
        return [dryRun ? "\(order) would be kept and passed on" : "\(order) is kept and passed on"]
            + CutText.lines(answer.cuts, of: answer.order.kind, counts: answer.order.counts)
    }
}
