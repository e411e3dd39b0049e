package import Identity
import SwiftProtobuf

/// What a root says, outside of every log.
package struct RootOrder: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case grant(Grant)
        case revoke(Revocation)
        case choose(Choice)
        case succession(Succession)
        case networkKey(NetworkKeyName)
        case sealer(Sealer)
        /// Of a later version: kept and passed on.
        case other(kind: Int, subject: [UInt8])
    }

    /// From 1, ascending.
    package let serial: UInt64
    package let time: HybridTime
    package let content: Content
    /// Who signs it; nil: the charter's root.
    package let rootKey: RootKey?

    /// As signed.
    package let bytes: [UInt8]

    package init(granting grant: Grant, serial: UInt64, time: HybridTime) throws(AuthorityFormError) {
        try self.init(.grant(grant), serial: serial, time: time)
    }

    /// - Throws: `outOfRange` for an order of a later version, which nobody here writes.
    package init(
        _ content: Content, serial: UInt64, time: HybridTime, rootKey: RootKey? = nil
    ) throws(AuthorityFormError) {
        var message = Grapevine_Authority_RootOrder.with {
            $0.serial = serial
            $0.time = time.rawValue
            $0.rootKey = (rootKey?.bytes ?? []).data
        }
        switch content {
        case .grant(let grant):
            message.kind = .orderGrant
            message.subject = grant.subject.bytes.data
            message.grant = try .init(parsing: grant.bytes, byteLimit: Limits.rootOrderByteLimit)
        case .revoke(let revocation):
            message.kind = .orderRevoke
            message.subject = revocation.key.bytes.data
            message.revoke = try .init(parsing: revocation.bytes, byteLimit: Limits.rootOrderByteLimit)
        case .choose(let choice):
            message.kind = .orderChoose
            message.subject = choice.fork.bytes.data
            message.choose = try .init(parsing: choice.bytes, byteLimit: Limits.rootOrderByteLimit)
        case .succession(let succession):
            message.kind = .orderSuccession
            message.subject = succession.retired.bytes.data
            message.succession = succession.message
        case .networkKey(let name):
            message.kind = .orderNetworkKey
            message.networkKey = name.message
        case .sealer(let sealer):
            message.kind = .orderSealer
            message.sealer = sealer.message
        case .other:
            throw .outOfRange(field: "kind")
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        let message = try Grapevine_Authority_RootOrder(parsing: bytes, byteLimit: Limits.rootOrderByteLimit)
        serial = message.serial
        guard serial >= 1 else { throw .outOfRange(field: "serial") }
        time = HybridTime(rawValue: message.time)
        rootKey = message.rootKey.isEmpty ? nil : try RootKey(field: "root_key", message.rootKey)
        content = try Content(message)
        self.bytes = bytes
    }

    package var hash: Hash256 { BLAKE2b.hash256(bytes, personal: .rootOrder) }

    package func signed(by root: SigningKey, community: CommunityID) -> SignedRootOrder {
        let message = SignatureDomain.rootOrder.message(community: community, content: bytes)
        return SignedRootOrder(order: self, signature: root.sign(message))
    }
}

extension RootOrder.Content {
    fileprivate init(_ message: Grapevine_Authority_RootOrder) throws(AuthorityFormError) {
        let subject = [UInt8](message.subject)
        let expected: [UInt8]
        switch message.kind {
        case .orderGrant:
            let grant = try Grant(message.grant, bytes: message.grant.encoded)
            (self, expected) = (.grant(grant), grant.subject.bytes)
        case .orderRevoke:
            let revocation = try Revocation(message.revoke, bytes: message.revoke.encoded)
            (self, expected) = (.revoke(revocation), revocation.key.bytes)
        case .orderChoose:
            let choice = try Choice(message.choose, bytes: message.choose.encoded)
            (self, expected) = (.choose(choice), choice.fork.bytes)
        case .orderSuccession:
            (self, expected) = (.succession(try Succession(message.succession, subject: subject)), subject)
        case .orderNetworkKey:
            (self, expected) = (.networkKey(try NetworkKeyName(message.networkKey)), [])
        case .orderSealer:
            (self, expected) = (.sealer(try Sealer(message.sealer)), [])
        case .orderNone:
            throw .outOfRange(field: "kind")
        case .UNRECOGNIZED(let kind):
            (self, expected) = (.other(kind: kind, subject: subject), subject)
        }
        guard subject == expected else { throw .contradiction(field: "subject") }
    }
}
