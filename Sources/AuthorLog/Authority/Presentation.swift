package import Identity
import SwiftProtobuf

/// Who lets me write here: the chain from the root to a member (operation kind 1, `present`; and what a peer shows in `Chain`).
package struct Presentation: Hashable, Sendable {
    package let order: SignedRootOrder
    /// From the root's grantee down.
    package let excerpts: [Excerpt]
    /// By the keys of the invites among them, in order: who was admitted.
    package let inviteSignatures: [Signature]
    /// That lead from the charter to the root that signed the order; empty for the charter's root and its successor.
    package let successions: [SignedRootOrder]

    /// As shown: what the chain hash covers.
    package let bytes: [UInt8]

    package init(
        order: SignedRootOrder, excerpts: [Excerpt] = [], inviteSignatures: [Signature] = [],
        successions: [SignedRootOrder] = []
    ) throws(AuthorityFormError) {
        let message = Grapevine_Authority_Presentation.with {
            $0.order = order.message
            $0.excerpts = excerpts.map(\.message)
            $0.inviteSignatures = inviteSignatures.map(\.bytes.data)
            $0.successions = successions.map(\.message)
        }
        try self.init(decoding: message.encoded)
    }

    /// The invite key signs the member key that it admits: nobody else need be online.
    package init(ticket: Ticket, member: MemberKey) throws(AuthorityFormError) {
        let message = SignatureDomain.inviteUse.message(community: ticket.charter.id, content: member.bytes)
        let signature = ticket.inviteKey.sign(message)
        try self.init(
            order: ticket.order, excerpts: ticket.excerpts, inviteSignatures: ticket.inviteSignatures + [signature],
            successions: ticket.successions)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        // One byte of an operation is its kind.
        let byteLimit = Limits.operationByteLimit - 1
        let message = try Grapevine_Authority_Presentation(parsing: bytes, byteLimit: byteLimit)
        order = try SignedRootOrder(message.order)
        var excerpts: [Excerpt] = []
        for excerpt in message.excerpts { excerpts.append(try Excerpt(excerpt)) }
        self.excerpts = excerpts
        inviteSignatures = try Signature.all(field: "invite_signatures", message.inviteSignatures)
        successions = try SignedRootOrder.all(message.successions)
        self.bytes = bytes
    }

    package var hash: Hash256 { BLAKE2b.hash256(bytes, personal: .chain) }

    /// At the chain's end, if it ends in one.
    package var invite: Invite? {
        guard let last = excerpts.last, last.operation.first == OperationKind.invite.rawValue else { return nil }
        return try? Invite(decoding: [UInt8](last.operation.dropFirst()))  // a bad one is none
    }

    /// The time of the last link: what uses this chain is dated later.
    package var lastLinkTime: HybridTime { excerpts.last?.header.time ?? order.order.time }

    /// The right this chain proves.
    ///
    /// - Parameters:
    ///   - member: The author who shows it.
    ///   - presentedAt: Time of the header that shows it; in a handshake, the clock.
    package func right(
        of member: MemberKey, presentedAt: HybridTime, charter: Charter
    ) throws(ChainError) -> Right {
        let chain = try Chain(
            order: order, excerpts: excerpts, inviteSignatures: inviteSignatures, successions: successions,
            charter: charter)
        return try chain.right(of: member, presentedAt: presentedAt, charter: charter)
    }
}
