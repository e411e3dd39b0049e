import API
import ArgumentParser

struct ReferralGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "referral",
        abstract: "Who brought whom.",
        discussion: """
            Examples:
              grapevine referral add p_1042 SUNNY-1
              grapevine referral list p_1042
              grapevine referral explain p_1042
              grapevine referral tree SUNNY-1 --depth 2
              grapevine referral path p_1042
              grapevine referral unlink p_1042
            """,
        subcommands: [
            ReferralAdd.self, ReferralUnlink.self, ReferralList.self, ReferralExplain.self, ReferralTree.self,
            ReferralPath.self,
        ])
}

struct ReferralAdd: Asking {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Record that a code brought somebody.",
        discussion: """
            Examples:
              grapevine referral add p_1042 SUNNY-1
              grapevine referral add p_1042 SUNNY-1 --at 2026-01-31T18:00:00Z
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @Argument(help: "The code of who brought them.")
    var code: String
    @Option(help: ArgumentHelp("When; now unless given.", valueName: "time"))
    var at: String?
    @Flag(help: "Take a code that nobody owns yet.")
    var allowUnknown = false
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> AddReferral {
        let at: Timestamp? = if let at { try Timestamp(argument: at, of: "--at") } else { nil }
        return AddReferral(
            PersonReference(person, source: source.source), code: code, at: at, allowUnknown: allowUnknown ? true : nil)
    }

    func lines(_ answer: AddReferral.Answer) -> [String] {
        [
            "\(answer.person) was recorded with code \(answer.code)",
            answer.ambassador.map { "\($0) brought them" }
                ?? "nobody counts as having brought them yet: grapevine referral explain says why",
        ]
    }
}

struct ReferralUnlink: Asking {
    static let configuration = CommandConfiguration(
        commandName: "unlink", abstract: "Take back who brought somebody; a later claim may link them again.",
        discussion: """
            A steward takes back every claim so far, anybody else those that they recorded themselves.

            Examples:
              grapevine referral unlink p_1042
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> UnlinkReferral { UnlinkReferral(PersonReference(person, source: source.source)) }

    func lines(_ answer: UnlinkReferral.Answer) -> [String] {
        [
            answer.ambassador.map { "\(answer.person) still counts as brought by \($0): others claim it, too" }
                ?? "nobody counts as having brought \(answer.person) now"
        ]
    }
}

struct ReferralList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All claims on one person, the earliest first.",
        discussion: """
            Examples:
              grapevine referral list p_1042
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "Nobody claims to have brought them: grapevine referral add PERSON CODE" }

    static var columns: [Table<ReferralRow>.Column] {
        [
            .init("person", for: .spreadsheets) { $0.person },
            .init("code") { $0.code },
            .init("ambassador") { $0.ambassador ?? "" },
            .init("at") { $0.at.text },
            .init("standing") { $0.wins ? "wins" : $0.counts ? "counts" : "does not count" },
            .init("flags") { $0.flags.map(\.rawValue).joined(separator: " ") },
        ]
    }

    func question() -> ListReferrals {
        ListReferrals(PersonReference(person, source: source.source))
    }
}

struct ReferralExplain: Asking {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Why somebody counts as having brought a person.",
        discussion: """
            Every claim, who owns its code now, who recorded it, and the rule by which it wins or does not.

            Examples:
              grapevine referral explain p_1042
              grapevine referral explain p_1042 --json
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> ExplainReferral {
        ExplainReferral(PersonReference(person, source: source.source))
    }

    func lines(_ answer: ExplainReferral.Answer) -> [String] { ExplainText.lines(answer) }
}

struct ReferralTree: Asking {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Those below the owner of a code, the most reaching first.",
        discussion: """
            Of each person as many are shown as --limit says, or fewer where there are
            very many in all, and the others are counted. To see these, take --after
            or --limit 0, or ask for the tree of somebody further down.

            Examples:
              grapevine referral tree SUNNY-1
              grapevine referral tree SUNNY-1 --depth 1 --limit 100
              grapevine referral tree SUNNY-1 --depth 64 --limit 0 --json
            """)

    @Argument(help: "A code.")
    var code: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Generations to show.", valueName: "n"))
    var depth = Limits.treeDepth
    @Option(parsing: .unconditional, help: ArgumentHelp("Children to show of one person; 0 for all.", valueName: "n"))
    var limit = Limits.treeChildren
    @Option(help: ArgumentHelp("The `next` of the page before.", valueName: "cursor"))
    var after: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (0...Limits.treeDepthCeiling).contains(depth) else {
            throw ValidationError("--depth is 0 to \(Limits.treeDepthCeiling).")
        }
        guard limit >= 0 else { throw ValidationError("--limit is 0 or more.") }
    }

    func question() -> GetReferralTree {
        GetReferralTree(code: code, depth: depth, after: after, limit: limit == 0 ? nil : limit)
    }

    func answer() async throws -> Marked<ReferralNode> {
        let question = question()
        let isWhole = limit == 0
        return try await DaemonClient.with(home: try common.homePath()) { daemon in
            var pages = TreePages { try await daemon.askMarked($0) }
            return Marked(try await pages.read(question, isWhole: isWhole), missing: pages.missing)
        }
    }

    func lines(_ root: ReferralNode) -> [String] { TreeText.lines(root, generations: depth) }

    func remarks(_ root: ReferralNode) -> [String] { root.next.map { ["more: --after \($0)"] } ?? [] }
}

struct ReferralPath: Asking {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "A person, who brought them, and so on.",
        discussion: """
            Examples:
              grapevine referral path p_1042
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> GetReferralPath {
        GetReferralPath(PersonReference(person, source: source.source))
    }

    func lines(_ answer: GetReferralPath.Answer) -> [String] {
        let names = answer.names ?? []
        return answer.path.enumerated().map { index, person in
            let person = Words.person(person, name: names.indices.contains(index) ? names[index] : nil)
            return index == 0 ? person : "brought by \(person)"
        }
    }
}
