// One struct per noun, all the same: the names are the point.

/// Any BLAKE2b-256. What was hashed is told by the personalisation, not by the type.
package struct Hash256: FixedBytes {
    package let raw: Bytes32

    package init(raw: Bytes32) {
        self.raw = raw
    }
}

/// BLAKE2b-256 of a community's charter.
package struct CommunityID: FixedBytes {
    package let raw: Bytes32

    package init(raw: Bytes32) {
        self.raw = raw
    }
}

/// The Ed25519 public key of a member.
package struct MemberKey: VerifyingKey {
    package let raw: Bytes32

    package init(raw: Bytes32) {
        self.raw = raw
    }
}

/// The Ed25519 public key of a root.
package struct RootKey: VerifyingKey {
    package let raw: Bytes32

    package init(raw: Bytes32) {
        self.raw = raw
    }
}

/// The Ed25519 public key of an invite.
package struct InviteKey: VerifyingKey {
    package let raw: Bytes32

    package init(raw: Bytes32) {
        self.raw = raw
    }
}

/// The X25519 public key a node answers to on the network.
package struct NoiseKey: FixedBytes {
    package let raw: Bytes32

    package init(raw: Bytes32) {
        self.raw = raw
    }
}

/// A member, whichever key it uses now: the hash of its first key.
package struct MemberID: FixedBytes {
    package let raw: Bytes16

    package init(raw: Bytes16) {
        self.raw = raw
    }
}

/// A person, who may have several members (machines).
package struct PersonID: FixedBytes {
    package let raw: Bytes16

    package init(raw: Bytes16) {
        self.raw = raw
    }
}

/// A pledge.
package struct PledgeID: FixedBytes {
    package let raw: Bytes16

    package init(raw: Bytes16) {
        self.raw = raw
    }
}
