import AuthorLog
import Identity

/// What the reference says of everybody, as lines to compare.
struct ReferenceVerdict {
    /// A right that a `present` shows, were its invite to admit its author.
    private struct Claim {
        let log: LogID
        let found: Found
        let invite: Invite?
        let acts: Bool
    }

    private struct Found {
        let from: UInt64?
        let origin: OperationID
        let chain: [MemberKey]
        let id: MemberID
        let role: Role
    }

    private struct Use {
        let id: OperationID
        let invite: Invite
        var members: [MemberKey] = []
    }

    private let reference: ReferenceStanding
    private let acts: [ReferenceStanding.Act]
    private let stewards: [ReferenceStanding.Steward]
    private let ways: [LogID: ReferenceStanding.Way]
    private var claims: [Claim] = []
    private var counting: [LogID] = []
    private var uses: [Use] = []
    /// Logs with a row because of what acts.
    private var firm: [LogID] = []

    init(_ evidence: Evidence, _ held: HeldTree) {
        reference = ReferenceStanding(evidence, held)
        acts = reference.acts(below: 4)
        stewards = reference.stewards(by: acts, upTo: 3)
        let (reference, stewards, acts) = (reference, stewards, acts)
        let logs = Set(reference.bundles.map(\.header.log))
        ways = Dictionary(uniqueKeysWithValues: logs.map { ($0, reference.way(of: $0, stewards, acts)) })
        claims = allLogs.flatMap { log in reference.shown(in: way(log)).compactMap(acting) }
        conclude()
        firm = counting.filter { log in claims.contains { $0.log == log && isAdmitted($0) } }
        claims += allLogs.flatMap { log in reference.shown(in: way(log)).compactMap(believed) }
        conclude()
    }

    /// Which logs count by what is claimed so far, and who has used which invite.
    private mutating func conclude() {
        counting = Set(claims.map(\.log.member)).union(reference.evidence.sealed.keys.map(\.member)).flatMap(counted)
        uses = []
        for act in acts {
            if case .invite(let invite) = act.operation { uses.append(Use(id: act.id, invite: invite)) }
        }
        for claim in claims where counting.contains(claim.log) {
            guard let invite = claim.invite else { continue }
            let id = claim.found.origin
            if !uses.contains(where: { $0.id == id }) { uses.append(Use(id: id, invite: invite)) }
            for index in uses.indices where uses[index].id == id && !uses[index].members.contains(claim.log.member) {
                uses[index].members.append(claim.log.member)
            }
        }
    }

    private var allLogs: [LogID] {
        var logs: [LogID] = []
        for bundle in reference.bundles where !logs.contains(bundle.header.log) { logs.append(bundle.header.log) }
        return logs
    }

    private func way(_ log: LogID) -> ReferenceStanding.Way { ways[log] ?? reference.way(of: log, stewards, acts) }

    // MARK: Invites

    private func isAdmitted(_ claim: Claim) -> Bool {
        guard claim.invite != nil else { return true }
        return uses.contains { $0.id == claim.found.origin && judge($0).admitted.contains(claim.log.member) }
    }

    private func judge(_ use: Use) -> (admitted: [MemberKey], overUsed: [MemberKey], isRevoked: Bool) {
        if let stays = reference.stays(of: use.invite, use.id, acts) {
            return (use.members.filter(stays.contains), [], true)
        }
        let named = acts.flatMap { act -> [MemberKey] in
            guard case .admit(let admit) = act.operation, admit.inviteKey == use.invite.inviteKey else { return [] }
            return admit.members
        }
        let certain = use.members.filter(named.contains)
        let others = use.members.filter { !named.contains($0) }
            .sorted { (MemberID(firstKey: $0), $0) < (MemberID(firstKey: $1), $1) }.prefix(8 * Int(use.invite.uses))
        return (certain + others, Array(others.dropFirst(max(0, Int(use.invite.uses) - certain.count))), false)
    }

    // MARK: Rights

    /// The place of that link among what acts.
    private func act(_ link: Excerpt) -> ReferenceStanding.Act? {
        acts.first { $0.id == OperationID(bundle: link.header.id, index: link.index) }
    }

    private func acting(_ bundle: AuthorityBundle) -> Claim? {
        guard case .present(let shown) = bundle.operations.first else { return nil }
        guard let link = shown.excerpts.last else {
            return reference.rootGrant(shown.order.hash) ? claim(bundle, shown, above: [], acts: true) : nil
        }
        return act(link).flatMap { claim(bundle, shown, above: $0.below, acts: true) }
    }

    private func believed(_ bundle: AuthorityBundle) -> Claim? {
        guard case .present(let shown) = bundle.operations.first, let last = shown.excerpts.last, act(last) == nil
        else { return nil }
        let base = shown.excerpts.lastIndex { act($0) != nil }
        let below = shown.excerpts[(base.map { $0 + 1 } ?? 0)...]
        guard below.allSatisfy(isCredible), below.dropLast().allSatisfy({ $0.operation.first == 2 }) else { return nil }
        let authors = below.map(\.header.member)
        guard let base, let act = act(shown.excerpts[base]) else {
            return reference.rootGrant(shown.order.hash) ? claim(bundle, shown, above: authors, acts: false) : nil
        }
        if case .invite = act.operation {
            guard reference.powerful(act.id, acts).contains(authors[0]) else { return nil }
        }
        return claim(bundle, shown, above: act.below + authors, acts: false)
    }

    /// Nobody who is given what has rows knows better.
    private func isCredible(_ link: Excerpt) -> Bool {
        let log = link.header.log
        let way = way(log)
        let forks = reference.evidence.forks.filter { $0.log == log }.map(\.position)
        guard link.header.end <= ([way.cut ?? .max] + forks).min() ?? .max else { return false }
        if firm.contains(log) { return way.bundles.last?.header.end ?? 0 < link.header.end }
        let sealed = reference.evidence.sealed.keys
        let others = Set(firm.filter { $0.member == log.member }).union(sealed.filter { $0.member == log.member })
        return others.count < 64 || others.contains(log)
    }

    private func claim(_ bundle: AuthorityBundle, _ shown: Presentation, above: [MemberKey], acts: Bool) -> Claim? {
        let member = bundle.header.member
        guard above.count <= 3, Set(above + [member]).count == above.count + 1 else { return nil }
        func found(_ origin: OperationID, _ id: MemberID, _ role: Role) -> Found {
            Found(from: bundle.header.end, origin: origin, chain: above, id: id, role: role)
        }
        let log = bundle.header.log
        guard let link = shown.excerpts.last else {
            guard case .grant(let grant) = shown.order.order.content, grant.subject == member else { return nil }
            let origin = OperationID(bundle: shown.order.hash, index: 0)
            return Claim(log: log, found: found(origin, grant.memberID, grant.role), invite: nil, acts: acts)
        }
        let origin = OperationID(bundle: link.header.id, index: link.index)
        switch AuthorityOperation(publicPart: link.operation) {
        case .grant(let grant):
            guard grant.subject == member else { return nil }
            return Claim(log: log, found: found(origin, grant.memberID, grant.role), invite: nil, acts: acts)
        case .invite(let invite):
            let id = MemberID(firstKey: member)
            return Claim(log: log, found: found(origin, id, invite.role), invite: invite, acts: acts)
        default: return nil
        }
    }

    // MARK: Lines

    var lines: [String] {
        let sealed = reference.evidence.sealed
        var lines = ["roots \(reference.rootCount)"]
        var lengths: [(log: LogID, length: UInt64, rights: [Found])] = []
        for log in allLogs {
            let way = way(log)
            let rights = rights(of: log)
            let stands = !rights.isEmpty && counting.contains(log)
            let end = stands ? way.limit : min(way.limit ?? .max, sealed[log]?.length ?? 0)
            let last = way.bundles.last { $0.header.end <= (stands ? .max : sealed[log]?.length ?? 0) }
            lengths.append((log, last?.header.end ?? 0, rights))
            let forks = reference.evidence.forks.filter { $0.log == log }.map(\.position)
            lines.append(
                "log \(log) \(last?.header.end ?? 0) \(last?.id.hex ?? "-") \(forks.min().map { "\($0)" } ?? "-") "
                    + "\(end.map { "\($0)" } ?? "-") \(Set(way.wanted).sorted().map(\.head)) "
                    + "\(rights.map { "\($0.from ?? 0)" })")
        }
        for act in acts { lines.append("act \(act.id.bundle)/\(act.id.index) \(act.level)") }
        for use in uses {
            let verdict = judge(use)
            lines.append(
                "invite \(use.id.bundle)/\(use.id.index) \(verdict.admitted.sorted()) \(verdict.overUsed.sorted()) \(verdict.isRevoked)"
            )
        }
        return (lines + members(lengths)).sorted()
    }

    /// In the order they were presented.
    private func rights(of log: LogID) -> [Found] {
        claims.filter { $0.log == log && isAdmitted($0) }.map(\.found).sorted { $0.from ?? 0 < $1.from ?? 0 }
    }

    private func counted(_ member: MemberKey) -> [LogID] {
        let logs = reference.logs(of: member)
        let sealed = reference.evidence.sealed.keys.filter { $0.member == member }
        let ordered = logs.filter { !sealed.contains($0) }.compactMap { log -> (LogID, depth: Int, first: Hash256)? in
            let mine = claims.filter { $0.log == log }
            guard !mine.isEmpty, let first = way(log).bundles.first else { return nil }
            return (log, mine.contains(where: \.acts) ? leastPower(log) : 5, first.id)
        }.sorted { ($0.1, $0.0.incarnation.number, $0.2) < ($1.1, $1.0.incarnation.number, $1.2) }
        return Array(sealed) + ordered.prefix(max(0, 64 - sealed.count)).map(\.0)
    }

    /// Of the log's rights with power; 4 where it has none.
    private func leastPower(_ log: LogID) -> Int {
        reference.shown(in: way(log)).compactMap { bundle -> Int? in
            guard case .present(let shown) = bundle.operations.first else { return nil }
            guard let link = shown.excerpts.last else {
                guard case .grant(let grant) = shown.order.order.content, grant.role == .steward,
                    grant.subject == log.member, reference.rootGrant(shown.order.hash)
                else { return nil }
                return 0
            }
            let id = OperationID(bundle: link.header.id, index: link.index)
            guard let act = acts.first(where: { $0.id == id }), !act.below.contains(log.member) else { return nil }
            return reference.powerful(id, acts).contains(log.member) ? act.level + 1 : nil
        }.min() ?? 4
    }

    private func members(_ logs: [(log: LogID, length: UInt64, rights: [Found])]) -> [String] {
        var all: [(key: MemberKey, right: Found)] = []
        func add(_ key: MemberKey, _ right: Found) {
            if !all.contains(where: { $0.key == key && $0.right.origin == right.origin }) { all.append((key, right)) }
        }
        for (order, _) in reference.orders {
            guard case .grant(let grant) = order.content else { continue }
            add(
                grant.subject,
                Found(
                    from: nil, origin: OperationID(bundle: order.hash, index: 0), chain: [], id: grant.memberID,
                    role: grant.role))
        }
        for act in acts where act.level < 3 {
            guard case .grant(let grant) = act.operation, !act.below.contains(grant.subject) else { continue }
            add(grant.subject, Found(from: nil, origin: act.id, chain: act.below, id: grant.memberID, role: grant.role))
        }
        for (log, length, rights) in logs where length > 0 { for right in rights { add(log.member, right) } }
        let keys = Set(all.map(\.key))
        return keys.map { key in
            let mine = all.filter { $0.key == key }.map(\.right)
                .sorted { ($0.chain.count, $0.origin) < ($1.chain.count, $1.origin) }
            let rights = mine.map { right -> String in
                let mayGive =
                    right.id == MemberID(firstKey: key) || right.chain.isEmpty
                    || keys.contains { owner in
                        guard MemberID(firstKey: owner) == right.id else { return false }
                        let log = logs.filter { $0.log.member == owner && $0.length > 0 }.sorted { $0.log < $1.log }
                            .first
                        let first =
                            log?.rights.first
                            ?? all.filter { $0.key == owner }.map(\.right)
                            .sorted { ($0.chain.count, $0.origin) < ($1.chain.count, $1.origin) }.first
                        return first?.chain.contains { $0 == right.chain.last } ?? false
                    }
                return
                    "\(right.origin.bundle)/\(right.origin.index) \(right.chain) \(mayGive ? right.id : MemberID(firstKey: key)) \(right.role)"
            }
            let depth = stewards.first { $0.key == key }?.depth
            return "member \(key) \(rights) \(depth.map { "\($0)" } ?? "-") "
                + "\(reference.revokers(of: key, stewards, acts).map { "\($0.by)" })"
        }
    }
}

extension Standing {
    /// The engine's verdict in the same words.
    var lines: [String] {
        var lines = ["roots \(line.keys.count)"]
        for log in logs {
            lines.append(
                "log \(log.log) \(log.length) \(log.length == 0 ? "-" : log.head.hex) \(log.forkedAt.map { "\($0)" } ?? "-") "
                    + "\(log.limit.map { "\($0)" } ?? "-") \(log.wantedHeads.sorted().map(\.head)) "
                    + "\(log.rights.map { "\($0.fromPosition ?? 0)" })")
        }
        for act in acts { lines.append("act \(act.id.bundle)/\(act.id.index) \(act.level)") }
        for invite in invites {
            lines.append(
                "invite \(invite.id.bundle)/\(invite.id.index) \(invite.admitted) \(invite.overUsed) \(invite.isRevoked)"
            )
        }
        for member in members where !member.rights.isEmpty {
            let rights = member.rights.map { right -> String in
                let origin =
                    switch right.origin {
                    case .root(let order): "\(order)/0"
                    case .operation(let id): "\(id.bundle)/\(id.index)"
                    }
                return "\(origin) \(right.chain) \(right.right.memberID) \(right.right.role)"
            }
            var revokers: [String] = []
            for case .revoked(let by) in member.flags { revokers = by.map { "\($0)" } }
            lines.append(
                "member \(member.key) \(rights) \(member.stewardDepth.map { "\($0)" } ?? "-") \(revokers.sorted())")
        }
        return lines.sorted()
    }
}
