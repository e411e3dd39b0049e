import AuthorLog

/// Which of a person's claims decides who brought them, and why each of the others does not.
///
/// Of those that count the joined ones stand before the said ones; of one kind the one of lowest place wins, and what it says
/// stays (first-touch). The fold decides by this, and whoever asks is told by this.
/// Source: Protocol/3-community.md, *Attribution*.
package enum ClaimRule {
    /// For how long after a said claim's time something may bear it out (design §6).
    package static let evidenceMilliseconds: Int64 = 90 * 86_400_000

    package static func isEvidence(at time: Int64, ofClaimAt claimed: Int64) -> Bool {
        time >= claimed && time < claimed.addingSaturating(evidenceMilliseconds)
    }

    package enum Evidence: Hashable, Sendable {
        /// Somebody else says so, or an import.
        case joined
        /// The code's own owner says so.
        case said(isBorneOut: Bool)

        package var isJoined: Bool { self == .joined }
    }

    /// As much of a claim as the rule looks at.
    package struct Candidate: Sendable {
        package var place: Place
        /// Of the code, now.
        package var owner: PersonNumber?
        package var evidence = Evidence.joined
        /// Somebody who may took it back.
        package var isUnlinked = false
        /// Its code's owner is suspended at its place.
        package var isSuspended = false

        package init(place: Place, owner: PersonNumber?) {
            self.place = place
            self.owner = owner
        }
    }

    /// The first part of its place by which a claim stands behind the one that wins.
    package enum Difference: String, CaseIterable, Sendable {
        case period
        /// The counting claimed time.
        case time
        // Of equal times: who wrote it, and where. No merit, but the same on every node.
        case member, incarnation, position
    }

    package enum Verdict: Hashable, Sendable {
        case wins
        /// Counts, and the one that wins stands before it.
        case later(Difference)
        /// Nobody brings themselves.
        case ownCode
        /// Nobody owns the code, yet.
        case unknownCode
        case unlinked
        /// The code's owner was suspended where it stands.
        case suspended
        /// The code's owner says so, and nothing bears him out.
        case onlySaid
        /// The code's owner says so, and a claim that somebody else made counts.
        case outranked

        package var counts: Bool {
            switch self {
            case .wins, .later: true
            case .ownCode, .unknownCode, .unlinked, .suspended, .onlySaid, .outranked: false
            }
        }
    }

    /// - Returns: The index of the claim that wins; nil where none counts.
    package static func winner(
        among claims: [Candidate], of person: PersonNumber, order: LogOrder
    ) -> Int? {
        var best: Int?
        for (index, claim) in claims.enumerated() where claim.obstacle(to: person) == nil {
            guard let known = best.map({ claims[$0] }) else {
                best = index
                continue
            }
            let isBetter =
                claim.evidence.isJoined == known.evidence.isJoined
                ? order.isEarlier(claim.place, than: known.place) : claim.evidence.isJoined
            if isBetter { best = index }
        }
        return best
    }

    /// - Returns: One a claim, in their order; at most one wins.
    package static func verdicts(
        on claims: [Candidate], of person: PersonNumber, order: LogOrder
    ) -> [Verdict] {
        let winner = winner(among: claims, of: person, order: order)
        return claims.enumerated().map { index, claim in
            if let obstacle = claim.obstacle(to: person) { return obstacle }
            guard let winner, winner != index else { return .wins }
            guard claim.evidence.isJoined || !claims[winner].evidence.isJoined else { return .outranked }
            return .later(difference(of: claim.place, from: claims[winner].place, order: order))
        }
    }

    private static func difference(of a: Place, from b: Place, order: LogOrder) -> Difference {
        if a.period != b.period { return .period }
        if a.at != b.at { return .time }
        guard a.log != b.log else { return .position }
        return order.log(a.log).member != order.log(b.log).member ? .member : .incarnation
    }
}

extension ClaimRule.Candidate {
    /// Why it does not count, whatever other claims there are.
    fileprivate func obstacle(to person: PersonNumber) -> ClaimRule.Verdict? {
        guard let owner else { return .unknownCode }
        guard owner != person else { return .ownCode }
        if isUnlinked { return .unlinked }
        if isSuspended { return .suspended }
        return evidence == .said(isBorneOut: false) ? .onlySaid : nil
    }
}
