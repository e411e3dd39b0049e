import AuthorLog
import Identity

extension PaperVine {
    /// A small community in which everybody does anything, most of it badly.
    static func random(_ dice: inout Dice) throws -> PaperVine {
        var vine = try PaperVine()
        try vine.root(grants: "n0")
        try vine.root(grants: "n1")
        for _ in 0..<Int.random(in: 5...32, using: &dice) { try vine.step(&dice) }
        guard Int.random(in: 0..<3, using: &dice) == 0 else { return vine }
        var lengths: [LogID: UInt64] = [:]
        for log in vine.heads.keys.sorted() where Int.random(in: 0..<4, using: &dice) == 0 {
            lengths[log] = UInt64.random(in: 0...6, using: &dice)
        }
        return vine.holding { $0.end <= lengths[$0.log] ?? .max }
    }

    private static let names = (0..<8).map { "n\($0)" }

    private mutating func step(_ dice: inout Dice) throws {
        let known = Self.names.filter { chains[$0] != nil && heads[Self.log($0)] != nil }
        let name = Self.names.randomElement(using: &dice) ?? "n0"
        let writer = known.randomElement(using: &dice) ?? "n0"
        let numbers = (1...4).filter { heads[Self.log(writer, $0)] != nil } as [UInt16]
        let number = numbers.randomElement(using: &dice) ?? 1
        let invite = "i\(Int.random(in: 0..<3, using: &dice))"
        switch Int.random(in: 0..<30, using: &dice) {
        case 0..<8:
            let role: Role =
                [.steward, .steward, .steward, .ambassador, .observer].randomElement(using: &dice) ?? .observer
            let expires = Int.random(in: 0..<8, using: &dice) == 0 ? milliseconds + 12 : 0
            let first = Int.random(in: 0..<6, using: &dice) == 0 ? Self.names.randomElement(using: &dice) : nil
            guard chains[writer]?.excerpts.count ?? 9 < 6 else { return }
            try grant(
                name, role, by: writer, number, expires: expires, memberOf: first,
                presented: Int.random(in: 0..<7, using: &dice) > 0)
        case 8..<10: try record(writer, number, count: UInt16.random(in: 1...3, using: &dice))
        case 10..<12: try present(writer, UInt16.random(in: 1...4, using: &dice))
        case 12:
            guard chains[writer]?.excerpts.count ?? 9 < 6 else { return }
            try self.invite(invite, Bool.random(using: &dice) ? .steward : .ambassador, by: writer, number)
            guard Int.random(in: 0..<4, using: &dice) == 0, chains["invite " + invite] != nil else { return }
            for guest in 0..<11 { try use(invite, "guest \(guest)") }
        case 13..<15: if chains["invite " + invite] != nil { try use(invite, name) }
        case 15:
            let members =
                (Self.names + ["guest 3", "guest 5"]).filter { _ in Bool.random(using: &dice) } + ["guest 10"]
            try write(
                writer, number, [.admit(Admit(inviteKey: Self.inviteKey(invite), members: members.map(Self.key)))])
        case 16..<20: try write(writer, number, [.revoke(revocation(of: name, &dice))])
        case 20: try write(writer, number, [.revoke(revocation(ofInvite: invite, &dice))])
        case 21..<23: try forkSomewhere(&dice)
        case 23..<25: if let choice = try choice(&dice) { try write(writer, number, [.choose(choice)]) }
        case 25: if let choice = try choice(&dice) { try order(.choose(choice)) }
        case 26:
            try order(
                .revoke(Bool.random(using: &dice) ? revocation(of: name, &dice) : revocation(ofInvite: invite, &dice)))
        case 27:
            let log = heads.keys.sorted().randomElement(using: &dice)
            if let log, let point = point(of: log, &dice) { seal(log, at: point) }
        case 28: try rootStep(name, &dice)
        default:
            // 66 machines of one member.
            guard Int.random(in: 0..<20, using: &dice) == 0 else { return }
            for number in 5...70 as ClosedRange<UInt16> { try present(writer, number) }
        }
    }

    private mutating func rootStep(_ name: String, _ dice: inout Dice) throws {
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: try order(.sealer(Sealer(member: Self.key(name), lastSeal: Hash256(raw: .zero))))
        case 1:
            let number = UInt64.random(in: 1...3, using: &dice)
            try order(.networkKey(NetworkKeyName(number: number, hash: Hash256(raw: .zero))))
        case 2 where rootName == nil:
            let stays = evidence.orders.filter { _ in Int.random(in: 0..<4, using: &dice) > 0 }
            try succeed(by: "successor", next: "third", stays: stays)
        case 3: try root(grants: name, Bool.random(using: &dice) ? .steward : .observer)
        default: try order(.grant(Grant(subject: Self.key(name), role: .steward)), serial: 3)
        }
    }

    private mutating func forkSomewhere(_ dice: inout Dice) throws {
        guard let log = heads.keys.sorted().randomElement(using: &dice) else { return }
        let name = (Self.names + (0..<11).map { "guest \($0)" }).first { Self.key($0) == log.member } ?? "n0"
        if Bool.random(using: &dice), let tip = held.tips(of: log).sorted().randomElement(using: &dice) {
            return go(name, log.incarnation.number, to: tip)
        }
        let isFirst = Int.random(in: 0..<12, using: &dice) == 0
        let point = isFirst ? nil : point(of: log, &dice)
        let isProved = Int.random(in: 0..<8, using: &dice) > 0
        let fork = fork(name, log.incarnation.number, at: point, proved: isProved)
        if isFirst { try present(name, log.incarnation.number) }
        for _ in 0..<Int.random(in: 1...2, using: &dice) { try record(name, log.incarnation.number) }
        if Int.random(in: 0..<6, using: &dice) == 0 {
            // Some of them fewer than hide others.
            let lowest = UInt64.random(in: 0...6, using: &dice)
            let count = Int.random(in: 0..<3, using: &dice) > 0 ? 64 : 63
            forkNowhere(
                name, log.incarnation.number,
                at: (0..<count).map { _ in UInt64.random(in: lowest...(lowest + 6), using: &dice) })
        }
        let last = heads[log]
        if Bool.random(using: &dice), let last {
            try choose(fork, last, by: Bool.random(using: &dice) ? "n0" : "n1")
        }
    }

    private func point(of log: LogID, _ dice: inout Dice) -> BranchPoint? {
        held.headers[log]?.sorted { $0.id < $1.id }.randomElement(using: &dice)
            .map { BranchPoint(length: $0.header.end, head: $0.id) }
    }

    private func choice(_ dice: inout Dice) throws -> Choice? {
        guard let fork = evidence.forks.randomElement(using: &dice), let point = point(of: fork.log, &dice) else {
            return nil
        }
        let length = point.length + (Int.random(in: 0..<12, using: &dice) == 0 ? 1 : 0)
        return try Choice(log: fork.log, fork: fork.id, length: length, head: point.head)
    }

    private func revocation(of name: String, _ dice: inout Dice) throws -> Revocation {
        var stays: [Revocation.Stay] = []
        for number in 1...4 as ClosedRange<UInt16> where Int.random(in: 0..<3, using: &dice) > 0 {
            guard let point = point(of: Self.log(name, number), &dice) else { continue }
            let isOdd = Int.random(in: 0..<6, using: &dice) == 0
            let length = isOdd ? UInt64.random(in: 0...9, using: &dice) : point.length
            let head =
                Int.random(in: 0..<9, using: &dice) == 0
                ? Hash256(raw: Bytes32(World.bytes32("no head")) ?? .zero) : point.head
            stays.append(Self.stay(number, BranchPoint(length: length, head: head)))
        }
        return try Revocation(member: Self.key(name), stays: stays)
    }

    private func revocation(ofInvite invite: String, _ dice: inout Dice) throws -> Revocation {
        let stays = (Self.names + (0..<11).map { "guest \($0)" }).filter { _ in Bool.random(using: &dice) }
        return try Revocation(inviteKey: Self.inviteKey(invite), stays: stays.map(Self.key))
    }
}
