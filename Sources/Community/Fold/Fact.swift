package import AuthorLog

/// What an operation may state, as far as the rules of who may tell it apart: the rows of the table of roles.
///
/// The one place where those rules stand: ``Permission``, the fold and the tests are made from it, and Protocol/3-community.md,
/// *Roles*, prints it.
package enum Fact: CaseIterable, Sendable {
    /// A chain that ends in its author: his log counts from there on.
    case membership
    /// The own code of the member id, which comes with a membership.
    case memberCode
    /// A chain goes on through what its author grants, or invites to.
    case grant, invite
    /// Every record states this, whatever else it states.
    case record
    case imported, joined, claim, ownCode, code
    /// A steward's takes every earlier claim out of count, anybody else's those that they recorded themselves.
    case unlink
    /// Suspends an ambassador, or ends that.
    case suspension
    /// Whose id the nonce proves to be the author's own; of a source that the author's right names; any other.
    case ownPledge, sourcedPledge, otherPledge
    /// A void is judged as what it takes back.
    case confirm, refund, lapse
    /// Of the author's own pledge, proved by the nonce; of any other.
    case ownCancel, otherCancel
    /// Of a post that answers nothing; of one that does.
    case announcement, reply
    /// Of the author's own; of somebody for whom he speaks.
    case feedback, relayedFeedback

    /// Who may: with anybody else's right the operation is kept and passed on, and changes nothing.
    package var roles: ClosedRange<Role> {
        switch self {
        case .membership, .feedback: Role.given
        case .memberCode: .ambassador ... .ambassador
        case .grant, .invite: Role.issuers
        case .record, .joined, .claim, .unlink, .ownPledge, .ownCancel, .relayedFeedback: .ambassador ... .steward
        case .sourcedPledge, .confirm, .refund, .lapse, .otherCancel: .treasurer ... .steward
        case .imported, .ownCode, .code, .suspension, .otherPledge, .announcement, .reply: .steward ... .steward
        }
    }

    package var kind: OperationKind {
        switch self {
        case .membership, .memberCode: .present
        case .grant: .grant
        case .invite: .invite
        case .announcement, .reply: .post
        case .feedback, .relayedFeedback: .feedback
        default: .record
        }
    }

    /// As the protocol prints it.
    package var name: String {
        switch self {
        case .membership: "the author is a member"
        case .memberCode: "own code of the member id"
        case .grant: "a right for a member key"
        case .invite: "a right for whoever the invite key signs"
        case .record: "any record: `person`, `source`"
        case .imported: "`imported` flag"
        case .joined: "`joined`"
        case .claim: "`claim`"
        case .ownCode: "`own_code`"
        case .code: "`code`"
        case .unlink: "`unlink`"
        case .suspension: "`suspension`"
        case .ownPledge: "`pledge`, its author's own (proved by the nonce)"
        case .sourcedPledge: "`pledge`, another, of a source that the author's right names"
        case .otherPledge: "`pledge`, any other"
        case .confirm: "`money` confirm"
        case .refund: "`money` refund"
        case .lapse: "`money` lapse"
        case .ownCancel: "`money` cancel of the author's own pledge (proved by the nonce)"
        case .otherCancel: "`money` cancel of any other"
        case .announcement: "announcement"
        case .reply: "reply: a post with `answers`"
        case .feedback: "the author's own"
        case .relayedFeedback: "another `person`'s, whom the author speaks for"
        }
    }
}

extension Record {
    /// Everything it states that somebody needs the right to.
    package func forEachFact(under right: Right, pseudonyms: Pseudonyms, _ visit: (Fact) -> Void) {
        visit(.record)
        if isImported { visit(.imported) }
        if joined != nil { visit(.joined) }
        if claim != nil { visit(.claim) }
        if ownCode { visit(.ownCode) }
        if registration != nil { visit(.code) }
        if unlink != nil { visit(.unlink) }
        if suspension != nil { visit(.suspension) }
        // The nonce makes the id from the author's member id: nobody else can have made that pledge. A record may name two
        // pledges, and the nonce proves at most one of them.
        let own = pledgeNonce.map { pseudonyms.pledge(by: right.memberID, nonce: $0) }
        if let pledge {
            visit(pledge.id == own ? .ownPledge : isOfSource(of: right) ? .sourcedPledge : .otherPledge)
        }
        for fact in money {
            switch fact.kind {
            case .confirm: visit(.confirm)
            case .refund: visit(.refund)
            case .lapse: visit(.lapse)
            case .cancel: visit(own != nil && paidPledge == own ? .ownCancel : .otherCancel)
            }
        }
    }

    /// Bytes, not characters, as no Unicode version may decide what counts.
    private func isOfSource(of right: Right) -> Bool {
        !source.isEmpty && right.sources.contains { $0.utf8.elementsEqual(source.utf8) }
    }
}
