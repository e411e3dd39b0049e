import API
import AuthorLog
import Community
import Identity
import Storage

/// What stands, in the words of the local API.
struct MemberRows {
    let directory: MemberDirectory
    let now: UInt64

    private var standing: Standing { directory.standing }

    /// The persons whom these members are.
    func people(_ members: [MemberStanding]) -> Set<PersonID> {
        Set(
            members.compactMap { member in
                MemberDirectory.shownRight(of: member, atMilliseconds: now).map(directory.person)
            })
    }

    func row(_ member: MemberStanding, names: [PersonID: NamedPerson]) -> MemberRow {
        let shown = MemberDirectory.shownRight(of: member, atMilliseconds: now)
        let person = shown.flatMap { names[directory.person(of: $0)] }
        return MemberRow(
            member: member.key.hex, memberID: shown?.right.memberID.hex, person: person?.name.text,
            name: person?.displayName, role: (shown?.right.role ?? .none).name, depth: shown?.chain.count,
            chain: shown?.chain.map(\.hex) ?? [],
            expiresAt: shown.flatMap { Timestamp(expiry: $0.right.expiresMilliseconds) }, revoked: member.isRevoked,
            flags: member.flags.map(MemberFlag.init).uniqued)
    }

    /// With all that is known.
    func details(_ member: MemberStanding, names: [PersonID: NamedPerson]) -> MemberRow {
        var row = row(member, names: names)
        let shown = MemberDirectory.shownRight(of: member, atMilliseconds: now)
        row.code = shown.map { CodeText(ownCodeOf: $0.right.memberID.raw).text }
        row.keys = directory.furtherKeys(of: member, atMilliseconds: now).map(\.hex)
        row.rights = member.rights.map { right($0, of: member) }
        row.logs = standing.logs.filter { $0.log.member == member.key }.map { LogRow($0) }
        row.invites = standing.invites.filter { $0.issuer == member.key }.map { InviteRow($0) }
        row.notes = member.flags.map { note($0, of: member) }
        return row
    }

    private func right(_ right: StandingRight, of member: MemberStanding) -> RightRow {
        let origin: RightRow.Origin
        let reference: Hash256
        switch right.origin {
        case .root(let order): (origin, reference) = (.root, order)
        case .operation(let id):
            let isInvite = standing.invites.contains { $0.id == id }
            (origin, reference) = (isInvite ? .invite : .grant, id.bundle)
        }
        let quota = right.right.quota
        return RightRow(
            role: right.right.role.name, origin: origin, reference: reference.hex, chain: right.chain.map(\.hex),
            since: Timestamp(stored: Int64(clamping: right.right.since.milliseconds)),
            expiresAt: Timestamp(expiry: right.right.expiresMilliseconds),
            operationsPerDay: quota.operationsPerDay == 0 ? nil : Int(clamping: quota.operationsPerDay),
            bytesPerDay: quota.bytesPerDay == 0 ? nil : Int(clamping: quota.bytesPerDay),
            sources: right.right.sources, presented: standing.isPresented(right, by: member.key), proved: right.isProved
        )
    }

    private func note(_ flag: MemberStanding.Flag, of member: MemberStanding) -> MemberNote {
        let key = String(member.key.hex.prefix(12))
        switch flag {
        case .revoked(let authorities):
            let revokers = authorities.map { String($0.name.prefix(12)) }.joined(separator: " and ")
            return MemberNote(
                .revoked, "this key is revoked, by \(revokers): no node talks to it",
                hint: "grapevine member succeed \(key) NEW-KEY gives the member a new one")
        case .forked(let log):
            return MemberNote(
                .forked, "its log \(log.incarnation) says two things at once: two machines with one key, or a thief",
                hint: "grapevine forks")
        case .overUsed(let invite):
            return MemberNote(
                .overUsed, "it came by an invite that more used than it was for",
                hint: "grapevine member admit \(name(invite)) \(key), or grapevine member revoke \(key)")
        case .refused(let invite):
            return MemberNote(
                .refused, "it came by an invite that does not let it in",
                hint: "grapevine member admit \(name(invite)) \(key) if it belongs here")
        case .awaitsAdmit(let invite):
            return MemberNote(
                .awaitsAdmit, "it came as a steward by a ticket, and has no power before whoever invited it names it",
                hint: "grapevine member admit \(name(invite)) \(key)")
        case .incarnations(let count):
            return MemberNote(
                .incarnations,
                "it opened \(count) logs, of which \(AuthorLog.Limits.incarnationsPerKey) count: a broken machine, or a thief",
                hint: "grapevine member succeed \(key) NEW-KEY")
        case .borrowedMemberID(let id):
            return MemberNote(
                .borrowedID, "its grant names the member id \(id), which its issuer may not give",
                hint: "a steward above that member grants it, or the root: grapevine member grant \(key) --as MEMBER")
        }
    }

    /// The invite's key as commands take it.
    private func name(_ invite: OperationID) -> String {
        let key = standing.invites.first { $0.id == invite }?.invite.inviteKey.hex
        return key.map { String($0.prefix(12)) } ?? "INVITE"
    }
}

extension MemberFlag {
    init(_ flag: MemberStanding.Flag) {
        self =
            switch flag {
            case .revoked: .revoked
            case .forked: .forked
            case .overUsed: .overUsed
            case .refused: .refused
            case .awaitsAdmit: .awaitsAdmit
            case .incarnations: .incarnations
            case .borrowedMemberID: .borrowedID
            }
    }
}

extension Array where Element: Hashable {
    /// Each once, where it comes first.
    fileprivate var uniqued: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

extension Authority {
    /// `root`, or the steward's key.
    var name: String {
        switch self {
        case .root: "root"
        case .steward(let key): key.hex
        }
    }
}

extension Timestamp {
    /// - Parameter expiry: Unix milliseconds; 0, which is never, has no time.
    init?(expiry: UInt64) {
        guard expiry != 0 else { return nil }
        self.init(stored: Int64(clamping: expiry))
    }
}

extension LogRow {
    init(_ log: LogStanding) {
        let ending: Ending
        var endedBy: String?
        switch log.ending {
        case .open: ending = .open
        case .cut(let by):
            ending = .cut
            endedBy = by.name
        case .fork: ending = .fork
        case .noRight: ending = .noRight
        case .tooManyIncarnations: ending = .tooManyIncarnations
        }
        self.init(
            incarnation: Int(log.log.incarnation.number), log: "\(log.log.incarnation)",
            length: Int(clamping: log.length), held: Int(clamping: log.tip?.length ?? 0),
            head: log.length == 0 ? nil : log.head.hex, ending: ending, endedBy: endedBy,
            forkedAt: log.forkedAt.map { Int(clamping: $0) })
    }
}

extension InviteRow {
    init(_ invite: InviteStanding) {
        self.init(
            invite: invite.invite.inviteKey.hex, role: invite.invite.role.name, uses: Int(invite.invite.uses),
            expiresAt: Timestamp(expiry: invite.invite.expiresMilliseconds), revoked: invite.isRevoked,
            admitted: invite.admitted.map(\.hex), overUsed: invite.overUsed.map(\.hex),
            refused: invite.refused.map(\.hex))
    }
}

extension CutRow {
    init(_ cut: (log: LogID, from: UInt64, to: UInt64)) {
        self.init(
            member: cut.log.member.hex, incarnation: Int(cut.log.incarnation.number), from: Int(clamping: cut.from),
            to: Int(clamping: cut.to))
    }
}
