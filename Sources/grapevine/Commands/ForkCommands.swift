import API
import ArgumentParser

struct Forks: Listing {
    static let configuration = CommandConfiguration(
        commandName: "forks", abstract: "Logs that say two things at once.",
        discussion: """
            Examples:
              grapevine forks
              grapevine choose 1f2e3d4c --branch A

            A log stands up to its fork until somebody chooses a branch. It comes from two
            machines with one key, a restored backup, or a thief: ask its owner which
            branch is theirs.
            """)

    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "No forks: every log says one thing" }

    static var columns: [Table<ForkRow>.Column] {
        [
            .init("member", for: .people) { Words.short($0.member) },
            .init("member", for: .spreadsheets) { $0.member },
            .init("log", for: .spreadsheets) { $0.log },
            .number("incarnation") { $0.incarnation },
            .init("fork", for: .people) { Words.short($0.fork) },
            .init("fork", for: .spreadsheets) { $0.fork },
            .number("position") { $0.position },
            .init("a") { cell($0, "A") },
            .init("b") { cell($0, "B") },
            .init("stands") { row in row.branches.first(where: \.stands)?.name ?? "neither: grapevine choose" },
            .init("chosen_by") { $0.chosenBy.map(Words.short).joined(separator: " ") },
        ]
    }

    private static func cell(_ row: ForkRow, _ name: String) -> String {
        row.branches.first { $0.name == name }.map { "\(Words.short($0.head)) \($0.at.text)" } ?? ""
    }

    func question() -> ListForks { ListForks() }
}

struct Choose: Asking {
    static let configuration = CommandConfiguration(
        commandName: "choose", abstract: "Say with which branch a forked log goes on.",
        discussion: """
            Examples:
              grapevine choose 1f2e3d4c --branch A
              grapevine choose 1f2e3d4c --fork 5566aabb --branch 9a8b7c6d

            For a steward who may revoke that member. Said again, the later word replaces
            the earlier.
            """)

    @Argument(help: ArgumentHelp("A member, or a log as KEY/LOG.", valueName: "member"))
    var log: String
    @Option(help: ArgumentHelp("Which fork, where there are several: the first 8 of its digits.", valueName: "id"))
    var fork: String?
    @Option(help: ArgumentHelp("A, B, or the first 8 digits of the branch's head.", valueName: "branch"))
    var branch: String
    @OptionGroup var common: CommonOptions

    func question() -> ChooseBranch { ChooseBranch(log: log, fork: fork, branch: branch) }

    func lines(_ answer: ChooseBranch.Answer) -> [String] {
        let sentence = "the log of \(Words.short(answer.member)) goes on with branch \(answer.branch)"
        return [answer.written ? sentence : "\(sentence) already"] + CutText.lines(answer.cuts)
    }
}
