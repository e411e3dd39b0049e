/// A person as somebody names them: an external id, a contact, a printed id or a code. The daemon finds out which.
package struct PersonReference: Codable, Hashable, Sendable {
    package var person: String
    /// Whose external id it is; needed only where two sources use the same one.
    package var source: String?

    package init(_ person: String, source: String? = nil) {
        self.person = person
        self.source = source
    }
}

/// A pledge as somebody names it: an external id or a printed id.
package struct PledgeReference: Codable, Hashable, Sendable {
    package var pledge: String
    package var source: String?

    package init(_ pledge: String, source: String? = nil) {
        self.pledge = pledge
        self.source = source
    }
}
