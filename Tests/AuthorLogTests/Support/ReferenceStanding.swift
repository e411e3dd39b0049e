import AuthorLog
import Identity

/// Standing as 2-log.md says it: slow, obvious, from lists that are searched from end to end. It shares nothing with the engine but
/// the decoded values.
struct ReferenceStanding {
    struct Act {
        let id: OperationID
        let header: Header
        let level: Int
        let path: [MemberKey]
        let operation: AuthorityOperation

        var author: MemberKey { header.member }
        var below: [MemberKey] { path + [author] }
        var place: (HybridTime, Incarnation, UInt64) {
            (header.time, header.incarnation, header.position + UInt64(id.index))
        }
    }

    struct Steward {
        let key: MemberKey
        let depth: Int
        /// Of each who made him one.
        var paths: [[MemberKey]]
    }

    struct Way {
        var bundles: [HeldTree.Held] = []
        var limit: UInt64?
        var wanted: [BranchPoint] = []
        var cut: UInt64?
    }

    let evidence: Evidence
    let headers: [HeldTree.Held]
    let bundles: [AuthorityBundle]
    /// With the root's place in the line.
    private(set) var orders: [(order: RootOrder, generation: Int)] = []
    private(set) var rootCount = 1

    init(_ evidence: Evidence, _ held: HeldTree) {
        self.evidence = evidence
        headers = held.headers.values.flatMap { $0 }
        var bundles: [AuthorityBundle] = []
        for bundle in evidence.bundles where !bundles.contains(bundle) { bundles.append(bundle) }
        self.bundles = bundles
        findOrders()
    }

    // MARK: The root

    private mutating func findOrders() {
        var all = evidence.orders
        for bundle in bundles {
            guard case .present(let shown) = bundle.operations.first else { continue }
            all += [shown.order.order] + shown.successions.map(\.order)
        }
        var line = [evidence.charter.rootKey]
        var expected = evidence.charter.successorKeyHash
        var kept: [Hash256] = []
        while true {
            let claims = all.filter { order in
                guard case .succession(let succession) = order.content, let key = order.rootKey else { return false }
                return Charter.hash(ofSuccessor: key) == expected && succession.retired == line.last
                    && !line.contains(key)
            }
            let best = claims.sorted { $0.serial > $1.serial || ($0.serial == $1.serial && $0.hash < $1.hash) }.first
            guard let best, let key = best.rootKey, case .succession(let succession) = best.content else { break }
            line.append(key)
            expected = succession.nextKeyHash
            kept = succession.stays
        }
        rootCount = line.count
        for order in all where !orders.contains(where: { $0.order == order }) {
            guard let generation = line.firstIndex(of: order.rootKey ?? line[0]) else { continue }
            if generation == line.count - 1 || kept.contains(order.hash) { orders.append((order, generation)) }
        }
        orders.sort { one, other in
            (one.generation, one.order.serial) == (other.generation, other.order.serial)
                ? one.order.hash < other.order.hash
                : (one.generation, one.order.serial) > (other.generation, other.order.serial)
        }
    }

    func rootGrant(_ hash: Hash256) -> Bool {
        orders.contains {
            guard case .grant = $0.order.content else { return false }
            return $0.order.hash == hash
        }
    }

    private func rootRevocation(_ key: Bytes32) -> (Hash256, Revocation)? {
        for (order, _) in orders {
            if case .revoke(let revocation) = order.content, revocation.key == key { return (order.hash, revocation) }
        }
        return nil
    }

    // MARK: Stewards, level by level

    /// All operations with power of levels below that.
    func acts(below level: Int) -> [Act] {
        guard level > 0 else { return [] }
        let lower = acts(below: level - 1)
        var found: [Act] = []
        let stewards = stewards(by: lower, upTo: level - 1)
        for steward in stewards {
            let logs = logs(of: steward.key)
            let ways = Dictionary(uniqueKeysWithValues: logs.map { ($0, way(of: $0, stewards, lower)) })
            let speaking = logs.compactMap { log -> (log: LogID, depth: Int, first: Hash256)? in
                let way = ways[log] ?? Way()
                let depths = shown(in: way).compactMap { powerRight($0, lower)?.depth }.filter { $0 < level }
                guard let least = depths.min(), let first = way.bundles.first else { return nil }
                return (log, least, first.id)
            }
            let free = max(0, 64 - evidence.sealed.keys.filter { $0.member == steward.key }.count)
            let counted = speaking.filter { evidence.sealed[$0.log] == nil }.sorted {
                ($0.depth, $0.log.incarnation.number, $0.first) < ($1.depth, $1.log.incarnation.number, $1.first)
            }.prefix(free).map(\.log)
            for log in logs where counted.contains(log) || evidence.sealed[log] != nil {
                found += acts(in: log, at: level - 1, ways[log] ?? Way(), lower)
            }
        }
        return lower + found
    }

    private func acts(in log: LogID, at level: Int, _ way: Way, _ lower: [Act]) -> [Act] {
        let rights = shown(in: way).compactMap { bundle in powerRight(bundle, lower).map { (bundle.header.end, $0) } }
        var found: [Act] = []
        for bundle in standing(in: way) {
            if case .present = bundle.operations.first { continue }
            let valid = rights.filter { from, right in
                from <= bundle.header.position
                    && (right.expires == 0 || bundle.header.time.milliseconds < right.expires)
            }.map(\.1)
            guard let least = valid.map(\.depth).min(), least == level else { continue }
            guard let best = valid.filter({ $0.depth == least }).sorted(by: { $0.origin < $1.origin }).first else {
                continue
            }
            for (index, operation) in bundle.operations.enumerated() {
                if case .present = operation { continue }
                found.append(
                    Act(
                        id: OperationID(bundle: bundle.id, index: index), header: bundle.header, level: level,
                        path: best.path, operation: operation))
            }
        }
        return found
    }

    func stewards(by acts: [Act], upTo depth: Int) -> [Steward] {
        var found: [Steward] = []
        for depth in 0...depth {
            var next: [Steward] = []
            func add(_ key: MemberKey, _ path: [MemberKey]) {
                guard !found.contains(where: { $0.key == key }) else { return }
                if let index = next.firstIndex(where: { $0.key == key }) {
                    next[index].paths.append(path)
                } else {
                    next.append(Steward(key: key, depth: depth, paths: [path]))
                }
            }
            if depth == 0 {
                for (order, _) in orders {
                    guard case .grant(let grant) = order.content, grant.role == .steward else { continue }
                    add(grant.subject, [])
                }
                if let sealer = sealer { add(sealer, []) }
            }
            for act in acts where act.level == depth - 1 {
                for key in madeStewards(by: act, acts) { add(key, act.below) }
            }
            found += next
        }
        return found
    }

    private var sealer: MemberKey? {
        for (order, _) in orders {
            if case .sealer(let sealer) = order.content { return sealer.member }
        }
        return nil
    }

    private func madeStewards(by act: Act, _ acts: [Act]) -> [MemberKey] {
        switch act.operation {
        case .grant(let grant): return grant.role == .steward ? [grant.subject] : []
        case .invite(let invite):
            guard invite.role == .steward else { return [] }
            var named: [MemberKey] = []
            for other in acts {
                guard case .admit(let admit) = other.operation, admit.inviteKey == invite.inviteKey else { continue }
                if isAbove(other, act) { named += admit.members }
            }
            let stays = stays(of: invite, act, acts)
            return named.filter { stays?.contains($0) ?? true }
        default: return []
        }
    }

    private func isAbove(_ act: Act, _ invite: Act) -> Bool {
        act.level <= invite.level && invite.below.contains(act.author)
    }

    struct PowerRight {
        let depth: Int
        let expires: UInt64
        let path: [MemberKey]
        let origin: OperationID
    }

    private func powerRight(_ bundle: AuthorityBundle, _ acts: [Act]) -> PowerRight? {
        guard case .present(let shown) = bundle.operations.first else { return nil }
        let member = bundle.header.member
        guard let link = shown.excerpts.last else {
            guard case .grant(let grant) = shown.order.order.content, grant.role == .steward, grant.subject == member,
                rootGrant(shown.order.hash)
            else { return nil }
            return PowerRight(
                depth: 0, expires: grant.expiresMilliseconds, path: [],
                origin: OperationID(bundle: shown.order.hash, index: 0))
        }
        let id = OperationID(bundle: link.header.id, index: link.index)
        guard let act = acts.first(where: { $0.id == id }), act.level < 3, !act.below.contains(member),
            madeStewards(by: act, acts.filter { $0.level <= act.level }).contains(member)
        else { return nil }
        let expires: UInt64
        switch AuthorityOperation(publicPart: link.operation) {
        case .grant(let grant): expires = grant.expiresMilliseconds
        case .invite(let invite): expires = invite.grantExpiresMilliseconds
        default: return nil
        }
        return PowerRight(depth: act.level + 1, expires: expires, path: act.below, origin: id)
    }

    // MARK: Cuts

    func logs(of key: MemberKey) -> [LogID] {
        var found: [LogID] = []
        for bundle in bundles where bundle.header.member == key && !found.contains(bundle.header.log) {
            found.append(bundle.header.log)
        }
        return found
    }

    private func mayCut(_ act: Act, _ key: MemberKey, _ stewards: [Steward]) -> Bool {
        guard let steward = stewards.first(where: { $0.key == key }) else { return true }
        return act.level < steward.depth && steward.paths.contains { $0.contains(act.author) }
    }

    /// Those that no later one of the same author replaces.
    private func last(_ acts: [Act]) -> [Act] {
        acts.filter { act in !acts.contains { $0.author == act.author && $0.place > act.place } }
    }

    func revokers(of key: MemberKey, _ stewards: [Steward], _ acts: [Act]) -> [(by: Authority, Revocation)] {
        if let (hash, revocation) = rootRevocation(key.raw), case .member = revocation.subject {
            return [(.root(order: hash), revocation)]
        }
        let about = acts.filter { act in
            guard case .revoke(let revocation) = act.operation, case .member(key, _) = revocation.subject else {
                return false
            }
            return mayCut(act, key, stewards)
        }
        let last = last(about)
        if let steward = stewards.first(where: { $0.key == key }) {
            let isOnEach = steward.paths.allSatisfy { path in last.contains { path.contains($0.author) } }
            guard isOnEach else { return [] }
        }
        return last.compactMap { act in
            guard case .revoke(let revocation) = act.operation else { return nil }
            return (.steward(act.author), revocation)
        }.sorted { "\($0.0)" < "\($1.0)" }
    }

    private func stays(of invite: Invite, _ act: Act?, _ acts: [Act]) -> [MemberKey]? {
        if let (_, revocation) = rootRevocation(invite.inviteKey.raw), case .invite(_, let stays) = revocation.subject {
            return stays
        }
        let about = last(
            acts.filter { other in
                guard case .revoke(let revocation) = other.operation,
                    case .invite(invite.inviteKey, _) = revocation.subject
                else { return false }
                if let act, invite.role == .steward { return isAbove(other, act) }
                return true
            })
        guard !about.isEmpty else { return nil }
        let lists = about.map { act -> [MemberKey] in
            guard case .revoke(let revocation) = act.operation, case .invite(_, let stays) = revocation.subject else {
                return []
            }
            return stays
        }
        return lists[0].filter { key in lists.allSatisfy { $0.contains(key) } }
    }

    private func chosen(at fork: Fork, _ stewards: [Steward], _ acts: [Act]) -> BranchPoint? {
        for (order, _) in orders {
            guard case .choose(let choice) = order.content, choice.fork == fork.id else { continue }
            if choice.log == fork.log { return BranchPoint(length: choice.length, head: choice.head) }
            break
        }
        let about = acts.filter { act in
            guard case .choose(let choice) = act.operation else { return false }
            return choice.fork == fork.id && choice.log == fork.log && mayCut(act, fork.log.member, stewards)
        }
        return last(about).compactMap { act in
            guard case .choose(let choice) = act.operation else { return nil }
            return BranchPoint(length: choice.length, head: choice.head)
        }.sorted(by: <).first
    }

    // MARK: The way of a log, header by header

    private func line(to id: Hash256, in log: LogID) -> [HeldTree.Held]? {
        guard let last = headers.first(where: { $0.id == id && $0.header.log == log }) else { return nil }
        guard last.header.position > 0 else { return [last] }
        return line(to: last.header.previous, in: log).map { $0 + [last] }
    }

    func way(of log: LogID, _ stewards: [Steward], _ acts: [Act]) -> Way {
        var way = Way()
        let sealed = evidence.sealed[log]
        var cut: (length: UInt64, head: Hash256?)?
        var cuts = revokers(of: log.member, stewards, acts).map {
            by, revocation -> (by: Authority, point: BranchPoint) in
            guard case .member(_, let stays) = revocation.subject else {
                return (by, BranchPoint(length: 0, head: .init(raw: .zero)))
            }
            let named = stays.first { $0.incarnation == log.incarnation }
            var isRoot = false
            if case .root = by { isRoot = true }
            let length = named?.length ?? (isRoot ? sealed?.length ?? 0 : 0)
            return (by, BranchPoint(length: length, head: named?.head ?? .init(raw: .zero)))
        }
        cuts.sort { $0.point < $1.point }
        var isRoot = false
        if case .root? = cuts.first?.by { isRoot = true }
        if let steward = stewards.first(where: { $0.key == log.member }), !isRoot {
            // The one of whom the shortest is furthest.
            let each = steward.paths.compactMap { path in
                cuts.first { cut in path.contains { cut.by == .steward($0) } }
            }
            cuts = each.sorted { $0.point > $1.point }
        }
        if let point = cuts.first?.point {
            let floor = isRoot ? 0 : sealed?.length ?? 0
            let hasHead = point.length >= floor && point.head != Hash256(raw: .zero)
            cut = (max(point.length, floor), hasHead ? point.head : nil)
        }
        way.limit = cut?.length
        way.cut = cut?.length
        if let head = cut?.head, let length = cut?.length, length > 0, line(to: head, in: log) == nil {
            way.wanted = [BranchPoint(length: length, head: head)]
        }
        var position: UInt64 = 0
        var current: Hash256?
        var isUndecided = false
        let forks = proved(log)
        while true {
            let children = headers.filter {
                $0.header.log == log && $0.header.position == position
                    && (position == 0 || $0.header.previous == current)
            }
            let fork = Fork(log: log, position: position, predecessor: current ?? Hash256(raw: .zero))
            if forks.contains(fork) || children.count > 1, position < cut?.length ?? .max {
                var targets: [Hash256] = []
                if let sealed, sealed.length > position {
                    guard let line = line(to: sealed.head, in: log) else {
                        way.wanted.append(sealed)
                        isUndecided = true
                        break
                    }
                    if line.last?.header.end == sealed.length { targets.append(sealed.head) }
                }
                if let head = cut?.head { targets.append(head) }
                if let choice = chosen(at: fork, stewards, acts) {
                    if let line = line(to: choice.head, in: log) {
                        if line.last?.header.end == choice.length { targets.append(choice.head) }
                    } else if !targets.contains(where: { leads($0, beyond: position, current, log) != nil }) {
                        way.wanted.append(choice)
                    }
                }
                guard let next = targets.lazy.compactMap({ leads($0, beyond: position, current, log) }).first else {
                    isUndecided = true
                    break
                }
                way.bundles.append(next)
                (position, current) = (next.header.end, next.id)
                continue
            }
            guard let next = children.first else { break }
            way.bundles.append(next)
            (position, current) = (next.header.end, next.id)
        }
        if isUndecided {
            way.limit = min(cut?.length ?? .max, max(position, sealed?.length ?? 0))
        }
        way.bundles = way.bundles.filter { $0.header.end <= way.limit ?? .max }
        let heads = [sealed?.head, cut?.head].compactMap { $0 }
        let vouched =
            heads.compactMap { line(to: $0, in: log) }
            .filter { line in line.starts(with: way.bundles) || way.bundles.starts(with: line) }
            .compactMap { $0.last?.header.end }.max() ?? 0
        if forks.count == 64 {
            let end = max(vouched, forks[0].position)
            let isShorter = end < min(way.limit ?? .max, isUndecided ? position : .max)
            if isShorter { way.limit = min(cut?.length ?? .max, max(end, sealed?.length ?? 0)) }
            way.bundles = way.bundles.filter { $0.header.end <= end }
            if let sealed, sealed.length > forks[0].position, line(to: sealed.head, in: log) == nil,
                !way.wanted.contains(sealed)
            {
                way.wanted.append(sealed)
            }
        }
        return way
    }

    /// The 64 lowest forks that are proved.
    private func proved(_ log: LogID) -> [Fork] {
        var found: [Fork] = []
        for fork in evidence.forks where fork.log == log && !found.contains(fork) { found.append(fork) }
        return Array(found.sorted { ($0.position, $0.id) < ($1.position, $1.id) }.prefix(64))
    }

    /// The bundle after a place on the way to that head, if the way leads there.
    private func leads(_ head: Hash256, beyond position: UInt64, _ current: Hash256?, _ log: LogID) -> HeldTree.Held? {
        line(to: head, in: log)?.first {
            $0.header.position == position && (position == 0 || $0.header.previous == current)
        }
    }

    func standing(in way: Way) -> [AuthorityBundle] {
        way.bundles.compactMap { held in bundles.first { $0.id == held.id } }
    }

    func shown(in way: Way) -> [AuthorityBundle] {
        standing(in: way).filter {
            guard case .present = $0.operations.first else { return false }
            return true
        }
    }

    func stays(of invite: Invite, _ id: OperationID, _ acts: [Act]) -> [MemberKey]? {
        stays(of: invite, acts.first { $0.id == id }, acts)
    }

    func powerful(_ id: OperationID, _ acts: [Act]) -> [MemberKey] {
        guard let act = acts.first(where: { $0.id == id }), act.level < 3 else { return [] }
        return madeStewards(by: act, acts.filter { $0.level <= act.level })
    }
}
