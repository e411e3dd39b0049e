import API
import ArgumentParser

struct CodeGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: "Referral codes.",
        discussion: """
            Examples:
              grapevine code add p_7 SUNNY-1
              grapevine code list
              grapevine code show sunny1
            """,
        subcommands: [CodeAdd.self, CodeList.self, CodeShow.self])
}

struct CodeAdd: Asking {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Give somebody a code.",
        discussion: """
            Examples:
              grapevine code add p_7 SUNNY-1
              grapevine code add p_7           # one of their own, with a check symbol
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @Argument(help: "The code to register; one of their own unless given.")
    var code: String?
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> AddCode {
        AddCode(PersonReference(person, source: source.source), code: code)
    }

    func lines(_ answer: AddCode.Answer) -> [String] {
        [answer.code]
    }
}

struct CodeList: Listing {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All codes.")

    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "No codes yet: grapevine code add PERSON" }

    static var columns: [Table<CodeRow>.Column] {
        [
            .init("code") { $0.code },
            .init("ambassador") { $0.ambassador },
            .init("own") { $0.own ? "own" : "registered" },
            .init("registered_at") { $0.registeredAt?.text ?? "" },
            .init("lost_by") { ($0.overtaken ?? []).map(\.person).joined(separator: ", ") },
        ]
    }

    func question() -> ListCodes { ListCodes() }
}

struct CodeShow: Asking {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One code, however it is written.",
        discussion: """
            Examples:
              grapevine code show sunny_1
            """)

    @Argument(help: "Capitals, -, _ and spaces make no difference.")
    var code: String
    @OptionGroup var common: CommonOptions

    func question() -> ShowCode { ShowCode(code) }

    func lines(_ row: CodeRow) -> [String] {
        Facts.lines([
            ("code", row.code), ("ambassador", row.ambassador), ("kind", row.own ? "own" : "registered"),
            ("registered", row.registeredAt?.text),
        ])
            + (row.overtaken ?? []).map { lost in
                "also registered for \(Words.person(lost.person, name: lost.name)) at \(lost.registeredAt.text), too late"
            }
    }
}
