package import Identity
import SwiftProtobuf

/// All that a newcomer needs, in one string: which community, how to reach it, its keys, and an invite with the chain above it.
///
/// Whoever holds it may join: it is a secret.
package struct Ticket: Sendable {
    package let charter: Charter
    package let networkKey: SecretBytes
    package let personKey: SecretBytes
    /// host:port of nodes to try first.
    package let addresses: [String]
    package let inviteKey: SigningKey
    package let order: SignedRootOrder
    /// The last one holds the invite.
    package let excerpts: [Excerpt]
    /// Of the invites before the last, as in the issuer's presentation.
    package let inviteSignatures: [Signature]
    /// As in the issuer's presentation.
    package let successions: [SignedRootOrder]
    /// What the last excerpt says.
    package let invite: Invite

    package init(
        charter: Charter, networkKey: SecretBytes, personKey: SecretBytes, addresses: [String], inviteKey: SigningKey,
        order: SignedRootOrder, excerpts: [Excerpt], inviteSignatures: [Signature] = [],
        successions: [SignedRootOrder] = []
    ) throws(TicketError) {
        self.charter = charter
        self.networkKey = networkKey
        self.personKey = personKey
        self.addresses = addresses
        self.inviteKey = inviteKey
        self.order = order
        self.excerpts = excerpts
        self.inviteSignatures = inviteSignatures
        self.successions = successions
        invite = try Self.invite(
            order: order, excerpts: excerpts, inviteSignatures: inviteSignatures, successions: successions,
            charter: charter)
        try check()
    }

    private static func invite(
        order: SignedRootOrder, excerpts: [Excerpt], inviteSignatures: [Signature], successions: [SignedRootOrder],
        charter: Charter
    ) throws(TicketError) -> Invite {
        let chain: Chain
        do {
            chain = try Chain(
                order: order, excerpts: excerpts, inviteSignatures: inviteSignatures, successions: successions,
                charter: charter)
        } catch {
            throw .chain(error)
        }
        guard let invite = chain.invite else { throw .noInvite }
        return invite
    }

    private func check() throws(TicketError) {
        guard networkKey.count == Bytes32.byteCount else {
            throw .malformed(.wrongLength(field: "network_key", byteCount: networkKey.count))
        }
        guard personKey.count == Bytes32.byteCount else {
            throw .malformed(.wrongLength(field: "person_key", byteCount: personKey.count))
        }
        guard Charter.hash(ofPersonKey: personKey) == charter.personKeyHash else {
            throw .malformed(.contradiction(field: "person_key"))
        }
        guard inviteKey.publicKey(as: InviteKey.self) == invite.inviteKey else {
            throw .malformed(.contradiction(field: "invite_secret"))
        }
        guard addresses.count <= Limits.ticketAddressLimit,
            addresses.allSatisfy({ (1...Limits.addressByteLimit).contains($0.utf8.count) })
        else { throw .malformed(.outOfRange(field: "addresses")) }
    }

    /// Early, by the local clock: peers judge an invite by the time of the `present` that uses it.
    package func checkExpiry(wallMilliseconds: UInt64) throws(TicketError) {
        for expiry in [invite.expiresMilliseconds, invite.grantExpiresMilliseconds]
        where expiry != 0 && expiry <= wallMilliseconds {
            throw .expired(milliseconds: expiry)
        }
    }
}

extension Ticket {
    init(decoding bytes: [UInt8]) throws(TicketError) {
        let message: Grapevine_Authority_Ticket
        let networkKey, personKey: SecretBytes
        let inviteKey: SigningKey
        let order: SignedRootOrder
        var excerpts: [Excerpt] = []
        let inviteSignatures: [Signature]
        let successions: [SignedRootOrder]
        do throws(AuthorityFormError) {
            message = try Grapevine_Authority_Ticket(parsing: bytes, byteLimit: Limits.ticketTextByteLimit)
            networkKey = try SecretBytes(field: "network_key", message.networkKey)
            personKey = try SecretBytes(field: "person_key", message.personKey)
            inviteKey = try SigningKey(field: "invite_secret", message.inviteSecret)
            order = try SignedRootOrder(message.order)
            for excerpt in message.excerpts { excerpts.append(try Excerpt(excerpt)) }
            inviteSignatures = try Signature.all(field: "invite_signatures", message.inviteSignatures)
            successions = try SignedRootOrder.all(message.successions)
        } catch {
            throw .malformed(error)
        }
        let charter: Charter
        do {
            charter = try Charter(decoding: [UInt8](message.charter))
        } catch {
            throw .charter(error)
        }
        try self.init(
            charter: charter, networkKey: networkKey, personKey: personKey, addresses: message.addresses,
            inviteKey: inviteKey, order: order, excerpts: excerpts, inviteSignatures: inviteSignatures,
            successions: successions)
    }

    /// A `Ticket` message.
    var bytes: [UInt8] {
        Grapevine_Authority_Ticket.with {
            $0.charter = charter.bytes.data
            $0.networkKey = networkKey.copy.data
            $0.personKey = personKey.copy.data
            $0.addresses = addresses
            $0.inviteSecret = inviteKey.seed.copy.data
            $0.order = order.message
            $0.excerpts = excerpts.map(\.message)
            $0.inviteSignatures = inviteSignatures.map(\.bytes.data)
            $0.successions = successions.map(\.message)
        }.encoded
    }
}

extension SecretBytes {
    fileprivate convenience init(field: String, _ bytes: some Collection<UInt8>) throws(AuthorityFormError) {
        guard bytes.count == Bytes32.byteCount else { throw .wrongLength(field: field, byteCount: bytes.count) }
        self.init(copying: bytes)
    }

    /// Out of the guarded pages: a ticket's text is to be shown anyway.
    fileprivate var copy: [UInt8] {
        withUnsafeBytes { [UInt8]($0) }
    }
}

extension SigningKey {
    fileprivate init(field: String, _ bytes: some Collection<UInt8>) throws(AuthorityFormError) {
        do {
            try self.init(seed: SecretBytes(copying: bytes))
        } catch {
            throw .wrongLength(field: field, byteCount: bytes.count)
        }
    }
}
