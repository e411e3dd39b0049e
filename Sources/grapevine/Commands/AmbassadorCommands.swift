import API
import ArgumentParser

struct AmbassadorGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ambassador",
        abstract: "People who own a code.",
        discussion: """
            Examples:
              grapevine ambassador add --external p_7 --name Ben --registered SUNNY-1
              grapevine ambassador list
              grapevine ambassador show SUNNY-1
            """,
        subcommands: [AmbassadorAdd.self, AmbassadorList.self, AmbassadorShow.self])
}

struct AmbassadorAdd: Asking {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Record an ambassador, with a code.",
        discussion: """
            Examples:
              grapevine ambassador add --external p_7 --registered SUNNY-1
              grapevine ambassador add --contact ben@example.org   # with his own code
            """)

    @OptionGroup var person: NewPersonOptions

    @Option(help: ArgumentHelp("The code to register; one of their own unless given.", valueName: "code"))
    var registered: String?

    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> AddAmbassador {
        AddAmbassador(try person.person(), registered: registered)
    }

    func lines(_ answer: AddAmbassador.Answer) -> [String] {
        ["\(answer.person) has the code \(answer.code)"]
    }
}

struct AmbassadorList: Listing {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "All ambassadors.",
        discussion: """
            Examples:
              grapevine ambassador list --limit 0 --csv > ambassadors.csv
            """)

    @OptionGroup var page: PageOptions
    @OptionGroup var table: TableOptions
    @OptionGroup var common: CommonOptions

    var emptyLine: String { "No ambassadors yet: grapevine ambassador add, or grapevine invite --role ambassador" }

    static var columns: [Table<AmbassadorRow>.Column] {
        [
            .init("ambassador") { $0.ambassador },
            .init("id", for: .spreadsheets) { $0.id },
            .init("name", for: .people) { Words.name($0.name ?? "", isLookalike: $0.nameLookalike) },
            .init("name", for: .spreadsheets) { $0.name ?? "" },
            .init("name_lookalike", for: .spreadsheets) { $0.nameLookalike == true ? "lookalike" : "" },
            .init("code") { $0.code },
            .number("brought") { $0.brought },
            .number("reach") { $0.reach },
            .number("depth") { $0.depth },
            .init("credited", isNumber: true) { DecimalText.amount(minor: $0.creditedMinor, exponent: $0.exponent) },
            .init("currency") { $0.currency },
            .number("credited_pledges") { $0.creditedPledges },
            .init("standing") { $0.suspended ? "suspended" : "" },
        ]
    }

    func question() -> ListAmbassadors { ListAmbassadors() }
}

struct AmbassadorShow: Asking {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One ambassador.",
        discussion: """
            Examples:
              grapevine ambassador show p_7
              grapevine ambassador show SUNNY-1
            """)

    @Argument(help: "An external id, a contact, a printed id or a code.")
    var person: String
    @OptionGroup var source: SourceOption
    @OptionGroup var common: CommonOptions

    func question() -> ShowAmbassador {
        ShowAmbassador(PersonReference(person, source: source.source))
    }

    func lines(_ row: AmbassadorRow) -> [String] {
        let money = Words.money(row.creditedMinor, row.currency, row.exponent)
        return Facts.lines([
            ("ambassador", row.ambassador), ("id", row.id), ("name", row.name),
            ("beware", row.nameLookalike == true ? Words.lookalike : nil),
            ("codes", (row.codes ?? [row.code]).joined(separator: ", ")),
            ("standing", row.suspended ? "suspended: nothing dated since then credits them" : nil),
            ("brought", Words.count(row.brought, "person", "people")),
            ("reach", "\(Words.count(row.reach, "person", "people")), \(Words.count(row.depth, "generation")) deep"),
            ("credited", "\(money) from \(Words.count(row.creditedPledges, "pledge"))"),
        ])
            + (row.lostCodes ?? []).map { lost in
                "the code \(lost.code) was registered for them, and belongs to \(lost.owner), "
                    + (lost.own ? "whose own code reads the same" : "who was registered first")
            }
    }
}
