import API
import ArgumentParser
import Testing

@testable import grapevine

struct ArgumentTests {
    private func parse<Command: ParsableCommand>(_ line: String, as type: Command.Type) throws -> Command {
        try #require(try Grapevine.parseAsRoot(line.split(separator: " ").map(String.init)) as? Command)
    }

    private func refused(_ line: String) -> Bool {
        do {
            _ = try Grapevine.parseAsRoot(line.split(separator: " ").map(String.init))
            return false
        } catch {
            return Grapevine.exitCode(for: error) == .validationFailure
        }
    }

    @Test func `every command of the contract is there`() throws {
        let lines = [
            "init --title T --currency USD --attribution last-touch --window-days 30 --qualifying 40.00 --root-key /k",
            "start", "stop", "invite --role steward --uses 2 --expires 7d", "ticket show -", "join @t", "status",
            "peers",
            "version",
            "backer add --external e --source s --name n --code c --joined-at 2026-01-01T00:00:00Z --allow-unknown",
            "backer add --contact a@b.c", "backer list", "backer show p", "ambassador add --external e --registered R",
            "ambassador list", "ambassador show p", "code add p", "code add p C", "code list", "code show C",
            "referral add p C --at 2026-01-01T00:00:00Z --allow-unknown", "referral list p",
            "referral tree C --depth 3", "referral tree C --limit 0 --after x",
            "referral path p", "pledge add --backer p --amount 12.50 --currency USD --code C --external e --source s",
            "pledge add --anonymous --amount 1", "pledge change i --amount 2", "pledge pay i --reference r",
            "pledge pay i --amount 1 --reference r", "pledge void i", "pledge void i --refund --reference r",
            "pledge void i --lapse", "pledge void i --cancel",
            "pledge refund i --amount 1 --reference r", "pledge cancel i", "pledge show i", "pledge list", "totals",
            "leaderboard --attribution first-touch --by reach --limit 0 --currency EUR",
            "import pledges f.csv.gz --source s --dry-run", "export backers f", "export backers", "verify", "rebuild",
        ]
        for line in lines {
            #expect(throws: Never.self, "\(line)") {
                try Grapevine.parseAsRoot((line + " --home /h --json").split(separator: " ").map(String.init))
            }
        }
        print("\(lines.count) command lines parsed")
    }

    @Test func `lists and tables take --csv, and page`() throws {
        for noun in ["backer", "ambassador", "code", "pledge"] {
            #expect(!refused("\(noun) list --csv --limit 5 --after x"))
            #expect(refused("\(noun) list --csv --json"))
            #expect(refused("\(noun) list --limit -1"))
        }
        #expect(!refused("referral list p --csv --limit 5 --after x"))
        #expect(!refused("leaderboard --csv") && !refused("totals --csv") && !refused("peers --csv"))
    }

    @Test(arguments: [
        "", "nonsense", "backer", "backer add --external e --contact c", "backer add --source s", "init --title T",
        "invite", "invite --role king", "invite --role steward --uses 0", "pledge add --amount 1",
        "pledge add --anonymous --backer p --amount 1", "pledge add --backer p", "import cats f", "import pledges",
        "leaderboard --by luck", "leaderboard --limit -3", "referral tree C --depth -1", "referral tree C --depth 65",
        "referral tree C --limit -1",
        "pledge void", "pledge void i --refund --cancel", "pledge void i --payment", "referral add p", "status extra",
        "status --jsn",
    ])
    func `what makes no sense is a usage error`(line: String) {
        // Without a command the parser shows its help, which is no error.
        #expect(refused(line) || line.isEmpty || line == "backer")
    }

    @Test func `a negative number is a value, and its own rule refuses it`() throws {
        #expect(!refused("pledge add --anonymous --amount -1"))
        let error = #expect(throws: (any Error).self) { try Grapevine.parseAsRoot(["leaderboard", "--limit", "-1"]) }
        #expect(error.map { Grapevine.fullMessage(for: $0) }?.contains("--limit is 0 or more") == true)
    }

    @Test func `a ticket that names no place to call is remarked on`() throws {
        let invite = try Invite.parse(["--role", "observer"])
        #expect(invite.remarks(.init(ticket: "t", addresses: [])).joined().contains("names no place to call"))
        #expect(invite.remarks(.init(ticket: "t", addresses: ["127.0.0.1:1"])).isEmpty)
    }

    @Test func `a person becomes what the daemon reads`() throws {
        let add = try parse("backer add --external e --source s --code C --joined-at 2026-01-31", as: BackerAdd.self)
        #expect(
            try add.question().backer
                == NewPerson(external: "e", source: "s", code: "C", joinedAt: Timestamp("2026-01-31T00:00:00Z")))
        let show = try parse("backer show p --source s", as: BackerShow.self)
        #expect(show.question().backer == PersonReference("p", source: "s"))
    }

    @Test func `a wrong time is refused before anybody is asked`() throws {
        let add = try parse("referral add p C --at yesterday", as: ReferralAdd.self)
        let time = #expect(throws: Failure.self) { try add.question() }
        #expect(time?.code == .time)
        let invite = try parse("invite --role observer --expires soon", as: Invite.self)
        let duration = #expect(throws: Failure.self) { try invite.question() }
        #expect(duration?.code == .duration)
    }

    @Test func `--source of a pledge is the pledge's where it has an id of its own`() throws {
        let own = try parse("pledge add --backer p --amount 1 --external e --source shop", as: PledgeAdd.self)
            .question()
        #expect(own.source == "shop" && own.backer?.source == nil)
        let backers = try parse("pledge add --backer p --amount 1 --source shop", as: PledgeAdd.self).question()
        #expect(backers.source == nil && backers.backer?.source == "shop")
        let both = try parse(
            "pledge add --backer p --amount 1 --external e --source shop --backer-source mail", as: PledgeAdd.self)
        #expect(try both.question().backer?.source == "mail")
        #expect(try parse("pledge add --anonymous --amount 1", as: PledgeAdd.self).question().backer == nil)
    }

    @Test func `a payment is taken back unless another fact is named`() throws {
        let pledge = PledgeReference("i", source: "shop")
        let payment = try parse("pledge void i --source shop --reference r", as: PledgeVoid.self).question()
        #expect(payment.pledge == pledge && payment.fact == nil && payment.reference == "r")
        for name in MoneyFactName.allCases where name != .payment {
            let void = try parse("pledge void i --source shop --\(name.rawValue)", as: PledgeVoid.self).question()
            #expect(void.pledge == pledge && void.fact == name && void.reference == nil)
        }
    }

    @Test func `a payment may be a part, and a negative amount reaches the rule that refuses it`() throws {
        let part = try parse("pledge pay i --amount 5.00 --reference r", as: PledgePay.self).question()
        #expect(part.amount == "5.00" && part.reference == "r")
        #expect(try parse("pledge pay i", as: PledgePay.self).question().amount == nil)
        #expect(try parse("pledge pay i --amount -5", as: PledgePay.self).question().amount == "-5")
    }

    @Test func `that a reference counts once is said of one pledge`() {
        for help in [PledgePay.helpMessage(columns: 400), PledgeRefund.helpMessage(columns: 400)] {
            #expect(help.contains("Of one pledge the same one twice counts once."))
        }
    }

    @Test(arguments: [("30m", 1_800), ("12h", 43_200), ("7d", 604_800), ("4w", 2_419_200), ("90s", 90)])
    func `durations are read`(text: String, seconds: Int) throws {
        #expect(try DurationText(argument: text, of: "--expires").seconds == seconds)
    }

    @Test(arguments: ["", "d", "7", "-7d", "7.5d", "7 d", "0d", "9999999999999999999w", "99999w", "٧d"])
    func `other durations are not`(text: String) {
        #expect(throws: Failure.self) { try DurationText(argument: text, of: "--expires") }
    }

    @Test(arguments: [
        ("statsu", "status"), ("bakcer list", "backer"), ("backer lsit", "list"), ("pledge refudn x", "refund"),
        ("leaderbord", "leaderboard"), ("pldge add", "pledge"),
    ])
    func `a mistyped command is guessed`(line: String, expected: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(refused(line) && Suggestion.line(for: words) == "did you mean `\(expected)`?")
    }

    @Test(arguments: ["", "status", "backer list", "frobnicate", "x", "--jsn", "code show ad"])
    func `nothing is guessed where nothing is near`(line: String) {
        #expect(Suggestion.line(for: line.split(separator: " ").map(String.init)) == nil)
    }

    @Test func `--home and --json may stand first`() {
        #expect(
            ArgumentOrder.commandFirst(["--home", "/h", "--json", "backer", "list"]) == [
                "backer", "list", "--home", "/h", "--json",
            ])
        #expect(ArgumentOrder.commandFirst(["--home=/h", "join", "--", "-x"]) == ["join", "--home=/h", "--", "-x"])
        #expect(ArgumentOrder.commandFirst(["status", "--json"]) == ["status", "--json"])
        #expect(ArgumentOrder.commandFirst(["--json"]) == ["--json"])
        #expect(ArgumentOrder.commandFirst(["--help"]) == ["--help"])
    }

    @Test(arguments: [
        ("40.00", "USD", 4_000), ("40", "USD", 4_000), ("40.5", "EUR", 4_050), ("1200", "VND", 1_200),
        ("1.234", "BHD", 1_234),
        ("0", "USD", 0),
    ])
    func `a qualifying amount becomes minor units`(text: String, currency: String, minor: Int64) throws {
        #expect(try QualifyingAmount(text, currency: currency).minor == minor)
    }

    @Test(arguments: [
        ("40.001", "USD"), ("1.5", "VND"), ("", "USD"), (".5", "USD"), ("5.", "USD"), ("-5", "USD"), ("1,000", "USD"),
        ("1e3", "USD"), ("99999999999999999999", "USD"), ("10000000000000.01", "USD"),
    ])
    func `other amounts are refused`(text: String, currency: String) {
        let failure = #expect(throws: Failure.self) { try QualifyingAmount(text, currency: currency) }
        #expect(failure?.code == .amount)
    }

    @Test func `a qualifying amount needs a currency in use`() {
        let failure = #expect(throws: Failure.self) { try QualifyingAmount("40.00", currency: "XYZ") }
        #expect(failure?.code == .currency)
    }

    @Test func `header fields are plain ASCII`() {
        #expect("shop-1".percentEncoded == "shop-1")
        #expect("é\n %".percentEncoded == "%C3%A9%0A%20%25")
    }
}
