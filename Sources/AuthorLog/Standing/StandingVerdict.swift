import Identity

/// The last step, when every operation with power is known: who was admitted, which rights stand, and so how far each log counts.
///
/// What acts is judged first, then what is believed of logs that are not held. Both ask the logs that show a right which acts, and these
/// have rows: so who holds a log that has none and who lacks it judge alike.
struct StandingVerdict<Held: HeldBranches> {
    let engine: StandingEngine<Held>
    var counted: [MemberKey: Set<LogID>]
    /// Of logs that no bundle is held of.
    var ends: [LogID: LogEnd] = [:]
    /// The logs that count and show a right which acts and admits who shows it.
    private(set) var firm: Set<LogID> = []
    /// Of each member, how many logs are firm or sealed.
    private(set) var firmCounts: [MemberKey: Int] = [:]
    private(set) var claims: [LogID: [Claim]] = [:]

    private(set) var invites: [OperationID: InviteStanding] = [:]
    private var admitted: [OperationID: Set<MemberKey>] = [:]
    var logs: [LogID: LogStanding] = [:]
    var members: [MemberKey: MemberStanding] = [:]
    var flags: [MemberKey: [MemberStanding.Flag]] = [:]

    init(_ engine: StandingEngine<Held>) {
        self.engine = engine
        counted = engine.counted
    }

    mutating func judge() {
        let all = engine.bundles.keys.sorted()
        gatherClaims(of: all, areProved: true)
        findFirm(all)
        gatherClaims(of: all, areProved: false)
        for id in invites.keys.sorted() { flagMembers(of: id) }
        flagIncarnations()
        for log in all { logs[log] = standing(of: log) }
        judgeMembers()
    }

    private mutating func gatherClaims(of all: [LogID], areProved: Bool) {
        for log in all {
            let found = (engine.standing[log] ?? []).compactMap { claim(shownBy: $0, isProved: areProved) }
            if !found.isEmpty { claims[log, default: []] += found }
        }
        countIncarnations()
        judgeInvites(areProved: areProved)
    }

    private mutating func findFirm(_ all: [LogID]) {
        for log in all where isCounted(log) && !rights(of: log).isEmpty { firm.insert(log) }
        for log in firm.union(engine.evidence.sealed.keys) { firmCounts[log.member, default: 0] += 1 }
    }

    // MARK: Invites

    private mutating func judgeInvites(areProved: Bool) {
        var uses: [OperationID: (invite: Invite, issuer: MemberKey, members: Set<MemberKey>)] = [:]
        if areProved {
            for act in engine.acts.values {
                guard case .invite(let invite) = act.operation else { continue }
                uses[act.id] = (invite, act.author, [])
            }
        }
        for (log, claims) in claims where isCounted(log) {
            for claim in claims where claim.right.isProved == areProved {
                guard let invite = claim.invite, case .operation(let id) = claim.right.origin else { continue }
                uses[id, default: (invite, claim.issuer, [])].members.insert(log.member)
            }
        }
        // Many invites may have one key.
        var named: [InviteKey: Set<MemberKey>] = [:]
        var stays: [InviteSponsor: Set<MemberKey>?] = [:]
        for (id, use) in uses {
            let key = use.invite.inviteKey
            let sponsor = engine.sponsor(of: use.invite, engine.acts[id])
            if named[key] == nil { named[key] = engine.named(by: key) }
            if stays[sponsor] == nil { stays[sponsor] = .some(engine.stays(of: sponsor)) }
            let admission = Admission(
                use.invite, usedBy: use.members, named: named[key] ?? [], stays: stays[sponsor] ?? nil)
            admitted[id] = admission.admitted
            invites[id] = InviteStanding(
                id: id, issuer: use.issuer, invite: use.invite, admitted: admission.admitted.sorted(),
                overUsed: admission.overUsed.sorted(),
                refused: use.members.subtracting(admission.admitted).sorted(), isRevoked: admission.isRevoked)
        }
    }

    private mutating func flagMembers(of id: OperationID) {
        guard let standing = invites[id] else { return }
        for member in standing.overUsed { flags[member, default: []].append(.overUsed(invite: id)) }
        for member in standing.refused { flags[member, default: []].append(.refused(invite: id)) }
        guard standing.invite.role == .steward else { return }
        for member in standing.admitted where !(engine.admittedStewards[id]?.contains(member) ?? false) {
            flags[member, default: []].append(.awaitsAdmit(invite: id))
        }
    }

    /// In the order they were presented.
    private func rights(of log: LogID) -> [StandingRight] {
        (claims[log] ?? []).filter { claim in
            guard claim.invite != nil, case .operation(let id) = claim.right.origin else { return true }
            return admitted[id]?.contains(log.member) ?? false
        }.map(\.right).sorted { ($0.fromPosition ?? 0) < ($1.fromPosition ?? 0) }
    }

    // MARK: Logs

    private func isCounted(_ log: LogID) -> Bool { counted[log.member]?.contains(log) ?? false }

    private mutating func countIncarnations() {
        for member in engine.logs.keys.sorted() {
            let found = (engine.logs[member] ?? []).filter { claims[$0] != nil }
                .compactMap { log in engine.standing[log]?.first.map { (log: log, first: $0.id) } }
                .sorted { ($0.log.incarnation.number, $0.first) < ($1.log.incarnation.number, $1.first) }
            for (log, _) in found where counted[member, default: []].count < Limits.incarnationsPerKey {
                counted[member, default: []].insert(log)
            }
        }
    }

    private mutating func flagIncarnations() {
        for (member, logs) in engine.logs {
            let count = counted[member, default: []].union(logs.filter { claims[$0] != nil }).count
            if count > Limits.incarnationsPerKey { flags[member, default: []].append(.incarnations(count: count)) }
        }
    }

    private func standing(of log: LogID) -> LogStanding {
        let end = engine.end(of: log)
        let forkedAt = engine.forks[log]?.first?.position
        let rights = rights(of: log)
        if !rights.isEmpty && isCounted(log) {
            return LogStanding(
                log: log, length: end.point?.length ?? 0, head: end.point?.head ?? Hash256(raw: .zero),
                forkedAt: forkedAt, limit: end.limit, tip: end.tip, wantedHeads: end.wanted, ending: end.ending,
                rights: rights)
        }
        // What a seal closed stays, whoever wrote it.
        let sealed = engine.evidence.sealed[log].flatMap { sealed in
            end.point.flatMap { engine.held.point(atOrBefore: sealed.length, upTo: $0.head, in: log) }
        }
        let limit = min(end.limit ?? .max, engine.evidence.sealed[log]?.length ?? 0)
        let isOpen = end.ending == .open || end.point.map { $0.length > limit } ?? false
        let ending: LogStanding.Ending = rights.isEmpty ? .noRight : .tooManyIncarnations
        return LogStanding(
            log: log, length: sealed?.length ?? 0, head: sealed?.head ?? Hash256(raw: .zero), forkedAt: forkedAt,
            limit: limit, tip: end.tip, wantedHeads: end.wanted, ending: isOpen ? ending : end.ending, rights: rights)
    }
}
