import API
import ArgumentParser

struct BackerGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backer",
        abstract: "People who joined or pledged.",
        discussion: """
            Examples:
              grapevine backer add --external p_1042 --name Ana --code SUNNY-1
              grapevine backer add --contact ana@example.org
              grapevine backer list --limit 20
              grapevine backer show p_1042
            """,
        subcommands: [BackerAdd.self, BackerList.self, BackerShow.self])
}

/// The options by which a person joins: what `backer add` and `ambassador add` share.
struct NewPersonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Their id in your own books.", valueName: "id"))
    var external: String?

    @Option(help: ArgumentHelp("Whose books these are; `import` unless given.", valueName: "source"))
    var source: String?

    @Option(help: ArgumentHelp("Their address, if you have no id for them.", valueName: "address"))
    var contact: String?

    @Option(help: ArgumentHelp("What to call them.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The code of who brought them.", valueName: "code"))
    var code: String?

    @Option(help: ArgumentHelp("When; now unless given.", valueName: "time"))
    var joinedAt: String?

    @Flag(help: "Take a code that nobody owns yet.")
    var allowUnknown = false

    func validate() throws {
        guard external == nil || contact == nil else {
            throw ValidationError("--external and --contact exclude each other.")
        }
        guard source == nil || external != nil else { throw ValidationError("--source needs --external.") }
    }

    func person() throws(Failure) -> NewPerson {
        let joinedAt: Timestamp? = if let joinedAt { try Timestamp(argument: joinedAt, of: "--joined-at") } else { nil }
        return NewPerson(
            external: external, source: source, contact: contact, name: name, code: code, joinedAt: joinedAt,
            allowUnknown: allowUnknown ? true : nil)
    }
}

struct BackerAdd: Asking {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Record that somebody joined.",
        discussion: """
            Examples:
              grapevine backer add --external p_1042 --code SUNNY-1
              grapevine backer add --contact ana@example.org --joined-at 2026-01-31
            """)

    @OptionGroup var person: NewPersonOptions
    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> AddBacker {
        AddBacker(try person.person())
    }

    func lines(_ answer: AddBacker.Answer) -> [String] {
        [answer.person]
    }
}

struct BackerList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All backers.",
        discussion: """
            Where the community set a qualifying amount, who has made no payment of at least that is a prospect: until then
            their pledges credit nobody. A name with ⚠ looks like another name of the record.

            Examples:
              grapevine backer list
              grapevine backer list --limit 0 --csv > backers.csv
            """)

    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "No backers yet: grapevine backer add, or grapevine import backers FILE" }

    static var columns: [Table<BackerRow>.Column] {
        [
            .init("backer") { $0.backer },
            .init("id", for: .spreadsheets) { $0.id },
            .init("name", for: .people) { Words.name($0.name ?? "", isLookalike: $0.nameLookalike) },
            .init("name", for: .spreadsheets) { $0.name ?? "" },
            .init("name_lookalike", for: .spreadsheets) { $0.nameLookalike == true ? "lookalike" : "" },
            .init("joined_at") { $0.joinedAt?.text ?? "" },
            .init("code") { $0.code ?? "" },
            .init("ambassador") { $0.ambassador ?? "" },
            .init("prospect") { $0.prospect == true ? "prospect" : "" },
        ]
    }

    func question() -> ListBackers { ListBackers() }
}

struct BackerShow: Asking {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One backer.",
        discussion: """
            Examples:
              grapevine backer show p_1042
              grapevine backer show ana@example.org
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> ShowBacker {
        ShowBacker(PersonReference(person, source: source.source))
    }

    func lines(_ backer: BackerRow) -> [String] {
        Facts.lines(
            [
                ("backer", backer.backer), ("id", backer.id), ("name", backer.name),
                ("beware", backer.nameLookalike == true ? Words.lookalike : nil),
                ("joined", backer.joinedAt?.text ?? "not yet, but pledged"),
                ("brought by", backer.ambassador.map { "\($0), with code \(backer.code ?? "?")" } ?? "nobody"),
                ("prospect", backer.prospect == true ? "no payment reaches the qualifying amount yet" : nil),
            ]
                + (backer.money ?? []).map { row in
                    let paid = Words.money(row.paidMinor, row.currency, row.exponent)
                    let refunded = Words.money(row.refundedMinor, row.currency, row.exponent)
                    return ("paid", row.refundedMinor == 0 ? paid : "\(paid), of which \(refunded) refunded")
                })
    }
}
