import API
import ArgumentParser

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "This node at a glance.",
        discussion: """
            Examples:
              grapevine status
              grapevine status --json | jq .updates
              grapevine status --json | jq .progress     # only while something is known to be missing

            progress: done and total are updates, by what peers say; unfolded are here and
            not in the figures yet; per_second, seconds_left; needed_bytes of free_bytes.
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let home = try common.homePath()
        do {
            let status = try await DaemonClient.with(home: home) {
                try await $0.ask(GetStatus(), patience: .seconds(30))
            }
            if common.json {
                try Console.show(json: status)
            } else {
                Console.show(StatusText.lines(status))
            }
        } catch let failure as Failure where failure.code == .daemonDown {
            try offline(home: home, failure)
        }
    }

    /// What the home alone tells.
    private func offline(home: String, _ failure: Failure) throws {
        let description = try FoundingBridge.describe(home: home)
        if common.json {
            try Console.show(json: OfflineStatus(failure, description))
        } else {
            Console.show(StatusText.lines(offline: description, reason: failure.message))
        }
        throw PartlyDone(exit: failure.exit)
    }
}

/// The error that says why there is no more, and what the home tells without a daemon.
struct OfflineStatus: Encodable {
    struct Node: Encodable {
        let member: String
        let role: String
    }

    let error: Failure
    let community: GetStatus.Answer.Community
    let node: Node

    init(_ failure: Failure, _ home: HomeAnswer) {
        error = failure
        community = .init(id: home.community, title: home.title, currency: home.currency)
        node = Node(member: home.member, role: home.role)
    }
}

struct Peers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The other nodes this one knows.",
        discussion: """
            Examples:
              grapevine peers
              grapevine peers --csv
            """)

    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions
}

extension Peers: Listing {
    var emptyLine: String { "No peers yet: grapevine invite --role ambassador" }

    static var columns: [Table<PeerRow>.Column] {
        [
            .init("member", for: .people) { Words.short($0.member) },
            .init("member", for: .spreadsheets) { $0.member },
            .init("name") { $0.name ?? "" },
            .init("address") { $0.address },
            .init("connected") { $0.connected ? "yes" : "no" },
            .number("behind") { $0.behind },
            .init("last_heard") { $0.lastHeard?.text ?? "" },
        ]
    }

    func question() -> ListPeers { ListPeers() }
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What this build is.",
        discussion: """
            Examples:
              grapevine version
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        let answer = GetVersion.Answer()
        if common.json {
            try Console.show(json: answer)
        } else {
            Console.show(["grapevine \(answer.version), protocol \(answer.protocol)"])
        }
    }
}
