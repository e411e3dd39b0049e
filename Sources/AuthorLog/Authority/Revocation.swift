package import Identity
import SwiftProtobuf

/// Ends a member key, or an invite, but for what it names (operation kind 5, and what a root order may hold).
package struct Revocation: Hashable, Sendable {
    /// How far an incarnation stays.
    package struct Stay: Hashable, Sendable {
        package let incarnation: Incarnation
        /// In operations, at most 2^48.
        package let length: UInt64
        /// Of the branch that stays, where the log has several; zero where nothing stays.
        package let head: Hash256

        package init(incarnation: Incarnation, length: UInt64, head: Hash256) {
            self.incarnation = incarnation
            self.length = length
            self.head = head
        }
    }

    package enum Subject: Hashable, Sendable {
        /// Incarnations ascending; one that is not named ends at its sealed length, or 0.
        case member(MemberKey, stays: [Stay])
        /// The admitted keys that stay, ascending.
        case invite(InviteKey, stays: [MemberKey])
    }

    package let subject: Subject

    /// As written: unknown fields included.
    package let bytes: [UInt8]

    /// - Parameter stays: In any order, each incarnation once.
    package init(member: MemberKey, stays: [Stay]) throws(AuthorityFormError) {
        let message = Grapevine_Authority_Revoke.with {
            $0.member = member.bytes.data
            $0.stays = stays.sorted { $0.incarnation < $1.incarnation }.map(\.message)
        }
        try self.init(decoding: message.encoded)
    }

    /// - Parameter stays: In any order, each key once.
    package init(inviteKey: InviteKey, stays: [MemberKey]) throws(AuthorityFormError) {
        let message = Grapevine_Authority_Revoke.with {
            $0.inviteKey = inviteKey.bytes.data
            $0.members = stays.sorted().map(\.bytes.data)
        }
        try self.init(decoding: message.encoded)
    }

    package init(decoding bytes: [UInt8]) throws(AuthorityFormError) {
        let message = try Grapevine_Authority_Revoke(parsing: bytes, byteLimit: Limits.operationByteLimit - 1)
        try self.init(message, bytes: bytes)
    }

    init(_ message: Grapevine_Authority_Revoke, bytes: [UInt8]) throws(AuthorityFormError) {
        if message.inviteKey.isEmpty {
            guard message.members.isEmpty else { throw .contradiction(field: "members") }
            let member = try MemberKey(field: "member", message.member)
            subject = .member(member, stays: try Stay.ascending(message.stays))
        } else {
            guard message.member.isEmpty else { throw .contradiction(field: "member") }
            guard message.stays.isEmpty else { throw .contradiction(field: "stays") }
            let inviteKey = try InviteKey(field: "invite_key", message.inviteKey)
            let members = try MemberKey.ascending(
                field: "members", message.members, limit: Limits.membersPerRevocation)
            subject = .invite(inviteKey, stays: members)
        }
        self.bytes = bytes
    }

    /// The key, of a member or an invite: what a root order calls its subject.
    package var key: Bytes32 {
        switch subject {
        case .member(let member, _): member.raw
        case .invite(let inviteKey, _): inviteKey.raw
        }
    }
}

extension Revocation.Stay {
    fileprivate var message: Grapevine_Authority_Stay {
        .with {
            $0.incarnation = incarnation.bytes.data
            $0.length = length
            $0.head = head.bytes.data
        }
    }

    fileprivate init(_ message: Grapevine_Authority_Stay) throws(AuthorityFormError) {
        incarnation = try Incarnation(field: "incarnation", message.incarnation)
        length = message.length
        head = try Hash256(field: "head", message.head)
        guard length <= Limits.logLengthLimit else { throw .outOfRange(field: "length") }
        guard length > 0 || head == Hash256(raw: .zero) else { throw .contradiction(field: "head") }
    }

    fileprivate static func ascending(
        _ messages: [Grapevine_Authority_Stay]
    ) throws(AuthorityFormError) -> [Revocation.Stay] {
        guard messages.count <= Limits.incarnationsPerKey else { throw .outOfRange(field: "stays") }
        var stays: [Revocation.Stay] = []
        for message in messages {
            let stay = try Revocation.Stay(message)
            if let last = stays.last, last.incarnation >= stay.incarnation { throw .outOfRange(field: "stays") }
            stays.append(stay)
        }
        return stays
    }
}
