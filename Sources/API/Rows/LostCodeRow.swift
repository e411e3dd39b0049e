/// A registration that did not get its code.
package struct LostCodeRow: Codable, Hashable, Sendable {
    /// As it was written.
    package var code: String
    /// For whom it was registered.
    package var person: String
    package var name: String?
    /// Who has it.
    package var owner: String
    /// The owner's own code reads the same; else the owner was registered first.
    package var own: Bool
    package var registeredAt: Timestamp
    /// Who registered it.
    package var member: String

    enum CodingKeys: String, CodingKey {
        case code, person, name, owner, own, member
        case registeredAt = "registered_at"
    }

    package init(
        code: String, person: String, name: String? = nil, owner: String, own: Bool, registeredAt: Timestamp,
        member: String
    ) {
        self.code = code
        self.person = person
        self.name = name
        self.owner = owner
        self.own = own
        self.registeredAt = registeredAt
        self.member = member
    }
}
