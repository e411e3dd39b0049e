import Identity

/// The last step, when every operation with power is known: who was admitted, which rights stand, and so how far each log counts.
struct StandingVerdict<Held: HeldBranches> {
    let engine: StandingEngine<Held>
    private var counted: [MemberKey: Set<LogID>]
    /// Of logs that no bundle is held of.
    private var ends: [LogID: LogEnd] = [:]
    private var rights: [LogID: [StandingRight]] = [:]

    private(set) var invites: [OperationID: InviteStanding] = [:]
    var logs: [LogID: LogStanding] = [:]
    var members: [MemberKey: MemberStanding] = [:]
    var flags: [MemberKey: [MemberStanding.Flag]] = [:]

    init(_ engine: StandingEngine<Held>) {
        self.engine = engine
        counted = engine.counted
    }

    mutating func judge() {
        judgeInvites()
        let all = engine.bundles.keys.sorted()
        for log in all {
            rights[log] = (engine.standing[log] ?? []).compactMap { right(shownBy: $0) }
        }
        countIncarnations()
        for log in all { logs[log] = standing(of: log) }
        judgeMembers()
    }

    // MARK: Invites

    private mutating func judgeInvites() {
        var uses: [OperationID: (invite: Invite, issuer: MemberKey, members: Set<MemberKey>)] = [:]
        for act in engine.acts.values {
            guard case .invite(let invite) = act.operation else { continue }
            uses[act.id] = (invite, act.author, [])
        }
        for bundle in engine.standing.values.joined() {
            guard let shown = engine.shown[bundle.id], let invite = shown.invite, let link = shown.links.last else {
                continue
            }
            uses[link.operation, default: (invite, link.log.member, [])].members.insert(bundle.header.member)
        }
        for (id, use) in uses {
            invites[id] = standing(of: id, use.invite, issuer: use.issuer, usedBy: use.members)
        }
        for id in invites.keys.sorted() { flagMembers(of: id) }
    }

    private func standing(
        of id: OperationID, _ invite: Invite, issuer: MemberKey, usedBy members: Set<MemberKey>
    ) -> InviteStanding {
        var named: Set<MemberKey> = []
        for act in engine.admits[invite.inviteKey] ?? [] {
            if case .admit(let admit) = act.operation { named.formUnion(admit.members) }
        }
        let stays = engine.stays(of: invite.inviteKey, engine.acts[id])
        let certain = stays ?? named
        let others = stays == nil ? members.subtracting(named).sorted { MemberID.precedes($0, $1) } : []
        let admitted = members.intersection(certain).union(others.prefix(Limits.admittedPerUse * Int(invite.uses)))
        let spare = max(0, Int(invite.uses) - members.intersection(certain).count)
        return InviteStanding(
            id: id, issuer: issuer, invite: invite, admitted: admitted.sorted(),
            overUsed: others.prefix(Limits.admittedPerUse * Int(invite.uses)).dropFirst(spare).sorted(),
            refused: members.subtracting(admitted).sorted(), isRevoked: stays != nil)
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

    // MARK: Rights

    private mutating func right(shownBy bundle: AuthorityBundle) -> StandingRight? {
        guard let shown = engine.shown[bundle.id], let found = chain(of: shown, member: bundle.header.member) else {
            return nil
        }
        let origin: StandingRight.Origin
        if let link = shown.links.last {
            if shown.invite != nil {
                guard invites[link.operation]?.admitted.contains(bundle.header.member) ?? false else { return nil }
            }
            origin = .operation(link.operation)
        } else {
            origin = .root(order: shown.order)
        }
        return StandingRight(
            fromPosition: bundle.header.end, right: shown.right.at(depth: found.chain.count), origin: origin,
            chain: found.chain, isProved: found.isProved)
    }

    /// The last link whose log is held that far decides; those after it are believed.
    private mutating func chain(
        of shown: ShownRight, member: MemberKey
    ) -> (chain: [MemberKey], isProved: Bool)? {
        var believed: [MemberKey] = []
        var chain: [MemberKey]?
        for link in shown.links.reversed() {
            let end = end(of: link.log)
            guard !end.isBeyond(link.end) else { return nil }
            if link.end <= end.heldLength {
                guard let act = engine.acts[link.operation] else { return nil }
                chain = act.path + [act.author]
                break
            }
            believed.append(link.log.member)
        }
        if chain == nil {
            guard engine.orders.grants[shown.order] != nil else { return nil }
            chain = []
        }
        let people = (chain ?? []) + believed.reversed()
        return people.isChain(to: member) ? (people, believed.isEmpty) : nil
    }

    private mutating func end(of log: LogID) -> LogEnd {
        if let end = engine.ends[log] ?? ends[log] { return end }
        let end = engine.end(of: log)
        ends[log] = end
        return end
    }

    // MARK: Logs

    private mutating func countIncarnations() {
        for member in engine.logs.keys.sorted() {
            let candidates = (engine.logs[member] ?? []).filter { !rights[$0, default: []].isEmpty }
            let ordered = candidates.compactMap { log in engine.standing[log]?.first.map { (log: log, first: $0.id) } }
                .sorted { ($0.log.incarnation.number, $0.first) < ($1.log.incarnation.number, $1.first) }
            for (log, _) in ordered where counted[member, default: []].count < Limits.incarnationsPerKey {
                counted[member, default: []].insert(log)
            }
            let count = counted[member, default: []].union(candidates).count
            if count > Limits.incarnationsPerKey {
                flags[member, default: []].append(.incarnations(count: count))
            }
        }
    }

    private func standing(of log: LogID) -> LogStanding {
        let end = engine.end(of: log)
        let forkedAt = engine.forks[log]?.first?.position
        let rights = rights[log] ?? []
        let isCounted = counted[log.member]?.contains(log) ?? false
        if !rights.isEmpty && isCounted {
            return LogStanding(
                log: log, length: end.point?.length ?? 0, head: end.point?.head ?? Hash256(raw: .zero),
                forkedAt: forkedAt, limit: end.limit, tip: end.tip, wanted: end.wanted, ending: end.ending,
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
            limit: limit, tip: end.tip, wanted: end.wanted, ending: isOpen ? ending : end.ending, rights: rights)
    }
}

extension Right {
    /// The same, with the depth that stands.
    func at(depth: Int, memberID: MemberID? = nil, person: PersonID?? = nil) -> Right {
        Right(
            role: role, expiresMilliseconds: expiresMilliseconds, quota: quota, sources: sources,
            memberID: memberID ?? self.memberID, person: person ?? self.person, since: since, issuerDepth: depth)
    }
}

extension [MemberKey] {
    /// At most 4 people deep, nobody twice.
    func isChain(to member: MemberKey) -> Bool {
        count < Limits.chainSubjectLimit && !contains(member) && Set(self).count == count
    }
}

extension MemberID {
    /// By the hash of the keys, then by the keys.
    fileprivate static func precedes(_ one: MemberKey, _ other: MemberKey) -> Bool {
        (MemberID(firstKey: one), one) < (MemberID(firstKey: other), other)
    }
}
