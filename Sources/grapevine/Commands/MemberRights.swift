import API
import ArgumentParser

struct MemberGrant: Asking {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Give a key a role.",
        discussion: """
            Examples:
              grapevine member grant 1f2e3d4c --role treasurer --source shop
              grapevine member grant 1f2e3d4c --role ambassador --expires 90d --quota-operations 500/day
              grapevine member grant 1f2e3d4c --role ambassador --as ana@example.org   # a second machine

            The key's machine joins with a ticket of its own (for a second machine one of
            role observer), and takes up what it is granted by itself.
            """)

    @Argument(help: ArgumentHelp("The key, or the first 8 of its digits where it is known.", valueName: "key"))
    var key: String
    @OptionGroup var right: RightOptions
    @Option(name: .customLong("as"), help: ArgumentHelp("A member whose second machine this is.", valueName: "member"))
    var asMember: String?
    @Option(help: ArgumentHelp("Who it is in the record.", valueName: "person"))
    var person: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard asMember == nil || person == nil else {
            throw ValidationError("--as and --person exclude each other.")
        }
    }

    func question() throws(Failure) -> GrantMember {
        GrantMember(
            key: key, role: right.role, validSeconds: try right.validSeconds(),
            operationsPerDay: try right.quota.operationsPerDay(), bytesPerDay: try right.quota.bytesPerDay(),
            sources: right.source.isEmpty ? nil : right.source, asMember: asMember,
            person: person.map { PersonReference($0) })
    }

    func lines(_ answer: GrantMember.Answer) -> [String] {
        let member = Words.short(answer.member)
        guard answer.written else { return ["\(member) holds this right already"] }
        let end = answer.expiresAt.map { ", until \($0.text)" } ?? ""
        return ["\(member) is granted the role \(answer.role)\(end)"]
    }

    func remarks(_ answer: GrantMember.Answer) -> [String] {
        guard answer.written else { return [] }
        return answer.known
            ? ["Its machine takes this up by itself once it hears of it."]
            : [
                "Nothing by this key is known here yet. Its machine joins with a ticket (grapevine invite --role observer),",
                "and then takes this up by itself.",
            ]
    }
}

struct MemberSucceed: Asking {
    static let configuration = CommandConfiguration(
        commandName: "succeed", abstract: "Put a new key in the place of a lost or stolen one.",
        discussion: """
            Examples:
              grapevine member succeed 1f2e3d4c 9a8b7c6d
              grapevine member succeed 1f2e3d4c 9a8b7c6d --keep 1200   # what came later was the thief

            The new key's machine joins with a ticket of role observer first. It gets the
            member id, person and role of the old key, so codes and credit stay; the old
            key is revoked, and what it wrote stays unless --keep says otherwise.
            """)

    @Argument(
        help: ArgumentHelp("The key that is lost: its first 8 digits, its own code, or the person.", valueName: "old"))
    var old: String
    @Argument(help: ArgumentHelp("The key that takes its place.", valueName: "new"))
    var new: String
    @OptionGroup var keep: KeepOption
    @OptionGroup var common: CommonOptions

    func question() -> SucceedMember { SucceedMember(old: old, new: new, keep: keep.keep) }

    func lines(_ answer: SucceedMember.Answer) -> [String] {
        let sentence = "\(Words.short(answer.new)) is \(answer.role) in the place of \(Words.short(answer.old))"
        guard answer.written else { return ["\(sentence) already"] }
        return [sentence] + CutText.lines(answer.cuts)
    }
}

struct MemberAdmit: Asking {
    static let configuration = CommandConfiguration(
        commandName: "admit", abstract: "Name who is in by an invite.",
        discussion: """
            Examples:
              grapevine member admit @ticket.txt 1f2e3d4c
              grapevine member admit 77aa88bb 1f2e3d4c 9a8b7c6d

            Needed for a steward who came by a ticket, who has no power before, and for
            members beyond the uses of an invite.
            """)

    @Argument(
        help: ArgumentHelp(
            "The invite's key or the first 8 of its digits, or its ticket: @FILE, -.", valueName: "invite"))
    var invite: String
    @Argument(help: ArgumentHelp("Who is in by it.", valueName: "member"))
    var members: [String]
    @OptionGroup var common: CommonOptions

    func question() throws(Failure) -> AdmitMembers {
        AdmitMembers(invite: try InviteArgument.digits(invite), members: members)
    }

    func lines(_ answer: AdmitMembers.Answer) -> [String] {
        let members = answer.members.map(Words.short).joined(separator: ", ")
        return [answer.written ? "admitted: \(members)" : "admitted already: \(members)"]
    }
}
