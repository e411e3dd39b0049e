/// Who joins, and by what name: what `backer add` and `ambassador add` share.
package struct NewPerson: Codable, Hashable, Sendable {
    package var external: String?
    /// Of the external id; `import` unless given.
    package var source: String?
    package var contact: String?
    package var name: String?
    /// Who brought them.
    package var code: String?
    package var joinedAt: Timestamp?
    /// Takes a code that nobody owns yet.
    package var allowUnknown: Bool?

    enum CodingKeys: String, CodingKey {
        case external, source, contact, name, code
        case joinedAt = "joined_at"
        case allowUnknown = "allow_unknown"
    }

    package init(
        external: String? = nil, source: String? = nil, contact: String? = nil, name: String? = nil,
        code: String? = nil,
        joinedAt: Timestamp? = nil, allowUnknown: Bool? = nil
    ) {
        self.external = external
        self.source = source
        self.contact = contact
        self.name = name
        self.code = code
        self.joinedAt = joinedAt
        self.allowUnknown = allowUnknown
    }
}

package struct AddBacker: Request {
    package static let path = "backer/add"

    package var backer: NewPerson

    package init(_ backer: NewPerson) {
        self.backer = backer
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var person: String

        package init(person: String) {
            self.person = person
        }
    }
}

package struct AddAmbassador: Request {
    package static let path = "ambassador/add"

    package var ambassador: NewPerson
    /// The code to register; their own one unless given.
    package var registered: String?

    package init(_ ambassador: NewPerson, registered: String? = nil) {
        self.ambassador = ambassador
        self.registered = registered
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var person: String
        package var code: String

        package init(person: String, code: String) {
            self.person = person
            self.code = code
        }
    }
}

package struct AddCode: Request {
    package static let path = "code/add"

    package var person: PersonReference
    /// The code to register; their own one unless given.
    package var code: String?

    package init(_ person: PersonReference, code: String? = nil) {
        self.person = person
        self.code = code
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var code: String
        package var person: String?

        package init(code: String, person: String? = nil) {
            self.code = code
            self.person = person
        }
    }
}
