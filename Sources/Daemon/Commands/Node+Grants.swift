package import API
import AuthorLog
import Community
import Identity
import Storage

extension Node {
    package nonisolated func answer(_ request: GrantMember) async throws -> GrantMember.Answer {
        try await turn.take {
            let directory = try await directory()
            let standing = directory.standing
            let key = try await member(request.key, in: directory)
            let grant = try await grant(request, to: key, in: directory)
            let answer = { written in
                GrantMember.Answer(
                    member: key.hex, role: grant.role.name, memberID: grant.memberID.hex,
                    expiresAt: Timestamp(expiry: grant.expiresMilliseconds), written: written,
                    known: standing.logs.contains { $0.log.member == key })
            }
            guard !standing.holds(grant, by: member) else { return answer(false) }
            try check(grant, in: standing)
            let foreseen = try await foresee([Operation(grant)])
            try foreseen.check(grant, at: 0)
            _ = try await write(operations: [Operation(grant)])
            return answer(true)
        }
    }

    package nonisolated func answer(_ request: SucceedMember) async throws -> SucceedMember.Answer {
        try await turn.take {
            let directory = try await directory()
            let standing = directory.standing
            let old = try await member(request.old, in: directory)
            let new = try await member(request.new, in: directory)
            guard old != new else { throw Failure(.usage, "a key does not succeed itself") }
            guard let held = standing[old],
                let right = MemberDirectory.shownRight(of: held, atMilliseconds: wallMilliseconds)?.right
            else { throw Failure(.rule, "\(old) has no right that stands, so there is nothing to take over") }
            let grant = try Self.grant(
                to: new, role: right.role, expires: right.expiresMilliseconds, quota: right.quota,
                memberID: right.memberID, person: right.person, sources: right.sources)
            var operations: [Operation] = []
            let isGranted = standing[new]?.rights.contains { grant.gives($0.right) } ?? false
            if !isGranted {
                try check(grant, in: standing)
                operations.append(Operation(grant))
            }
            if !held.isRevoked || request.keep != nil {
                let revocation = try await revocation(of: old, keep: Keep(request.keep), in: standing)
                if !standing.holds(revocation, by: member) { operations.append(Operation(revocation)) }
            }
            var cuts: [CutRow] = []
            if !operations.isEmpty {
                let foreseen = try await foresee(operations)
                if !isGranted { try foreseen.check(grant, at: 0) }
                if operations.count > (isGranted ? 0 : 1) { try foreseen.checkRevocation(of: old, by: member) }
                cuts = foreseen.cuts
                _ = try await write(operations: operations)
            }
            return SucceedMember.Answer(
                old: old.hex, new: new.hex, role: grant.role.name, memberID: grant.memberID.hex, cuts: cuts,
                written: !operations.isEmpty)
        }
    }

    // MARK: What is granted

    private nonisolated func grant(
        _ request: GrantMember, to key: MemberKey, in directory: MemberDirectory
    ) async throws -> Grant {
        guard let role = Role(name: request.role.rawValue) else {
            throw Failure(.usage, "there is no role \(request.role.rawValue)")
        }
        var memberID: MemberID?
        var person: PersonID?
        if let reference = request.asMember {
            guard request.person == nil else { throw Failure(.usage, "--as says who it is: leave out --person") }
            let other = try await member(reference, in: directory)
            guard let held = directory.standing[other],
                let right = MemberDirectory.shownRight(of: held, atMilliseconds: wallMilliseconds)?.right
            else { throw Failure(.rule, "\(other) has no right that stands, so no member id to share") }
            (memberID, person) = (right.memberID, right.person)
        } else if let reference = request.person {
            person = try await self.person(reference).id
        } else if let held = directory.standing[key].flatMap({
            MemberDirectory.shownRight(of: $0, atMilliseconds: wallMilliseconds)
        }) {
            // Whoever is known stays who he is.
            (memberID, person) = (held.right.memberID, held.right.person)
        }
        return try Self.grant(
            to: key, role: role, expires: try expiry(afterSeconds: request.validSeconds),
            quota: Quota(
                operationsPerDay: try Self.quota(request.operationsPerDay),
                bytesPerDay: try Self.quota(request.bytesPerDay)),
            memberID: memberID, person: person, sources: request.sources ?? [])
    }

    private nonisolated static func grant(
        to key: MemberKey, role: Role, expires: UInt64, quota: Quota, memberID: MemberID?, person: PersonID?,
        sources: [String]
    ) throws(Failure) -> Grant {
        do throws(AuthorityFormError) {
            return try Grant(
                subject: key, role: role, expiresMilliseconds: expires, quota: quota, memberID: memberID,
                person: person, sources: sources)
        } catch {
            throw Failure(.usage, "this grant cannot be made: \(error)")
        }
    }

    private nonisolated func expiry(afterSeconds seconds: Int?) throws(Failure) -> UInt64 {
        guard let seconds else { return 0 }
        guard let seconds = UInt64(exactly: seconds), seconds > 0 else {
            throw Failure(.duration, "a grant must be valid for some time")
        }
        let (milliseconds, isLong) = seconds.multipliedReportingOverflow(by: 1_000)
        let (expiry, isLater) = wallMilliseconds.addingReportingOverflow(milliseconds)
        return isLong || isLater ? 0 : expiry
    }

    nonisolated static func quota(_ perDay: Int?) throws(Failure) -> UInt64 {
        guard let perDay else { return 0 }
        guard let quota = UInt64(exactly: perDay), quota > 0 else {
            throw Failure(.usage, "a quota is 1 or more a day", hint: "leave it out for no limit")
        }
        return quota
    }

    /// What no log would show to be in vain.
    private nonisolated func check(_ grant: Grant, in standing: Standing) throws(Failure) {
        guard grant.subject != member else { throw Failure(.rule, "nobody grants himself anything") }
        guard let held = standing[grant.subject] else { return }
        guard !held.isRevoked else {
            throw Failure(
                .rule, "\(grant.subject) is revoked: no node talks to it, whatever it is granted",
                hint: "grant the member a new key: grapevine member succeed OLD NEW")
        }
        // Of equal rights the first shown counts, so that the other member id would never be written under.
        let now = wallMilliseconds
        let stronger = held.rights.first { shown in
            standing.isPresented(shown, by: grant.subject) && shown.right.isValid(atMilliseconds: now)
                && shown.right.role >= grant.role
                && shown.right.memberID != grant.memberID
        }
        if let stronger {
            throw Failure(
                .rule,
                "\(grant.subject) is \(stronger.right.role.name) under its own member id already, and would go on as that",
                hint: "join its machine anew with a ticket of role observer, and grant that key")
        }
    }
}
