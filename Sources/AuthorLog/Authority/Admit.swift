package import Identity
import SwiftProtobuf

/// Names keys that an invite admits for certain, however many others used it (operation kind 4).
package struct Admit: Hashable, Sendable {
    package let inviteKey: InviteKey
    /// Ascending, at least one.
    package let members: [MemberKey]

    /// As written: unknown fields included.
    package let bytes: [UInt8]

    /// - Parameter members: In any order, each once.
    package init(inviteKey: InviteKey, members: [MemberKey]) throws(AuthorityFormError) {
        let message = Grapevine_Authority_Admit.with {
            $0.inviteKey = inviteKey.bytes.data
            $0.members = members.sorted().map(\.bytes.data)
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        let message = try Grapevine_Authority_Admit(parsing: bytes, byteLimit: Limits.operationByteLimit - 1)
        inviteKey = try InviteKey(field: "invite_key", message.inviteKey)
        members = try MemberKey.ascending(field: "members", message.members, limit: Limits.membersPerAdmit)
        guard !members.isEmpty else { throw .outOfRange(field: "members") }
        self.bytes = bytes
    }
}

extension FixedBytes {
    /// Each once, and only one way to write them.
    static func ascending(
        field: String, _ fields: some Collection<some Collection<UInt8>>, limit: Int
    ) throws(AuthorityFormError) -> [Self] {
        guard fields.count <= limit else { throw .outOfRange(field: field) }
        var values: [Self] = []
        values.reserveCapacity(fields.count)
        for bytes in fields {
            let value = try Self(field: field, bytes)
            if let last = values.last, last >= value { throw .outOfRange(field: field) }
            values.append(value)
        }
        return values
    }
}

extension Incarnation {
    init(field: String, _ bytes: some Collection<UInt8>) throws(AuthorityFormError) {
        guard let value = Self(bytes) else { throw .wrongLength(field: field, byteCount: bytes.count) }
        self = value
    }
}
