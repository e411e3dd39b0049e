package import Identity

/// One act of an author.
package struct Operation: Hashable, Sendable {
    /// What only the author's fellow members may know, and what may be erased without breaking the chain.
    package enum PrivatePart: Hashable, Sendable {
        case none
        case held(salt: Bytes16, bytes: [UInt8])
        case notHeld(inner: Hash256)
    }

    /// Kind, then body.
    package var publicPart: [UInt8]
    package var privatePart: PrivatePart

    package init(publicPart: [UInt8], privatePart: PrivatePart = .none) {
        self.publicPart = publicPart
        self.privatePart = privatePart
    }

    package init(kind: UInt8, body: [UInt8], privatePart: PrivatePart = .none) {
        self.init(publicPart: [kind] + body, privatePart: privatePart)
    }

    /// 0, which no operation has, where there is no public part.
    package var kind: UInt8 { publicPart.first ?? 0 }

    /// The public part without the kind.
    package var body: ArraySlice<UInt8> { publicPart.dropFirst() }

    package var isAuthority: Bool { OperationKind.authority.contains(kind) }

    /// Zero where there is no private part.
    package var inner: Hash256 {
        switch privatePart {
        case .none: Hash256(raw: .zero)
        case .held(let salt, let bytes): BLAKE2b.hash256(salt.bytes + bytes, personal: .privatePart)
        case .notHeld(let inner): inner
        }
    }

    package var commitment: Hash256 {
        BLAKE2b.hash256(publicPart + inner.bytes, personal: .commitment)
    }
}

extension Operation {
    package init(_ presentation: Presentation) {
        self.init(kind: OperationKind.present.rawValue, body: presentation.bytes)
    }

    package init(_ grant: Grant) {
        self.init(kind: OperationKind.grant.rawValue, body: grant.bytes)
    }

    package init(_ invite: Invite) {
        self.init(kind: OperationKind.invite.rawValue, body: invite.bytes)
    }

    package init(_ admit: Admit) {
        self.init(kind: OperationKind.admit.rawValue, body: admit.bytes)
    }

    package init(_ revocation: Revocation) {
        self.init(kind: OperationKind.revoke.rawValue, body: revocation.bytes)
    }

    package init(_ choice: Choice) {
        self.init(kind: OperationKind.choose.rawValue, body: choice.bytes)
    }
}
