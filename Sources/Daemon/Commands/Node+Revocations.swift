package import API
import AuthorLog
import Community
import Identity
import Storage

/// What stays of a key that is ended.
enum Keep: Hashable, Sendable {
    case all, none
    /// So many operations of the latest incarnation, and all of the others.
    case first(UInt64)

    init(_ text: String?) throws(Failure) {
        switch text {
        case nil, "all"?: self = .all
        case "none"?: self = .none
        case let text?:
            guard let count = UInt64(text) else {
                throw Failure(.usage, "--keep: \(text) is neither all, nor none, nor a number of updates")
            }
            self = .first(count)
        }
    }
}

extension Node {
    package nonisolated func answer(_ request: RevokeMember) async throws -> RevokeMember.Answer {
        let keep = try Keep(request.keep)
        return try await turn.take {
            let directory = try await directory()
            if request.isInvite == true {
                return try await revoke(invite: request.member, keep, in: directory, isDry: request.dryRun == true)
            }
            let standing = directory.standing
            let key = try await member(request.member, in: directory)
            if request.undo == true { try standing.checkUndo(of: key, by: member) }
            let revocation = try await revocation(of: key, keep: keep, in: standing)
            let isDone = standing.holds(revocation, by: member)
            let foreseen = try await foresee([Operation(revocation)])
            try foreseen.checkRevocation(of: key, by: member)
            let isWritten = !isDone && request.dryRun != true
            if isWritten { _ = try await write(operations: [Operation(revocation)]) }
            return RevokeMember.Answer(revoked: key.hex, cuts: foreseen.cuts, written: isWritten)
        }
    }

    private nonisolated func revoke(
        invite digits: String, _ keep: Keep, in directory: MemberDirectory, isDry: Bool
    ) async throws -> RevokeMember.Answer {
        let invite = try invite(digits, in: directory)
        let revocation = try Self.revocation(of: invite, keep)
        let standing = directory.standing
        guard invite.invite.role != .steward || standing.isAbove(member, invite) else {
            throw Failure(
                .rule,
                "an invite of stewards is ended by \(invite.issuer), who wrote it, the stewards above, or the root",
                hint: "ask there, or sign `grapevine root order revoke --invite`")
        }
        let isDone = standing.holds(revocation, by: member)
        let foreseen = try await foresee([Operation(revocation)])
        let isWritten = !isDone && !isDry
        if isWritten { _ = try await write(operations: [Operation(revocation)]) }
        return RevokeMember.Answer(revoked: invite.invite.inviteKey.hex, cuts: foreseen.cuts, written: isWritten)
    }

    // MARK: What a revocation says

    nonisolated static func revocation(of invite: InviteStanding, _ keep: Keep) throws(Failure) -> Revocation {
        let stays: [MemberKey]
        switch keep {
        case .all: stays = invite.admitted
        case .none: stays = []
        case .first: throw Failure(.usage, "an invite keeps all or none of those who are in by it")
        }
        do throws(AuthorityFormError) {
            return try Revocation(inviteKey: invite.invite.inviteKey, stays: stays)
        } catch {
            throw Failure(
                .rule,
                "\(stays.count) are in by this invite, and a revocation names \(AuthorLog.Limits.membersPerRevocation)",
                hint: "revoke the members you mean one by one")
        }
    }

    /// - Parameter keep: Of what is held, beyond an earlier cut, too.
    nonisolated func revocation(
        of key: MemberKey, keep: Keep, in standing: Standing
    ) async throws -> Revocation {
        let logs = standing.logs.filter { $0.log.member == key && ($0.tip?.length ?? 0) > 0 }
        var stays: [Revocation.Stay] = []
        // Those that count first, should there be more than a revocation names.
        let ordered = logs.filter { $0.length > 0 } + logs.filter { $0.length == 0 }
        for log in keep == .none ? [] : ordered.prefix(AuthorLog.Limits.incarnationsPerKey) {
            guard var point = log.tip else { continue }
            if case .first(let count) = keep, log.log == logs.last?.log {
                guard count <= point.length else {
                    throw Failure(
                        .usage, "--keep: only \(point.length) updates of the latest log of \(key) are held")
                }
                let kept = try await ask { [point] in
                    try await $0.point(atOrBefore: count, upTo: point.head, in: log.log)
                }
                point = kept ?? BranchPoint(length: 0, head: Hash256(raw: .zero))
            }
            stays.append(
                Revocation.Stay(incarnation: log.log.incarnation, length: point.length, head: point.head))
        }
        do {
            return try Revocation(member: key, stays: stays)
        } catch {
            throw Failure(.usage, "this revocation cannot be made: \(error)")
        }
    }
}

extension Standing {
    /// Whether that steward's last word on the key, or invite, is just this.
    func holds(_ revocation: Revocation, by author: MemberKey) -> Bool {
        lastRevocation(of: revocation.key, by: author)?.subject == revocation.subject
    }

    private func lastRevocation(of key: Bytes32, by author: MemberKey) -> Revocation? {
        let own = acts.compactMap { act -> (place: StandingAct, revocation: Revocation)? in
            guard act.author == author, case .revoke(let revocation) = act.operation, revocation.key == key else {
                return nil
            }
            return (act, revocation)
        }
        return own.max { $0.place.isWritten(before: $1.place) }?.revocation
    }

    /// - Throws: `E-RULE` where somebody else cut it, or nobody.
    fileprivate func checkUndo(of key: MemberKey, by author: MemberKey) throws(Failure) {
        guard lastRevocation(of: key.raw, by: author) == nil else { return }
        let revokers =
            self[key]?.flags.compactMap { flag -> [Authority]? in
                if case .revoked(let by) = flag { by } else { nil }
            }.joined().map(\.name) ?? []
        guard !revokers.isEmpty else { throw Failure(.rule, "\(key) is not revoked", hint: "grapevine member show") }
        throw Failure(
            .rule, "you did not revoke \(key): \(revokers.joined(separator: " and ")) did",
            hint: "ask there; against a bad steward only the root helps: grapevine root order revoke --keep all")
    }
}

extension Foreseen {
    /// - Throws: `E-RULE` where the revocation would say nothing, naming who could.
    func checkRevocation(of key: MemberKey, by author: MemberKey) throws(Failure) {
        for flag in after[key]?.flags ?? [] {
            guard case .revoked(let by) = flag else { continue }
            if by.contains(.steward(author)) { return }
            if by.contains(where: { if case .root = $0 { true } else { false } }) {
                throw Failure(
                    .rule, "the root has ended \(key), and only a further root order changes that",
                    hint: "grapevine root order revoke")
            }
        }
        let above = before[key]?.protectors?.map(\.hex) ?? []
        throw Failure(
            .rule,
            above.isEmpty
                ? "\(key) is a steward of the root's own: only the root ends it"
                : "\(key) is a steward, and you are not above it: \(above.joined(separator: ", ")) or the root may end it",
            hint: "ask there, or sign `grapevine root order revoke`")
    }
}
