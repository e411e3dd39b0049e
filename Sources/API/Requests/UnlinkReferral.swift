/// Takes back who brought somebody: what was claimed so far counts no more.
package struct UnlinkReferral: Request {
    package static let path = "referral/unlink"

    package var person: PersonReference

    package init(_ person: PersonReference) {
        self.person = person
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var person: String
        /// Who counts as having brought them now: whoever is no steward takes back only what they recorded themselves.
        @Nullable package var ambassador: String?

        package init(person: String, ambassador: String?) {
            self.person = person
            self.ambassador = ambassador
        }
    }
}
