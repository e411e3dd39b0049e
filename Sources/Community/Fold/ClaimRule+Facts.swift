package import Identity

extension ClaimRule {
    /// What the rule asks of the owner of a claim's code.
    package struct Owner: Sendable {
        package var number: PersonNumber
        package var id: PersonID
        package var suspensions: [SuspensionRow]

        package init(number: PersonNumber, id: PersonID, suspensions: [SuspensionRow]) {
            self.number = number
            self.id = id
            self.suspensions = suspensions
        }
    }

    /// What the rule asks of the person who was brought.
    package struct Invited: Sendable {
        package var witnesses: Witnesses
        package var unlinks: [UnlinkRow]

        package init(witnesses: Witnesses, unlinks: [UnlinkRow]) {
            self.witnesses = witnesses
            self.unlinks = unlinks
        }
    }
}

extension ClaimRule.Candidate {
    /// - Parameters:
    ///   - owner: Of the claim's code, now.
    ///   - payments: When payments of the person's were confirmed, Unix milliseconds: asked for where nothing else decides.
    package init(
        _ claim: ClaimRow, by owner: ClaimRule.Owner?, of invited: ClaimRule.Invited, order: LogOrder,
        payments: () throws -> [Int64]
    ) rethrows {
        self.init(place: claim.place, owner: owner?.number)
        isUnlinked = invited.unlinks.contains { $0.covers(claim, order: order) }
        guard let owner else { return }
        isSuspended = owner.suspensions.isSuspended(at: claim.place, order: order)
        guard let recorder = claim.recorder, recorder.person == owner.id else { return }
        let isBorneOut =
            try invited.witnesses.bearOut(claimOf: claim.place.at, by: recorder.member)
            || payments().contains { ClaimRule.isEvidence(at: $0, ofClaimAt: claim.place.at) }
        evidence = .said(isBorneOut: isBorneOut)
    }
}
