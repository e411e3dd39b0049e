/// What a member may do; each role may do what those before it may.
package enum Role: UInt8, Hashable, Sendable, Comparable, CaseIterable {
    case none, observer, ambassador, treasurer, steward

    package static func < (left: Role, right: Role) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Roles that somebody can be given.
    package static let given = Role.observer ... .steward
    /// Whose grants and invites give something.
    package static let issuers = Role.steward ... .steward
}

extension Role {
    /// A role somebody is given: `none` and roles of a later version are refused.
    init(field: String, _ message: Grapevine_Authority_Role) throws(AuthorityFormError) {
        guard let value = UInt8(exactly: message.rawValue), let role = Role(rawValue: value), Role.given.contains(role)
        else {
            throw .outOfRange(field: field)
        }
        self = role
    }

    var message: Grapevine_Authority_Role {
        switch self {
        case .none: .none
        case .observer: .observer
        case .ambassador: .ambassador
        case .treasurer: .treasurer
        case .steward: .steward
        }
    }
}
