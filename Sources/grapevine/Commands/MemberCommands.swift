import API
import ArgumentParser

struct MemberGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member",
        abstract: "Who may do what, and by whom.",
        discussion: """
            Examples:
              grapevine member list
              grapevine member show 1f2e3d4c
              grapevine member grant 1f2e3d4c --role treasurer --source shop
              grapevine member revoke 1f2e3d4c --dry-run

            A member is named by its key or the first 8 or more of its digits, by its own
            code, or as the person it is.
            """,
        subcommands: [
            MemberList.self, MemberShow.self, MemberGrant.self, MemberAdmit.self, MemberRevoke.self,
            MemberSucceed.self, MemberSuspend.self, MemberRestore.self,
        ])
}

struct MemberList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All members, a row for each key.",
        discussion: """
            Examples:
              grapevine member list
              grapevine member list --limit 0 --csv > members.csv
            """)

    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "No members: not even this one has written yet" }

    static var columns: [Table<MemberRow>.Column] {
        [
            .init("member", for: .people) { Words.short($0.member) },
            .init("member", for: .spreadsheets) { $0.member },
            .init("member_id", for: .spreadsheets) { $0.memberID ?? "" },
            .init("person", for: .spreadsheets) { $0.person ?? "" },
            .init("name") { $0.name ?? "" },
            .init("role") { $0.role },
            .init("depth", isNumber: true) { $0.depth.map(String.init) ?? "" },
            .init("by", for: .people) { $0.chain.last.map(Words.short) ?? ($0.depth == nil ? "" : "root") },
            .init("chain", for: .spreadsheets) { $0.chain.joined(separator: " ") },
            .init("expires_at") { $0.expiresAt?.text ?? "" },
            .init("flags") { $0.flags.map(\.rawValue).joined(separator: " ") },
        ]
    }

    func question() -> ListMembers { ListMembers() }
}

struct MemberShow: Asking {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One member: rights, logs, invites, and what is odd.",
        discussion: """
            Examples:
              grapevine member show 1f2e3d4c
              grapevine member show ana@example.org
            """)

    @Argument(help: ArgumentHelp("A key or the first 8 of its digits, an own code, or a person.", valueName: "member"))
    var member: String
    @OptionGroup var common: CommonOptions

    func question() -> ShowMember { ShowMember(member) }

    func lines(_ answer: MemberRow) -> [String] { MemberText.lines(answer) }
}
