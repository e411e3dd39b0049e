import Identity

extension StandingVerdict {
    mutating func judgeMembers() {
        var found = grantedRights()
        for log in logs.keys.sorted() {
            guard let standing = logs[log], standing.length > 0 else { continue }
            for right in standing.rights { found.add(right, to: log.member) }
        }
        let rights = found.mapValues { $0.values.sorted { $0.place < $1.place } }
        let ids = MemberIDs(keys: rights.keys.sorted(), rights: rights, logs: logs)
        for (log, standing) in logs {
            logs[log] = standing.with(rights: standing.rights.map { ids.settled($0, of: log.member) })
        }
        var keys = Set(rights.keys).union(engine.logs.keys).union(flags.keys)
        for key in engine.orders.revocations.keys { keys.insert(MemberKey(raw: key)) }
        for key in engine.revocations.keys { keys.insert(MemberKey(raw: key)) }
        for key in keys {
            let held = rights[key] ?? []
            let revokers = engine.revokers(of: key).all.map(\.by)
            let ours = flags(of: key, revokers, held.compactMap { ids.borrowed($0, of: key) })
            guard !held.isEmpty || !ours.isEmpty || engine.logs[key] != nil else { continue }
            members[key] = MemberStanding(
                key: key, rights: held.map { ids.settled($0, of: key) }, stewardDepth: engine.protections[key]?.depth,
                flags: ours)
        }
    }

    /// What the root and those with power gave, presented or not.
    private func grantedRights() -> [MemberKey: [StandingRight.Origin: StandingRight]] {
        var rights: [MemberKey: [StandingRight.Origin: StandingRight]] = [:]
        for (hash, order) in engine.orders.grants {
            rights.add(
                StandingRight(
                    fromPosition: nil, right: Right(order.content, since: order.time, issuerDepth: 0),
                    origin: .root(order: hash), chain: [], isProved: true), to: order.content.subject)
        }
        for act in engine.acts.values {
            guard case .grant(let grant) = act.operation else { continue }
            let chain = act.path + [act.author]
            guard chain.isChain(to: grant.subject) else { continue }
            rights.add(
                StandingRight(
                    fromPosition: nil, right: Right(grant, since: act.place.time, issuerDepth: chain.count),
                    origin: .operation(act.id), chain: chain, isProved: true), to: grant.subject)
        }
        return rights
    }

    private func flags(
        of key: MemberKey, _ revokers: [Authority], _ borrowed: [MemberID]
    ) -> [MemberStanding.Flag] {
        var found: [MemberStanding.Flag] = revokers.isEmpty ? [] : [.revoked(by: revokers)]
        found += (engine.logs[key] ?? []).filter { engine.forks[$0] != nil }.map { .forked($0) }
        found += flags[key] ?? []
        found += Set(borrowed).sorted().map { .borrowedMemberID($0) }
        return found
    }
}

/// A member's id is its first key's hash. A second machine, or the key after a lost one, is granted the same id: by whoever brought
/// the first key, by those above him, or by the root. Anybody else's grant stands, but under the new key's own id.
private struct MemberIDs {
    /// Of the key with that id: the people above it when it came.
    private var chains: [MemberID: [MemberKey]] = [:]

    init(keys: [MemberKey], rights: [MemberKey: [StandingRight]], logs: [LogID: LogStanding]) {
        var first: [MemberKey: StandingRight] = [:]
        // A member's own first presentation: nobody else can move it.
        for log in logs.keys.sorted() where first[log.member] == nil && (logs[log]?.length ?? 0) > 0 {
            first[log.member] = logs[log]?.rights.first
        }
        for key in keys {
            chains[MemberID(firstKey: key)] = (first[key] ?? rights[key]?.first)?.chain
        }
    }

    /// Nil where the id may be given.
    func borrowed(_ right: StandingRight, of key: MemberKey) -> MemberID? {
        let id = right.right.memberID
        if id == MemberID(firstKey: key) { return nil }
        guard let issuer = right.chain.last else { return nil }
        return chains[id]?.contains(issuer) ?? false ? nil : id
    }

    func settled(_ right: StandingRight, of key: MemberKey) -> StandingRight {
        guard borrowed(right, of: key) != nil else { return right }
        let own = right.right.at(
            depth: right.right.issuerDepth, memberID: MemberID(firstKey: key), person: .some(nil))
        return StandingRight(
            fromPosition: right.fromPosition, right: own, origin: right.origin, chain: right.chain,
            isProved: right.isProved)
    }
}

extension StandingRight {
    /// Depth, then hash.
    fileprivate var place: (Int, OperationID) {
        switch origin {
        case .root(let order): (chain.count, OperationID(bundle: order, index: 0))
        case .operation(let id): (chain.count, id)
        }
    }
}

extension LogStanding {
    fileprivate func with(rights: [StandingRight]) -> LogStanding {
        LogStanding(
            log: log, length: length, head: head, forkedAt: forkedAt, limit: limit, tip: tip, wantedHeads: wantedHeads,
            ending: ending, rights: rights)
    }
}

extension [MemberKey: [StandingRight.Origin: StandingRight]] {
    /// Each origin once, as given rather than as presented.
    fileprivate mutating func add(_ right: StandingRight, to member: MemberKey) {
        if self[member]?[right.origin] == nil { self[member, default: [:]][right.origin] = right }
    }
}
