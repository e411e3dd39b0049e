package import API
import AuthorLog
import Community
import Identity
import Storage
import Sync

// What the root says, as it is kept and passed on here. No node ever sees a root key.

extension Node {
    package nonisolated func answer(_ request: ListRootOrders) async throws -> ListRootOrders.Answer {
        let page = try page(request)
        let orders = try await ask { try await $0.orders() }
        let line = RootLine(charter: charter, orders: orders.map(\.order))
        var rows = orders.sorted { ($0.order.serial, $0.hash) < ($1.order.serial, $1.hash) }[...]
        if let after = request.after {
            guard let hash = Hash256(hex: after), let last = rows.firstIndex(where: { $0.hash == hash }) else {
                throw Failure(.cursor, "this is not the `next` of a page of this list")
            }
            rows = rows[(last + 1)...]
        }
        let shown = rows.prefix(page.limit)
        return Page(
            rows: shown.map { row(of: $0, in: line) }, next: rows.count > shown.count ? shown.last?.hash.hex : nil)
    }

    package nonisolated func answer(_ request: PublishRootOrder) async throws -> PublishRootOrder.Answer {
        let order = try Self.order(request.text)
        return try await turn.take {
            let held = try await ask { try await $0.orders() }
            let successions = held.filter { if case .succession = $0.order.content { true } else { false } }
            guard order.isGenuine(under: charter, successions: successions) else {
                throw Failure(.orderForeign, "no root of \"\(charter.title)\" has signed this order")
            }
            let isNew = !held.contains { $0.hash == order.hash }
            guard !isNew || held.count < Sync.Limits.ordersHeld else {
                throw Failure(
                    .rule, "this community has \(held.count) root orders, and no more are passed on",
                    hint: "grapevine root order succession")
            }
            let foresight = try await ask { try await $0.foresight(order: order.order) }
            try Self.refuseAhead(order.order, before: foresight.before.line, after: foresight.after.line)
            if isNew, request.dryRun != true { try await keep([order]) }
            return PublishRootOrder.Answer(
                order: row(of: order, in: foresight.after.line), new: isNew,
                cuts: isNew ? foresight.cuts.map { CutRow($0) } : [])
        }
    }

    package nonisolated func answer(_ request: PlanRevocation) async throws -> PlanRevocation.Answer {
        let keep = try Keep(request.keep)
        let directory = try await directory()
        if request.isInvite == true {
            let invite = try invite(request.member, in: directory)
            return PlanRevocation.Answer(revocation: Hex.encode(try Self.revocation(of: invite, keep).bytes))
        }
        let key = try await member(request.member, in: directory)
        let revocation = try await revocation(of: key, keep: keep, in: directory.standing)
        return PlanRevocation.Answer(revocation: Hex.encode(revocation.bytes))
    }

    package nonisolated func answer(_ request: PlanChoice) async throws -> PlanChoice.Answer {
        let directory = try await directory()
        let (known, branch) = try await branch(
            of: request.log, fork: request.fork, named: request.branch, in: directory)
        return PlanChoice.Answer(choice: Hex.encode(try Self.choice(known, branch).bytes))
    }

    /// What a key signs before it takes over would cut on that day what nobody expects any more.
    private nonisolated static func refuseAhead(
        _ order: RootOrder, before: RootLine, after: RootLine
    ) throws(Failure) {
        guard after.isAhead(order) else { return }
        if case .succession(let succession) = order.content {
            let office = before.keys.last?.hex ?? ""
            throw Failure(
                .rule, "this succession retires \(succession.retired.hex), and the root in office is \(office)",
                hint: "sign it anew: grapevine root order succession")
        }
        throw Failure(
            .rule, "its key is announced and not in office: until it is, it signs a succession only",
            hint: "have the root in office sign it, or publish `grapevine root order succession` before it")
    }

    package nonisolated func answer(_ request: PlanSuccession) async throws -> PlanSuccession.Answer {
        let orders = try await ask { try await $0.orders() }
        let line = RootLine(charter: charter, orders: orders.map(\.order))
        let stays = orders.filter { line.counts($0.order, hash: $0.hash) }.map(\.hash).sorted()
        guard stays.count <= AuthorLog.Limits.ordersPerSuccession else {
            throw Failure(
                .rule, "\(stays.count) orders count, and a succession names \(AuthorLog.Limits.ordersPerSuccession)",
                hint: "have stewards grant anew what the root granted, and revoke the rest")
        }
        let retired = line.keys.last ?? charter.rootKey
        var answer = PlanSuccession.Answer(retired: retired.hex, stays: stays.map(\.hex))
        guard let text = request.successor else { return answer }
        guard let successor = RootKey(hex: text) else {
            throw Failure(.key, "successor: \(text) is no key")
        }
        // Whoever comes after the successor changes nothing yet.
        let succession = Succession(retired: retired, stays: stays, nextKeyHash: Hash256(raw: .zero))
        let highest = orders.map(\.order.serial).max() ?? 0
        let order = try RootOrder(
            .succession(succession), serial: max(highest, highest &+ 1), time: .zero, rootKey: successor)
        let foresight = try await ask { try await $0.foresight(order: order) }
        let after = foresight.after.line
        guard after.keys.last == successor else {
            throw Failure(
                .rule, "\(text) is not the successor that the root in office has announced",
                hint: "grapevine root list")
        }
        answer.orders = orders.sorted { ($0.order.serial, $0.hash) < ($1.order.serial, $1.hash) }
            .map { row(of: $0, in: after) }
        answer.cuts = foresight.cuts.map { CutRow($0) }
        return answer
    }

    // MARK: Orders

    /// Durable, then told to every peer.
    private func keep(_ orders: [SignedRootOrder]) async throws {
        do {
            try needSpace()
            changed(try await store.keep(orders, wallMilliseconds: wallMilliseconds))
        } catch {
            throw Failure(writing: error)
        }
    }

    private nonisolated static func order(_ text: String) throws(Failure) -> SignedRootOrder {
        do throws(RootOrderTextError) {
            return try SignedRootOrder(parsing: text)
        } catch {
            let reason =
                switch error {
                case .notAnOrder: "this is no root order: one begins with GRAPEVINEORDER1"
                case .damaged: "a part of the order is missing or mistyped"
                case .newerVersion(let version): "the order was made by a newer version (format \(version))"
                case .malformed(let reason): "the order does not read: \(reason)"
                }
            throw Failure(.orderMalformed, reason)
        }
    }

    private nonisolated func row(of order: SignedRootOrder, in line: RootLine) -> RootOrderRow {
        let content = order.order.content
        var next: Hash256?
        if case .succession(let succession) = content { next = succession.nextKeyHash }
        return RootOrderRow(
            order: order.hash.hex, serial: Int(clamping: order.order.serial), kind: content.kind,
            subject: content.subject, signedBy: (order.order.rootKey ?? charter.rootKey).hex,
            root: RootPlace(of: order.order, in: line),
            at: Timestamp(stored: Int64(clamping: order.order.time.milliseconds)),
            counts: line.counts(order.order, hash: order.hash), next: next?.hex)
    }
}

extension RootPlace {
    fileprivate init(of order: RootOrder, in line: RootLine) {
        switch line.generation(of: order) {
        case line.keys.count?: self = .announced
        case line.keys.count - 1: self = .inOffice
        case _?: self = .retired
        case nil: self = .none
        }
    }
}

extension RootOrder.Content {
    fileprivate var kind: RootOrderKind {
        switch self {
        case .grant: .grant
        case .revoke: .revoke
        case .choose: .choose
        case .succession: .succession
        case .networkKey: .networkKey
        case .sealer: .sealer
        case .other: .other
        }
    }

    /// Whom or what it is about, in hex digits; empty without a subject.
    fileprivate var subject: String {
        switch self {
        case .grant(let grant): grant.subject.hex
        case .revoke(let revocation): revocation.key.hex
        case .choose(let choice): choice.fork.hex
        case .succession(let succession): succession.retired.hex
        case .sealer(let sealer): sealer.member.hex
        case .networkKey: ""
        case .other(_, let subject): Hex.encode(subject)
        }
    }
}
