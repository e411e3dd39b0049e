import API
import ArgumentParser
import AuthorLog
import Founding
import Identity

struct RootOrderSuccession: OrderHandling {
    static let configuration = CommandConfiguration(
        commandName: "succession", abstract: "The successor takes the place of a root key that is lost or stolen.",
        discussion: """
            Examples:
              grapevine root order succession --successor games.root-key.successor --dry-run
              grapevine root order succession --successor games.root-key.successor --publish

            All orders that count stay, and it says which. It also makes the key of the
            next successor, in a new file beside the successor's.
            """)
    static let kind = RootOrderKind.succession

    @Option(help: ArgumentHelp("The file of the successor's key.", valueName: "file"))
    var successor: String
    @Option(help: ArgumentHelp("Where the next successor's key goes; FILE.successor unless given.", valueName: "file"))
    var next: String?
    @Flag(help: "Only say which orders stay, and what would be cut; nothing is signed.")
    var dryRun = false
    @OptionGroup var order: OrderOptions
    @OptionGroup var common: CommonOptions

    mutating func run() async throws {
        let desk = try await SigningDesk.open(home: common.homePath, ticket: order.ticket)
        let signer = try desk.signer(keyFile: successor, for: Self.kind)
        guard let held = desk.held else {
            throw Failure(.daemonDown, "which orders count is known to a running node only", hint: "grapevine start")
        }
        guard SigningDesk.place(of: signer.key, charter: desk.charter, held: held) != .inOffice else {
            throw Failure(.rule, "this key is the root in office already", hint: "give the key of its successor")
        }
        let plan = try await desk.ask(PlanSuccession(successor: signer.key.hex), for: "which orders count")
        guard let retired = RootKey(hex: plan.retired) else { throw Failure(.internalError, "the root is no key") }
        if dryRun {
            if common.json { return try Console.show(json: plan) }
            return Console.show(
                ["\(Words.short(plan.retired)) would be retired"] + SuccessionText.lines(plan)
                    + CutText.lines(plan.cuts ?? []))
        }
        let next = try FoundingBridge.asked { () throws(FoundingError) in
            try RootSigner.makeSuccessor(at: self.next ?? successor + ".successor", home: desk.home)
        }
        let signed: SignedRootOrder
        var answer: OrderAnswer
        do throws(Failure) {
            let succession = Succession(
                retired: retired, stays: plan.stays.compactMap { Hash256(hex: $0) }, nextKeyHash: next.keyHash)
            signed = try sign(.succession(succession), by: signer, at: desk)
            answer = try filed(signed)
        } catch {
            // Nobody was told of it.
            RootSigner.removeSuccessor(at: next.path)
            throw error
        }
        answer.successorKeyFile = next.path
        (answer.counts, answer.orders, answer.cuts) = (true, plan.orders, plan.cuts)
        if !common.json { tell(SuccessionText.lines(plan), beside: answer) }
        if order.publish { try await publish(signed, &answer) }
        try show(answer)
    }
}
