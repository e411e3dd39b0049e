import API
import ArgumentParser
import Testing

@testable import grapevine

/// The commands of standing, as people type them.
struct MemberArgumentTests {
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

    @Test(arguments: [
        "member list --csv --limit 5 --after x", "member show 1f2e3d4c",
        "member grant k --role treasurer --expires 90d --quota-operations 5/day --quota-bytes 9 --source a --source b",
        "member grant k --role ambassador --as m", "member grant k --role ambassador --person p", "member admit i m n",
        "member revoke m --keep 12 --dry-run", "member revoke i --invite --keep none", "member revoke --undo m",
        "member succeed a b --keep all", "forks --csv", "choose m --fork f --branch A", "root list --csv",
        "root publish -", "root order grant k --role steward --root-key f --serial 3 --out o",
        "root order revoke k --keep none --root-key f --ticket @t --serial 3",
        "root order choose m --branch B --root-key f --publish", "root order sealer k --last-seal s --root-key f",
        "root order succession --successor f --next g --publish", "root order network-key --root-key f --publish",
    ])
    func `each command is there`(line: String) {
        #expect(!refused(line + " --home /h"), "\(line)")
        #expect(refused(line + " --home /h --json") == line.contains("--csv"), "\(line)")
    }

    @Test(arguments: [
        "member show", "member grant k", "member grant k --role king",
        "member grant k --role steward --as m --person p", "member admit i", "member revoke m --keep some",
        "member revoke m --keep -1", "member revoke m --undo --keep none", "member revoke i --invite --keep 3",
        "member revoke i --invite --undo", "member succeed a", "choose m", "root order grant k --role steward",
        "root order grant k --root-key f", "root order revoke k --root-key f --serial 0",
        "root order revoke k --root-key f --publish --ticket @t", "root order succession", "root publish",
    ])
    func `what makes no sense is refused`(line: String) {
        #expect(refused(line), "\(line)")
    }

    @Test func `a grant's options become a request`() throws {
        let line =
            "member grant k --role treasurer --expires 90d --quota-operations 500/day --quota-bytes 9000 --source shop"
        let request = try parse(line, as: MemberGrant.self).question()
        #expect(request.role == .treasurer && request.validSeconds == 90 * 86_400)
        #expect(request.operationsPerDay == 500 && request.bytesPerDay == 9_000 && request.sources == ["shop"])
        let bare = try parse("member grant k --role observer", as: MemberGrant.self).question()
        #expect(bare.validSeconds == nil && bare.operationsPerDay == nil && bare.sources == nil)
        for bad in ["0", "5/week", "/day", "-3", "99999999999999999999"] {
            let command = try parse("member grant k --role observer --quota-operations=\(bad)", as: MemberGrant.self)
            #expect(throws: Failure.self, "\(bad)") { try command.question() }
        }
    }

    @Test func `a revocation's options become a request`() throws {
        let request = try parse("member revoke m --keep 12 --dry-run", as: MemberRevoke.self).question()
        #expect(request.keep == "12" && request.dryRun == true && request.isInvite == nil && request.undo == nil)
        #expect(try parse("member revoke --undo m", as: MemberRevoke.self).question().undo == true)
        let error = #expect(throws: (any Error).self) {
            try parse("member revoke 77aa --invite --undo", as: MemberRevoke.self)
        }
        #expect(error.map { Grapevine.message(for: $0).contains("grapevine invite") } == true)
        let invite = try parse("member revoke 77aa --invite", as: MemberRevoke.self).question()
        #expect(invite.isInvite == true && invite.member == "77aa")
    }

    @Test func `what a ticket is not is no ticket`() throws {
        #expect(try InviteArgument.digits("77aa88bb") == "77aa88bb")
        #expect(throws: Failure.self) { try InviteArgument.digits("GRAPEVINE1XYZ") }
    }

    @Test func `a serial is one more than the highest held, or given`() throws {
        #expect(try SigningDesk.serial(nil, held: [1, 4, 2]) == 5)
        #expect(try SigningDesk.serial(9, held: [1, 4]) == 9)
        #expect(try SigningDesk.serial(2, held: nil) == 2)
        #expect(throws: Failure.self) { try SigningDesk.serial(nil, held: nil) }
        #expect(throws: Failure.self) { try SigningDesk.serial(4, held: [4]) }
    }
}
