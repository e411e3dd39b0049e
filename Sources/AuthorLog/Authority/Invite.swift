package import Identity
import SwiftProtobuf

/// Gives a role to whoever shows a signature by the invite key (operation kind 3).
package struct Invite: Hashable, Sendable {
    package let inviteKey: InviteKey
    package let role: Role
    /// A use is dated before this. Unix milliseconds; 0: never.
    package let expiresMilliseconds: UInt64
    package let uses: UInt32
    /// Of each member admitted.
    package let quota: Quota
    /// When the right itself ends. Unix milliseconds; 0: never.
    package let grantExpiresMilliseconds: UInt64
    package let sources: [String]

    /// As written: unknown fields included.
    package let bytes: [UInt8]

    package init(
        inviteKey: InviteKey, role: Role, expiresMilliseconds: UInt64 = 0, uses: UInt32 = 1, quota: Quota = .unlimited,
        grantExpiresMilliseconds: UInt64 = 0, sources: [String] = []
    ) throws(AuthorityFormError) {
        guard let expires = Int64(exactly: expiresMilliseconds) else { throw .outOfRange(field: "expires_ms") }
        guard let grantExpires = Int64(exactly: grantExpiresMilliseconds) else {
            throw .outOfRange(field: "grant_expires_ms")
        }
        let message = Grapevine_Authority_Invite.with {
            $0.inviteKey = inviteKey.bytes.data
            $0.role = role.message
            $0.expiresMs = expires
            $0.uses = uses
            if quota != .unlimited { $0.quota = quota.message }
            $0.grantExpiresMs = grantExpires
            $0.sources = sources
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        let message = try Grapevine_Authority_Invite(parsing: bytes, byteLimit: Limits.operationByteLimit)
        inviteKey = try InviteKey(field: "invite_key", message.inviteKey)
        role = try Role(field: "role", message.role)
        expiresMilliseconds = try UInt64(field: "expires_ms", milliseconds: message.expiresMs)
        uses = message.uses
        guard Limits.inviteUsesRange.contains(uses) else { throw .outOfRange(field: "uses") }
        quota = Quota(message.quota)
        grantExpiresMilliseconds = try UInt64(field: "grant_expires_ms", milliseconds: message.grantExpiresMs)
        sources = try Grant.checked(sources: message.sources)
        self.bytes = bytes
    }
}
