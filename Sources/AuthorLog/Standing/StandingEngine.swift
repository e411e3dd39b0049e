import Identity

/// Works standing out, from the root down.
///
/// Why it ends, and ends the same everywhere: *power*, which is to cut, to choose, to grant and to invite, comes from operations in
/// the logs of those above, never from what a member shows in its own log. An operation acts at a *level*, the depth of the steward's
/// right under which it was written. Whose grant acts at level d − 1 is a steward of depth at most d, and only operations of levels
/// below d, by those on his chains, cut his logs: so before the operations of level d are read, the logs that they stand in are final.
/// Levels are 0 to 3. All other logs come last, when every operation with power is known. Nothing that was decided is decided
/// again, hence no order of the evidence matters; each level looks at each operation once.
struct StandingEngine<Held: HeldBranches> {
    /// An operation by somebody with power.
    struct Act {
        let id: OperationID
        /// Time, incarnation, position: of two by one author, the later one replaces.
        let place: Place
        let author: MemberKey
        let level: Int
        /// The people above the author, from the root's grantee.
        let path: [MemberKey]
        let operation: AuthorityOperation
    }

    struct Place: Comparable {
        let time: HybridTime
        let incarnation: Incarnation
        let position: UInt64

        static func < (left: Place, right: Place) -> Bool {
            (left.time, left.incarnation, left.position) < (right.time, right.incarnation, right.position)
        }
    }

    /// A steward whom only the root may cut, and those on his paths, where on each of them somebody does.
    struct Protection {
        let depth: Int
        /// The people above him, of each operation of the level above that makes him a steward; no two alike.
        let paths: [[MemberKey]]
    }

    /// A steward's right that has power.
    struct Power {
        let fromPosition: UInt64
        let depth: Int
        let expiresMilliseconds: UInt64
        let path: [MemberKey]
        /// Of the order, or of the bundle and place of the grant: of equal depth, the lower one counts.
        let origin: OperationID

        func isHeld(by header: Header) -> Bool {
            fromPosition <= header.position
                && (expiresMilliseconds == 0 || expiresMilliseconds > header.time.milliseconds)
        }
    }

    let evidence: Evidence
    let held: Held
    let line: RootLine
    let orders: StandingOrders
    /// By position, then id.
    let bundles: [LogID: [AuthorityBundle]]
    let logs: [MemberKey: [LogID]]
    /// Those proved, the lowest first.
    let forks: [LogID: [Fork]]
    /// Of each `present`, by its bundle.
    let shown: [Hash256: ShownRight]

    var protections: [MemberKey: Protection] = [:]
    var ends: [LogID: LogEnd] = [:]
    /// Those within the log's end, on its standing branch.
    var standing: [LogID: [AuthorityBundle]] = [:]
    var powers: [LogID: [Power]] = [:]
    /// The incarnations that count, at most 64 of a key.
    var counted: [MemberKey: Set<LogID>] = [:]

    var acts: [OperationID: Act] = [:]
    /// The acts about a member key, an invite key, a fork.
    var revocations: [Bytes32: [Act]] = [:]
    var admits: [InviteKey: [Act]] = [:]
    var choices: [Hash256: [Act]] = [:]
    /// Of each invite with power: who is a steward by it.
    var admittedStewards: [OperationID: Set<MemberKey>] = [:]
    /// Of each member with a settled log: who ends them.
    var revokers: [MemberKey: Revokers] = [:]
    /// Of the last level that was read.
    var latest: [Act] = []

    init(_ evidence: Evidence, held: Held) {
        self.evidence = evidence
        self.held = held
        var shown: [Hash256: ShownRight] = [:]
        var bundles: [LogID: [AuthorityBundle]] = [:]
        var seen: Set<Hash256> = []
        var orders = evidence.orders
        for bundle in evidence.bundles where seen.insert(bundle.id).inserted {
            bundles[bundle.header.log, default: []].append(bundle)
            guard case .present(let presentation) = bundle.operations.first else { continue }
            orders.append(presentation.order.order)
            orders += presentation.successions.map(\.order)
            shown[bundle.id] = ShownRight(presentation, member: bundle.header.member)
        }
        self.shown = shown
        self.bundles = bundles.mapValues { $0.sorted { ($0.header.position, $0.id) < ($1.header.position, $1.id) } }
        logs = Dictionary(grouping: bundles.keys, by: \.member).mapValues { $0.sorted() }
        forks = Dictionary(grouping: Set(evidence.forks), by: \.log)
            .mapValues { Array($0.sorted().prefix(Limits.forksPerLog)) }
        line = RootLine(charter: evidence.charter, orders: orders)
        self.orders = StandingOrders(orders, line: line)
        for log in evidence.sealed.keys { counted[log.member, default: []].insert(log) }

        for level in 0..<Limits.chainSubjectLimit {
            protect(depth: level)
            gatherPowers(depth: level)
            readActs(level: level)
        }
        for log in self.bundles.keys.sorted() { settle(log) }
    }

    /// Whoever a grant of the level above makes a steward; each is then settled for good.
    private mutating func protect(depth: Int) {
        var found: [MemberKey: Set<[MemberKey]>] = [:]
        func take(_ member: MemberKey, _ path: [MemberKey]) {
            if protections[member] == nil { found[member, default: []].insert(path) }
        }
        if depth == 0 {
            for grant in orders.grants.values where grant.content.role == .steward { take(grant.content.subject, []) }
            // His seals are read before anybody's powers.
            if let sealer = orders.sealer?.content.member { take(sealer, []) }
        }
        // Many invites may have one key, and admit the same members by the same people.
        var admitted: [InviteSponsor: Set<MemberKey>] = [:]
        for act in latest {
            switch act.operation {
            case .grant(let grant) where grant.role == .steward: take(grant.subject, act.path + [act.author])
            case .invite(let invite) where invite.role == .steward:
                let sponsor = sponsor(of: invite, act)
                if admitted[sponsor] == nil {
                    let members = admittedStewards(by: sponsor)
                    for member in members { take(member, act.path + [act.author]) }
                    admitted[sponsor] = members
                }
                admittedStewards[act.id] = admitted[sponsor]
            default: break
            }
        }
        for (member, paths) in found {
            protections[member] = Protection(depth: depth, paths: paths.sorted { $0.lexicographicallyPrecedes($1) })
        }
        for member in found.keys.sorted() {
            for log in logs[member] ?? [] { settle(log) }
        }
    }

    /// The stewards' rights of that depth, and which logs count by them.
    private mutating func gatherPowers(depth: Int) {
        for member in protections.keys.sorted() {
            var speaking: [(log: LogID, first: Hash256)] = []
            for log in logs[member] ?? [] {
                let gathered = (standing[log] ?? []).compactMap { power(shownBy: $0, depth: depth) }
                guard !gathered.isEmpty, let first = standing[log]?.first?.id else { continue }
                powers[log, default: []] += gathered
                speaking.append((log, first))
            }
            count(speaking, of: member)
        }
    }

    private func power(shownBy bundle: AuthorityBundle, depth: Int) -> Power? {
        guard let shown = shown[bundle.id], shown.right.role == .steward else { return nil }
        let origin: OperationID
        var path: [MemberKey] = []
        if let link = shown.links.last {
            guard depth > 0, let act = acts[link.operation], act.level == depth - 1 else { return nil }
            if case .invite = act.operation {
                guard admittedStewards[act.id]?.contains(bundle.header.member) ?? false else { return nil }
            }
            origin = link.operation
            path = act.path + [act.author]
            guard !path.contains(bundle.header.member) else { return nil }
        } else {
            guard depth == 0, orders.grants[shown.order] != nil else { return nil }
            origin = OperationID(bundle: shown.order, index: 0)
        }
        return Power(
            fromPosition: bundle.header.end, depth: depth, expiresMilliseconds: shown.right.expiresMilliseconds,
            path: path, origin: origin)
    }

    /// At most 64 incarnations: the sealed ones, then those that speak with power, the nearest to the root first, then the others; among
    /// these the lowest number, then the lower first bundle id.
    mutating func count(_ logs: [(log: LogID, first: Hash256)], of member: MemberKey) {
        let ordered = logs.sorted { ($0.log.incarnation.number, $0.first) < ($1.log.incarnation.number, $1.first) }
        for (log, _) in ordered where counted[member, default: []].count < Limits.incarnationsPerKey {
            counted[member, default: []].insert(log)
        }
    }

    /// The operations whose author's nearest steward's right is of that level.
    private mutating func readActs(level: Int) {
        latest = []
        for log in powers.keys.sorted() where counted[log.member]?.contains(log) ?? false {
            let powers = powers[log, default: []].filter { $0.depth == level }
            guard !powers.isEmpty else { continue }
            for bundle in standing[log] ?? [] where shown[bundle.id] == nil {
                guard let power = powers.filter({ $0.isHeld(by: bundle.header) }).min(by: { $0.origin < $1.origin })
                else { continue }
                read(bundle, power)
            }
        }
    }

    private mutating func read(_ bundle: AuthorityBundle, _ power: Power) {
        for (index, operation) in bundle.operations.enumerated() {
            let id = OperationID(bundle: bundle.id, index: index)
            guard acts[id] == nil else { continue }
            let place = Place(
                time: bundle.header.time, incarnation: bundle.header.incarnation,
                position: bundle.header.position + UInt64(index))
            let act = Act(
                id: id, place: place, author: bundle.header.member, level: power.depth, path: power.path,
                operation: operation)
            switch operation {
            case .revoke(let revocation): revocations[revocation.key, default: []].append(act)
            case .admit(let admit): admits[admit.inviteKey, default: []].append(act)
            case .choose(let choice): choices[choice.fork, default: []].append(act)
            case .present: continue
            case .grant, .invite, .other: break
            }
            acts[id] = act
            latest.append(act)
        }
    }
}

extension Sequence {
    /// Of each author's acts the last.
    func latestOfEachAuthor<Held>() -> [StandingEngine<Held>.Act] where Element == StandingEngine<Held>.Act {
        var last: [MemberKey: Element] = [:]
        for act in self {
            if let held = last[act.author], held.place > act.place { continue }
            last[act.author] = act
        }
        return last.values.sorted { $0.author < $1.author }
    }
}
