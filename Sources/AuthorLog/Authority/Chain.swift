package import Identity

package enum ChainError: Error, Equatable, Sendable {
    /// Of another kind, or not signed by the root.
    case orderIsNoGrant, orderNotGenuine
    case wrongCommunity(link: Int)
    /// The link is not in the log of the subject before it.
    case wrongIssuer(link: Int)
    case badSignature(link: Int)
    /// Commitments, body root and operation do not belong together.
    case notInBundle(link: Int)
    /// Neither grant nor invite, or not readable as such.
    case notAGrant(link: Int)
    case issuerIsNoSteward(link: Int)
    case issuerExpired(link: Int)
    case timesNotAscending(link: Int)
    case tooDeep(subjects: Int)
    case repeatedKey(MemberKey)
    /// The chain is somebody else's.
    case wrongMember(expected: MemberKey)
    case badInviteSignature
    /// More or fewer than invites.
    case inviteSignatureCount(expected: Int, actual: Int)
    /// Shown before it was made.
    case presentedTooEarly(lastLink: HybridTime)
}

/// The links from the root to the last grant or invite, checked. Links count from 0, the root order.
struct Chain {
    private enum End {
        case grant(Grant)
        case invite(Invite)
    }

    /// The people, from the root's grantee; at an invite the newcomer is not among them.
    private var subjects: [MemberKey]
    private var end: End
    private var time: HybridTime
    /// Of invites not yet used.
    private var inviteSignatures: ArraySlice<Signature>

    /// - Parameter inviteSignatures: One for each invite that somebody has used, in order.
    init(
        order: SignedRootOrder, excerpts: [Excerpt], inviteSignatures: [Signature],
        successions: [SignedRootOrder] = [], charter: Charter
    ) throws(ChainError) {
        guard case .grant(let grant) = order.order.content else { throw .orderIsNoGrant }
        guard order.isGenuine(under: charter, successions: successions) else { throw .orderNotGenuine }
        subjects = [grant.subject]
        end = .grant(grant)
        time = order.order.time
        self.inviteSignatures = inviteSignatures[...]
        for (index, excerpt) in excerpts.enumerated() {
            try follow(excerpt, link: index + 1, charter: charter)
        }
    }

    /// Nil where the chain ends in a grant.
    var invite: Invite? {
        guard case .invite(let invite) = end else { return nil }
        return invite
    }

    private mutating func follow(_ excerpt: Excerpt, link: Int, charter: Charter) throws(ChainError) {
        let header = excerpt.header
        guard header.community == charter.id else { throw .wrongCommunity(link: link) }
        let issuer: Right
        switch end {
        case .grant(let grant):
            guard header.member == grant.subject else { throw .wrongIssuer(link: link) }
            issuer = Right(grant, since: time, issuerDepth: subjects.count - 1)
        case .invite(let invite):
            issuer = try admit(header.member, by: invite, charter: charter)
        }
        guard Role.issuers.contains(issuer.role) else { throw .issuerIsNoSteward(link: link) }
        guard issuer.isValid(at: header.time) else { throw .issuerExpired(link: link) }
        guard header.time > time else { throw .timesNotAscending(link: link) }
        guard excerpt.showsItsOperation else { throw .notInBundle(link: link) }
        let next = try Self.end(of: excerpt, link: link)
        guard subjects.count < Limits.chainSubjectLimit else { throw .tooDeep(subjects: subjects.count + 1) }
        if case .grant(let grant) = next {
            guard !subjects.contains(grant.subject) else { throw .repeatedKey(grant.subject) }
            subjects.append(grant.subject)
        }
        guard header.isSigned(by: excerpt.signature) else { throw .badSignature(link: link) }
        end = next
        time = header.time
    }

    private static func end(of excerpt: Excerpt, link: Int) throws(ChainError) -> End {
        let content = [UInt8](excerpt.operation.dropFirst())
        do throws(AuthorityFormError) {
            switch excerpt.operation.first {
            case OperationKind.grant.rawValue: return .grant(try Grant(decoding: content))
            case OperationKind.invite.rawValue: return .invite(try Invite(decoding: content))
            default: throw .outOfRange(field: "operation")
            }
        } catch {
            throw .notAGrant(link: link)
        }
    }

    /// The key that an invite's key has signed joins the people.
    private mutating func admit(
        _ member: MemberKey, by invite: Invite, charter: Charter
    ) throws(ChainError) -> Right {
        guard !subjects.contains(member) else { throw .repeatedKey(member) }
        guard let signature = inviteSignatures.popFirst() else { throw .inviteSignatureCount(expected: 1, actual: 0) }
        let message = SignatureDomain.inviteUse.message(community: charter.id, content: member.bytes)
        guard invite.inviteKey.verify(signature, of: message) else { throw .badInviteSignature }
        subjects.append(member)
        return Right(invite, member: member, since: time, issuerDepth: subjects.count - 1)
    }

    consuming func right(
        of member: MemberKey, presentedAt: HybridTime, charter: Charter
    ) throws(ChainError) -> Right {
        guard presentedAt > time else { throw .presentedTooEarly(lastLink: time) }
        let right: Right
        switch end {
        case .grant(let grant):
            guard grant.subject == member else { throw .wrongMember(expected: grant.subject) }
            right = Right(grant, since: time, issuerDepth: subjects.count - 1)
        case .invite(let invite):
            right = try admit(member, by: invite, charter: charter)
        }
        guard inviteSignatures.isEmpty else {
            throw .inviteSignatureCount(expected: 0, actual: inviteSignatures.count)
        }
        return right
    }
}

extension Excerpt {
    /// Whether the commitments are the bundle's, and one of them the operation's.
    fileprivate var showsItsOperation: Bool {
        guard commitments.count == Int(header.operationCount), commitments.indices.contains(index) else { return false }
        return commitments[index] == Operation(publicPart: operation).commitment
            && BLAKE2b.hash256(commitments.flatMap(\.bytes), personal: .body) == header.bodyRoot
    }
}
