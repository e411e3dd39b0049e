/// Suspends an ambassador: claims and pledges dated from now on credit them nothing, and nobody moves.
package struct SuspendMember: Request {
    package static let path = "member/suspend"

    package typealias Answer = MemberSuspension

    package var person: PersonReference

    package init(_ person: PersonReference) {
        self.person = person
    }
}

/// Ends a suspension, from now on.
package struct RestoreMember: Request {
    package static let path = "member/restore"

    package typealias Answer = MemberSuspension

    package var person: PersonReference

    package init(_ person: PersonReference) {
        self.person = person
    }
}

package struct MemberSuspension: Codable, Hashable, Sendable {
    package var person: String
    package var suspended: Bool

    package init(person: String, suspended: Bool) {
        self.person = person
        self.suspended = suspended
    }
}
