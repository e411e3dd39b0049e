import AuthorLog

/// Which of a person's claims decides who brought them, and why each of the others does not.
///
/// Of those that count the one of lowest place wins, and what it says stays (first-touch). The fold decides by this, and whoever
/// asks is told by this. Source: Protocol/3-community.md, *Attribution*.
package enum ClaimRule {
    /// As much of a claim as the rule looks at.
    package struct Candidate: Sendable {
        package var place: Place
        /// Of the code, now.
        package var owner: PersonNumber?

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
    }

    /// - Returns: The index of the claim that wins; nil where none counts.
    package static func winner(
        among claims: [Candidate], of person: PersonNumber, order: LogOrder
    ) -> Int? {
        var best: Int?
        for (index, claim) in claims.enumerated() {
            guard let owner = claim.owner, owner != person else { continue }
            if let best, !order.isEarlier(claim.place, than: claims[best].place) { continue }
            best = index
        }
        return best
    }

    /// - Returns: One a claim, in their order; at most one wins.
    package static func verdicts(
        on claims: [Candidate], of person: PersonNumber, order: LogOrder
    ) -> [Verdict] {
        let winner = winner(among: claims, of: person, order: order)
        return claims.enumerated().map { index, claim in
            guard let owner = claim.owner else { return .unknownCode }
            guard owner != person else { return .ownCode }
            guard let winner, winner != index else { return .wins }
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
