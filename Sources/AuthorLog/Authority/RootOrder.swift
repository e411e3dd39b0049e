package import Identity
import SwiftProtobuf

/// What the root says, outside of every log.
package struct RootOrder: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case grant(Grant)
        /// Of a later version: kept and passed on.
        case other(kind: Int, subject: [UInt8])
    }

    /// From 1, ascending.
    package let serial: UInt64
    package let time: HybridTime
    package let content: Content

    /// As signed.
    package let bytes: [UInt8]

    package init(granting grant: Grant, serial: UInt64, time: HybridTime) throws(AuthorityFormError) {
        let grantMessage = try Grapevine_Authority_Grant(parsing: grant.bytes, byteLimit: Limits.rootOrderByteLimit)
        let message = Grapevine_Authority_RootOrder.with {
            $0.serial = serial
            $0.kind = .orderGrant
            $0.subject = grant.subject.bytes.data
            $0.time = time.rawValue
            $0.grant = grantMessage
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        let message = try Grapevine_Authority_RootOrder(parsing: bytes, byteLimit: Limits.rootOrderByteLimit)
        serial = message.serial
        guard serial >= 1 else { throw .outOfRange(field: "serial") }
        time = HybridTime(rawValue: message.time)
        switch message.kind {
        case .orderGrant:
            let grant = try Grant(message.grant, bytes: message.grant.encoded)
            guard message.subject.elementsEqual(grant.subject.bytes) else { throw .contradiction(field: "subject") }
            content = .grant(grant)
        case .orderNone:
            throw .outOfRange(field: "kind")
        case .UNRECOGNIZED(let kind):
            content = .other(kind: kind, subject: [UInt8](message.subject))
        }
        self.bytes = bytes
    }

    package var hash: Hash256 { BLAKE2b.hash256(bytes, personal: .rootOrder) }

    package func signed(by root: SigningKey, community: CommunityID) -> SignedRootOrder {
        let message = SignatureDomain.rootOrder.message(community: community, content: bytes)
        return SignedRootOrder(order: self, signature: root.sign(message))
    }
}
