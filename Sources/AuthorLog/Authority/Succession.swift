package import Identity
import SwiftProtobuf

/// The first order of a successor: the root before it is retired.
package struct Succession: Hashable, Sendable {
    /// Who is retired.
    package let retired: RootKey
    /// Hashes of the orders of all earlier roots that still count, ascending.
    package let stays: [Hash256]
    /// ``Charter/hash(ofSuccessor:)`` of the next one.
    package let nextKeyHash: Hash256

    /// - Parameter stays: In any order, each once.
    package init(retired: RootKey, stays: [Hash256], nextKeyHash: Hash256) {
        self.retired = retired
        self.stays = stays.sorted()
        self.nextKeyHash = nextKeyHash
    }

    init(_ message: Grapevine_Authority_Succession, subject: [UInt8]) throws(AuthorityFormError) {
        retired = try RootKey(field: "subject", subject)
        stays = try Hash256.ascending(field: "stays", message.stays, limit: Limits.ordersPerSuccession)
        nextKeyHash = try Hash256(field: "next_key_hash", message.nextKeyHash)
    }

    var message: Grapevine_Authority_Succession {
        .with {
            $0.stays = stays.map(\.bytes.data)
            $0.nextKeyHash = nextKeyHash.bytes.data
        }
    }
}

/// Which key strangers are kept silent with, without telling it.
package struct NetworkKeyName: Hashable, Sendable {
    /// From 1; the founder's, which no order names, is 0.
    package let number: UInt64
    package let hash: Hash256

    package init(number: UInt64, hash: Hash256) {
        self.number = number
        self.hash = hash
    }

    package init(number: UInt64, key: SecretBytes) {
        self.init(number: number, hash: key.withUnsafeBytes { BLAKE2b.hash256($0, personal: .networkKey) })
    }

    init(_ message: Grapevine_Authority_NetworkKey) throws(AuthorityFormError) {
        guard message.number >= 1 else { throw .outOfRange(field: "number") }
        self.init(number: message.number, hash: try Hash256(field: "key_hash", message.keyHash))
    }

    var message: Grapevine_Authority_NetworkKey {
        .with {
            $0.number = number
            $0.keyHash = hash.bytes.data
        }
    }
}

/// Whose seals count.
package struct Sealer: Hashable, Sendable {
    package let member: MemberKey
    /// Bundle id of the last seal of his predecessor that stands; zero: none.
    package let lastSeal: Hash256

    package init(member: MemberKey, lastSeal: Hash256) {
        self.member = member
        self.lastSeal = lastSeal
    }

    init(_ message: Grapevine_Authority_Sealer) throws(AuthorityFormError) {
        self.init(
            member: try MemberKey(field: "member", message.member),
            lastSeal: try Hash256(field: "last_seal", message.lastSeal))
    }

    var message: Grapevine_Authority_Sealer {
        .with {
            $0.member = member.bytes.data
            $0.lastSeal = lastSeal.bytes.data
        }
    }
}
