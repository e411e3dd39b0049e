import API
import ArgumentParser
import AuthorLog
import Founding
import Identity

struct RootOrderGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "Sign an order with the root key. No node ever sees the key.",
        discussion: """
            Examples:
              grapevine root order grant KEY --role steward --root-key FILE --publish
              grapevine root order revoke 1f2e3d4c --keep 1200 --root-key FILE --out order.txt
              grapevine root order succession --successor FILE --publish

            On a machine without a home: --ticket @FILE names the community, --serial the
            order's number, and members are whole keys.
            """,
        subcommands: [
            RootOrderGrant.self, RootOrderRevoke.self, RootOrderChoose.self, RootOrderSealer.self,
            RootOrderSuccession.self, RootOrderNetworkKey.self,
        ])
}

/// The file of the root in office.
struct RootKeyOption: ParsableArguments {
    @Option(help: ArgumentHelp("The file of the root key, or of the successor who took over.", valueName: "file"))
    var rootKey: String
}

struct RootOrderGrant: OrderSigning {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Give a key a role, straight from the root.",
        discussion: """
            Examples:
              grapevine root order grant KEY --role steward --root-key FILE --publish
            """)
    static let kind = RootOrderKind.grant

    @Argument(help: ArgumentHelp("The member's key.", valueName: "key"))
    var member: String
    @OptionGroup var right: RightOptions
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("A member, or member id, whose further key this is.", valueName: "member"))
    var asMember: String?
    @Option(help: ArgumentHelp("Who it is in the record: a printed id.", valueName: "id"))
    var person: String?
    @OptionGroup var rootKey: RootKeyOption
    @OptionGroup var order: OrderOptions
    @OptionGroup var common: CommonOptions

    var keyFile: String { rootKey.rootKey }

    func content(_ desk: SigningDesk) async throws -> RootOrder.Content {
        guard let role = Role(right.role) else { throw Failure(.usage, "there is no role \(right.role.rawValue)") }
        let seconds = try right.validSeconds().map { UInt64(clamping: $0) }
        let expires = seconds.map { FoundingBridge.now() + $0 * 1_000 } ?? 0
        let quota = Quota(
            operationsPerDay: UInt64(clamping: try right.quota.operationsPerDay() ?? 0),
            bytesPerDay: UInt64(clamping: try right.quota.bytesPerDay() ?? 0))
        var person: PersonID?
        if let text = self.person {
            guard let id = PersonID(hex: text) else {
                throw Failure(
                    .identifier, "--person: \(text) is no printed id",
                    hint: "32 hex digits, as `grapevine backer show` prints them")
            }
            person = id
        }
        let key = try await desk.member(member)
        var memberID: MemberID?
        if let asMember { memberID = try await desk.memberID(asMember) }
        do {
            return .grant(
                try Grant(
                    subject: key, role: role, expiresMilliseconds: expires, quota: quota, memberID: memberID,
                    person: person, sources: right.source))
        } catch {
            throw Failure(.usage, "this grant cannot be made: \(error)")
        }
    }
}

extension Role {
    fileprivate init?(_ name: RoleName) {
        switch name {
        case .observer: self = .observer
        case .ambassador: self = .ambassador
        case .treasurer: self = .treasurer
        case .steward: self = .steward
        }
    }
}

struct RootOrderRevoke: OrderSigning {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a key, or an invite: beats every steward.",
        discussion: """
            Examples:
              grapevine root order revoke 1f2e3d4c --root-key FILE --publish
              grapevine root order revoke KEY --keep none --root-key FILE --ticket @t --serial 7

            A later order about the same key replaces the earlier, also to let more stay.
            """)
    static let kind = RootOrderKind.revoke

    @Argument(help: ArgumentHelp("A member; with --invite a ticket or an invite's key.", valueName: "member"))
    var member: String
    @OptionGroup var keep: KeepOption
    @Flag(help: "It is an invite that ends.")
    var invite = false
    @OptionGroup var rootKey: RootKeyOption
    @OptionGroup var order: OrderOptions
    @OptionGroup var common: CommonOptions

    var keyFile: String { rootKey.rootKey }

    func content(_ desk: SigningDesk) async throws -> RootOrder.Content {
        let digits = invite ? try InviteArgument.digits(member) : member
        do {
            if keep.keep == "none" {
                if invite, let key = InviteKey(hex: digits) {
                    return .revoke(try Revocation(inviteKey: key, stays: []))
                }
                if !invite, let key = MemberKey(hex: digits) { return .revoke(try Revocation(member: key, stays: [])) }
            }
            let plan = try await desk.ask(
                PlanRevocation(digits, isInvite: invite ? true : nil, keep: keep.keep), for: "what there is to keep")
            return .revoke(try Revocation(decoding: try Hex.decode(plan.revocation)))
        } catch let error as AuthorityFormError {
            throw Failure(.usage, "this revocation cannot be made: \(error)")
        }
    }
}

struct RootOrderChoose: OrderSigning {
    static let configuration = CommandConfiguration(
        commandName: "choose", abstract: "Say with which branch a forked log goes on: beats every steward.",
        discussion: """
            Examples:
              grapevine root order choose 1f2e3d4c --branch A --root-key FILE --publish
            """)
    static let kind = RootOrderKind.choose

    @Argument(help: ArgumentHelp("A member, or a log as KEY/LOG.", valueName: "member"))
    var log: String
    @Option(help: ArgumentHelp("Which fork, where there are several: the first 8 of its digits.", valueName: "id"))
    var fork: String?
    @Option(help: ArgumentHelp("A, B, or the first 8 digits of the branch's head.", valueName: "branch"))
    var branch: String
    @OptionGroup var rootKey: RootKeyOption
    @OptionGroup var order: OrderOptions
    @OptionGroup var common: CommonOptions

    var keyFile: String { rootKey.rootKey }

    func content(_ desk: SigningDesk) async throws -> RootOrder.Content {
        let plan = try await desk.ask(PlanChoice(log: log, fork: fork, branch: branch), for: "which forks there are")
        do {
            return .choose(try Choice(decoding: try Hex.decode(plan.choice)))
        } catch {
            throw Failure(.internalError, "the node's choice does not read: \(error)")
        }
    }
}

struct RootOrderSealer: OrderSigning {
    static let configuration = CommandConfiguration(
        commandName: "sealer", abstract: "Name the member whose seals count.",
        discussion: """
            Examples:
              grapevine root order sealer 1f2e3d4c --root-key FILE --publish
            """)
    static let kind = RootOrderKind.sealer

    @Argument(help: ArgumentHelp("The member.", valueName: "member"))
    var member: String
    @Option(help: ArgumentHelp("The last seal that stands, 64 digits; none unless given.", valueName: "seal"))
    var lastSeal: String?
    @OptionGroup var rootKey: RootKeyOption
    @OptionGroup var order: OrderOptions
    @OptionGroup var common: CommonOptions

    var keyFile: String { rootKey.rootKey }

    func content(_ desk: SigningDesk) async throws -> RootOrder.Content {
        var seal = Hash256(raw: .zero)
        if let lastSeal {
            guard let id = Hash256(hex: lastSeal) else {
                throw Failure(.identifier, "--last-seal: \(lastSeal) is not 64 hex digits")
            }
            seal = id
        }
        return .sealer(Sealer(member: try await desk.member(member), lastSeal: seal))
    }
}
