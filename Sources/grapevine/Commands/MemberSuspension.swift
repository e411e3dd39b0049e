import API
import ArgumentParser

struct MemberSuspend: Asking {
    static let configuration = CommandConfiguration(
        commandName: "suspend", abstract: "Suspend an ambassador: from now on nothing credits them.",
        discussion: """
            Claims on their codes and pledges dated from now on do not count for them. Whom they brought stays with them.

            Examples:
              grapevine member suspend p_7
              grapevine member suspend SUNNY-1
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> SuspendMember { SuspendMember(PersonReference(person, source: source.source)) }

    func lines(_ answer: SuspendMember.Answer) -> [String] { ["\(answer.person) is suspended"] }
}

struct MemberRestore: Asking {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "End a suspension: from now on claims and pledges count again.",
        discussion: """
            Examples:
              grapevine member restore p_7
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> RestoreMember { RestoreMember(PersonReference(person, source: source.source)) }

    func lines(_ answer: RestoreMember.Answer) -> [String] { ["\(answer.person) is not suspended"] }
}
