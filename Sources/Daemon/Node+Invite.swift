package import API
import AuthorLog
import Identity
import Sync
import Transport

extension Node {
    /// Writes an invite into this member's log and wraps it with everything a newcomer needs.
    package func answer(_ request: MakeInvite) async throws -> MakeInvite.Answer {
        guard let right, right.role == .steward else {
            throw Failure(.role, "only a steward may invite, and this node's role is \(right?.role.name ?? "none")")
        }
        guard standing?[member]?.flags.contains(where: \.awaitsAdmit) != true else {
            throw Failure(
                .role,
                "whom this steward invites would not be let in: it came by a ticket, and nobody has named its key",
                hint: "ask whoever invited it: grapevine member admit INVITE \(member)")
        }
        guard let role = Role(name: request.role.rawValue) else {
            throw Failure(.usage, "there is no role \(request.role.rawValue)")
        }
        guard let uses = UInt32(exactly: request.uses), AuthorLog.Limits.inviteUsesRange.contains(uses) else {
            throw Failure(.usage, "an invite is for 1 to \(AuthorLog.Limits.inviteUsesRange.upperBound) uses")
        }
        guard let seconds = UInt64(exactly: request.validSeconds), seconds > 0 else {
            throw Failure(.duration, "an invite must be valid for some time")
        }
        let expiry = wallMilliseconds.addingReportingOverflow(
            seconds.multipliedReportingOverflow(by: 1_000).partialValue)
        let key = SigningKey.generate()
        let invite: Invite
        do {
            invite = try Invite(
                inviteKey: key.publicKey(as: InviteKey.self), role: role,
                expiresMilliseconds: expiry.overflow ? 0 : expiry.partialValue, uses: uses,
                quota: Quota(
                    operationsPerDay: try Self.quota(request.operationsPerDay),
                    bytesPerDay: try Self.quota(request.bytesPerDay)))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.usage, "this invite cannot be made: \(error)")
        }
        guard let bundle = try await write(operations: [Operation(invite)]).first else {
            throw Failure(.internalError, "the invite was not written")
        }
        let addresses = ticketAddresses()
        let issuing = try await issuingPresentation()
        let ticket = try Ticket(
            charter: charter, networkKey: ticketNetworkKey, personKey: personKey, addresses: addresses,
            inviteKey: key, order: issuing.order,
            excerpts: issuing.excerpts + [try Excerpt(of: bundle, index: 0)],
            inviteSignatures: issuing.inviteSignatures, successions: issuing.successions)
        return MakeInvite.Answer(ticket: ticket.text, addresses: addresses)
    }

    /// Where a newcomer tries first: here, then at those we dialled.
    private func ticketAddresses() -> [String] {
        let own = [listenAddress].compactMap { $0 }.filter { (try? Address(parsing: $0))?.isDialable == true }
        let others = core.peers.filter { $0.isConnected && $0.isInitiator }.map(\.address)
        return Array((own + others.filter { !own.contains($0) }).prefix(AuthorLog.Limits.ticketAddressLimit))
    }
}

extension MemberStanding.Flag {
    fileprivate var awaitsAdmit: Bool {
        if case .awaitsAdmit = self { true } else { false }
    }
}
