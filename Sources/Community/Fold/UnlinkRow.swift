package import Identity

/// A statement that whoever brought a person did not: it takes claims of lower place out of count.
package struct UnlinkRow: Equatable, Sendable {
    package var person: PersonNumber
    package var place: Place
    /// Who took back claims of his own hand; nil: a steward, who takes away every claim.
    package var member: MemberID?

    package init(person: PersonNumber, place: Place, member: MemberID?) {
        self.person = person
        self.place = place
        self.member = member
    }

    package func covers(_ claim: ClaimRow, order: LogOrder) -> Bool {
        guard order.isEarlier(claim.place, than: place) else { return false }
        return member == nil || claim.recorder?.member == member
    }
}
