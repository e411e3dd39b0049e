package import Identity

/// An authority operation, read; what does not read says nothing.
package enum AuthorityOperation: Hashable, Sendable {
    case present(Presentation)
    case grant(Grant)
    case invite(Invite)
    case admit(Admit)
    case revoke(Revocation)
    case choose(Choice)
    /// Malformed, of a later version, or not judged here.
    case other(kind: UInt8)

    /// - Parameter publicPart: Kind, then body.
    package init(publicPart: [UInt8]) {
        let kind = publicPart.first ?? 0
        let body = [UInt8](publicPart.dropFirst())
        do throws(AuthorityFormError) {
            switch OperationKind(rawValue: kind) {
            case .present: self = .present(try Presentation(decoding: body))
            case .grant: self = .grant(try Grant(decoding: body))
            case .invite: self = .invite(try Invite(decoding: body))
            case .admit: self = .admit(try Admit(decoding: body))
            case .revoke: self = .revoke(try Revocation(decoding: body))
            case .choose: self = .choose(try Choice(decoding: body))
            case .seal, .erase, .record, .post, .feedback, nil: self = .other(kind: kind)
            }
        } catch {
            self = .other(kind: kind)
        }
    }
}

/// A bundle of authority operations that is held and authentic, on whichever branch of its log.
package struct AuthorityBundle: Hashable, Sendable {
    package let header: Header
    package let id: Hash256
    package let operations: [AuthorityOperation]

    package init(header: Header, id: Hash256, operations: [AuthorityOperation]) {
        self.header = header
        self.id = id
        self.operations = operations
    }

    /// Nil for a bundle without authority.
    package init?(_ bundle: Bundle) {
        guard bundle.isAuthority, let operations = try? bundle.operations() else { return nil }  // it was scanned
        self.init(
            header: bundle.header, id: bundle.id,
            operations: operations.map { AuthorityOperation(publicPart: $0.publicPart) })
    }
}

/// One operation of an authority bundle. Ordered by bundle id, then index: the hash that breaks ties between chains.
package struct OperationID: Hashable, Comparable, Sendable {
    package let bundle: Hash256
    /// In the bundle, from 0.
    package let index: Int

    package init(bundle: Hash256, index: Int) {
        self.bundle = bundle
        self.index = index
    }

    package static func < (left: OperationID, right: OperationID) -> Bool {
        (left.bundle, left.index) < (right.bundle, right.index)
    }
}
