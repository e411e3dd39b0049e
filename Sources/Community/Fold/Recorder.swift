package import Identity

/// Who wrote a claim by hand: the member, and the person whom the right he wrote it under names.
package struct Recorder: Equatable, Sendable {
    package var member: MemberID
    package var person: PersonID

    package init(member: MemberID, person: PersonID) {
        self.member = member
        self.person = person
    }
}
