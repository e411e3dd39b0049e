package import API
import AuthorLog
import Community
import Identity

/// Whom an invite lets in for certain.
extension Node {
    package nonisolated func answer(_ request: AdmitMembers) async throws -> AdmitMembers.Answer {
        try await turn.take {
            let directory = try await directory()
            let standing = directory.standing
            let invite = try invite(request.invite, in: directory)
            guard !invite.isRevoked else {
                throw Failure(
                    .rule, "this invite is revoked: only those whom its revocation names stay",
                    hint: "grapevine member grant KEY --role \(invite.invite.role.name)")
            }
            var keys: Set<MemberKey> = []
            for reference in request.members { keys.insert(try await member(reference, in: directory)) }
            let members = keys.sorted()
            let answer = { written in
                AdmitMembers.Answer(
                    invite: invite.invite.inviteKey.hex, members: members.map(\.hex), written: written)
            }
            let admit: Admit
            do {
                admit = try Admit(inviteKey: invite.invite.inviteKey, members: members)
            } catch {
                throw Failure(
                    .usage, "name 1 to \(AuthorLog.Limits.membersPerAdmit) members at a time",
                    hint: "admit the rest after")
            }
            try standing.checkMayName(stewardsOf: invite, by: member)
            let named = standing.named(by: invite.invite.inviteKey) { act in
                invite.invite.role != .steward || standing.isAbove(act.author, invite)
            }
            guard !keys.isSubset(of: named) else { return answer(false) }
            _ = try await foresee([Operation(admit)])
            _ = try await write(operations: [Operation(admit)])
            return answer(true)
        }
    }

    /// - Throws: `E-INVITE-UNKNOWN`, `E-AMBIGUOUS`.
    nonisolated func invite(_ digits: String, in directory: MemberDirectory) throws(Failure) -> InviteStanding {
        let found = directory.invites(Pseudonyms.trimmed(digits))
        guard let invite = found.first else {
            throw Failure(.inviteUnknown, "no invite that stands is called \(digits)")
        }
        guard found.count == 1 else {
            throw Failure(.ambiguous, "\(digits) may be several invites", hint: "give more digits of the one you mean")
        }
        return invite
    }
}

extension Standing {
    /// Whom `admit` operations name.
    fileprivate func named(by inviteKey: InviteKey, where counts: (StandingAct) -> Bool) -> Set<MemberKey> {
        var named: Set<MemberKey> = []
        for act in acts {
            if case .admit(let admit) = act.operation, admit.inviteKey == inviteKey, counts(act) {
                named.formUnion(admit.members)
            }
        }
        return named
    }

    /// The steward who invited, or one above him.
    func isAbove(_ author: MemberKey, _ invite: InviteStanding) -> Bool {
        author == invite.issuer || self[invite.issuer]?.protectors?.contains(author) ?? false
    }

    /// - Throws: `E-RULE` where the invite makes stewards, and somebody else has to name them.
    fileprivate func checkMayName(stewardsOf invite: InviteStanding, by author: MemberKey) throws(Failure) {
        guard invite.invite.role == .steward, !isAbove(author, invite) else { return }
        throw Failure(
            .rule, "stewards by this invite are named by \(invite.issuer), who invited them, or the stewards above",
            hint: "ask there for `grapevine member admit`, or the root for `grapevine root order grant`")
    }
}
