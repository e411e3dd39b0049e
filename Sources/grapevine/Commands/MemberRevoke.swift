import API
import ArgumentParser

struct MemberRevoke: Asking {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a key, or an invite.",
        discussion: """
            Examples:
              grapevine member revoke 1f2e3d4c --dry-run
              grapevine member revoke 1f2e3d4c
              grapevine member revoke 1f2e3d4c --keep none
              grapevine member revoke @ticket.txt --invite --keep none
              grapevine member revoke --undo 1f2e3d4c

            No node talks to the key from then on, whatever stays of what it wrote. Said
            again with another --keep, the later word replaces the earlier. What --undo
            lets count again it does not let in again: give the member a new key with
            `grapevine member succeed`. That an --invite has ended is not undone: try it
            with --dry-run first. A steward is ended by the stewards above it, or
            by the root: grapevine root order revoke.
            """)

    @Argument(
        help: ArgumentHelp(
            "A key or the first 8 of its digits, an own code, or a person; with --invite a ticket or an invite's key.",
            valueName: "member"))
    var member: String
    @OptionGroup var keep: KeepOption
    @Flag(help: "It is an invite that ends.")
    var invite = false
    @Flag(help: "Let count again what you cut.")
    var undo = false
    @Flag(help: "Only say what would be cut.")
    var dryRun = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !undo || keep.keep == nil else { throw ValidationError("--undo keeps all: leave out --keep.") }
        guard !undo || !invite else {
            throw ValidationError(
                "--undo is for members: an invite that has ended stays so. Whom it cut joins anew: grapevine invite.")
        }
        guard !invite || keep.keep.map({ $0 == "all" || $0 == "none" }) ?? true else {
            throw ValidationError("An --invite keeps all or none.")
        }
    }

    func question() throws(Failure) -> RevokeMember {
        RevokeMember(
            invite ? try InviteArgument.digits(member) : member, isInvite: invite ? true : nil, keep: keep.keep,
            undo: undo ? true : nil, dryRun: dryRun ? true : nil)
    }

    func lines(_ answer: RevokeMember.Answer) -> [String] {
        let key = "\(invite ? "the invite " : "")\(Words.short(answer.revoked))"
        let sentence =
            switch (answer.written, dryRun) {
            case (_, true): "\(key) would be revoked"
            case (true, false): undo ? "what you cut of \(key) counts again" : "\(key) is revoked"
            case (false, false): "\(key) was revoked so before: nothing was written"
            }
        return [sentence] + CutText.lines(answer.cuts)
    }
}
