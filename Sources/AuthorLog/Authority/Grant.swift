package import Identity
import SwiftProtobuf

/// Gives a member key a role (operation kind 2, and what a root order may hold).
package struct Grant: Hashable, Sendable {
    package let subject: MemberKey
    package let role: Role
    /// Unix milliseconds; 0: never.
    package let expiresMilliseconds: UInt64
    package let quota: Quota
    package let memberID: MemberID
    /// Nil: made from the member id.
    package let person: PersonID?
    /// A treasurer may write pledges of these.
    package let sources: [String]

    /// As written: unknown fields included.
    package let bytes: [UInt8]

    /// - Parameter memberID: Nil for a new member, whose id is the hash of this first key.
    package init(
        subject: MemberKey, role: Role, expiresMilliseconds: UInt64 = 0, quota: Quota = .unlimited,
        memberID: MemberID? = nil, person: PersonID? = nil, sources: [String] = []
    ) throws(AuthorityFormError) {
        guard let expires = Int64(exactly: expiresMilliseconds) else { throw .outOfRange(field: "expires_ms") }
        let message = Grapevine_Authority_Grant.with {
            $0.subject = subject.bytes.data
            $0.role = role.message
            $0.expiresMs = expires
            if quota != .unlimited { $0.quota = quota.message }
            $0.memberID = (memberID ?? MemberID(firstKey: subject)).bytes.data
            $0.person = (person?.bytes ?? []).data
            $0.sources = sources
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        let message = try Grapevine_Authority_Grant(parsing: bytes, byteLimit: Limits.operationByteLimit)
        try self.init(message, bytes: bytes)
    }

    init(_ message: Grapevine_Authority_Grant, bytes: [UInt8]) throws(AuthorityFormError) {
        subject = try MemberKey(field: "subject", message.subject)
        role = try Role(field: "role", message.role)
        expiresMilliseconds = try UInt64(field: "expires_ms", milliseconds: message.expiresMs)
        quota = Quota(message.quota)
        memberID = try MemberID(field: "member_id", message.memberID)
        person = message.person.isEmpty ? nil : try PersonID(field: "person", message.person)
        sources = try Self.checked(sources: message.sources)
        self.bytes = bytes
    }

    static func checked(sources: [String]) throws(AuthorityFormError) -> [String] {
        guard sources.count <= Limits.sourcesPerGrant,
            sources.allSatisfy({ (1...Limits.sourceByteLimit).contains($0.utf8.count) })
        else { throw .outOfRange(field: "sources") }
        return sources
    }
}

extension MemberID {
    /// The id of a member is the hash of its first key, whichever keys follow.
    package init(firstKey key: MemberKey) {
        self.init(raw: BLAKE2b.hash128(key.bytes, personal: .member))
    }
}
