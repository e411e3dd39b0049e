/// What a root order is about, as written and printed.
package enum RootOrderKind: String, CaseIterable, Codable, Hashable, Sendable {
    case grant, revoke, choose, succession, sealer, other
    case networkKey = "network-key"
}

/// Where a root key is in the line of roots.
package enum RootPlace: String, CaseIterable, Codable, Hashable, Sendable {
    /// A successor that did not take over yet: it signs a succession, and nothing else.
    case announced
    case inOffice = "in-office"
    case retired
    /// Once announced, by a root that another one replaced.
    case none
}

/// A root order that is held.
package struct RootOrderRow: Codable, Hashable, Sendable {
    /// Its hash, 64 hex digits.
    package var order: String
    package var serial: Int
    package var kind: RootOrderKind
    /// Whom or what it is about; empty for kinds that have no subject.
    package var subject: String
    /// The root key that signed it.
    package var signedBy: String
    package var root: RootPlace
    package var at: Timestamp
    /// By the root in office, or kept by the one who took over.
    package var counts: Bool
    /// Of a succession: hash of the root key that may follow its signer.
    package var next: String?

    enum CodingKeys: String, CodingKey {
        case order, serial, kind, subject, root, at, counts, next
        case signedBy = "signed_by"
    }

    package init(
        order: String, serial: Int, kind: RootOrderKind, subject: String, signedBy: String, root: RootPlace,
        at: Timestamp, counts: Bool, next: String? = nil
    ) {
        self.order = order
        self.serial = serial
        self.kind = kind
        self.subject = subject
        self.signedBy = signedBy
        self.root = root
        self.at = at
        self.counts = counts
        self.next = next
    }
}

package struct ListRootOrders: PagedRequest {
    package static let path = "root/orders"

    package typealias Answer = Page<RootOrderRow>
    package typealias Row = RootOrderRow

    package var after: String?
    package var limit: Int?

    package init(after: String? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

/// Hands over an order that was signed elsewhere. The node never sees the key.
package struct PublishRootOrder: Request {
    package static let path = "root/publish"

    /// Its text: `GRAPEVINEORDER1…`.
    package var text: String
    /// Only say what it would cut; nothing is kept.
    package var dryRun: Bool?

    enum CodingKeys: String, CodingKey {
        case text
        case dryRun = "dry_run"
    }

    package init(text: String, dryRun: Bool? = nil) {
        self.text = text
        self.dryRun = dryRun
    }

    package struct Answer: Codable, Hashable, Sendable {
        package var order: RootOrderRow
        /// False where it was held before.
        package var new: Bool
        /// Logs that count less far by it.
        package var cuts: [CutRow]

        package init(order: RootOrderRow, new: Bool, cuts: [CutRow]) {
            self.order = order
            self.new = new
            self.cuts = cuts
        }
    }
}

/// What a revocation would say, for the root to sign: the node knows which logs there are.
package struct PlanRevocation: Request {
    package static let path = "root/plan-revocation"

    package var member: String
    package var isInvite: Bool?
    /// As in ``RevokeMember``.
    package var keep: String?

    enum CodingKeys: String, CodingKey {
        case member, keep
        case isInvite = "invite"
    }

    package init(_ member: String, isInvite: Bool? = nil, keep: String? = nil) {
        self.member = member
        self.isInvite = isInvite
        self.keep = keep
    }

    package struct Answer: Codable, Hashable, Sendable {
        /// Its bytes in hex digits.
        package var revocation: String

        package init(revocation: String) {
            self.revocation = revocation
        }
    }
}

/// What a choice would say, for the root to sign.
package struct PlanChoice: Request {
    package static let path = "root/plan-choice"

    /// As in ``ChooseBranch``.
    package var log: String
    package var fork: String?
    package var branch: String

    package init(log: String, fork: String? = nil, branch: String) {
        self.log = log
        self.fork = fork
        self.branch = branch
    }

    package struct Answer: Codable, Hashable, Sendable {
        /// Its bytes in hex digits.
        package var choice: String

        package init(choice: String) {
            self.choice = choice
        }
    }
}

/// Whom a successor retires, which orders stay, and what that changes.
package struct PlanSuccession: Request {
    package static let path = "root/plan-succession"

    /// The root key that takes over, 64 hex digits; without it nothing is foreseen.
    package var successor: String?

    package init(successor: String? = nil) {
        self.successor = successor
    }

    package struct Answer: Codable, Hashable, Sendable {
        /// The root key in office.
        package var retired: String
        /// Hashes of all orders that count.
        package var stays: [String]
        /// The orders as they would be, by serial: those that stay, those that begin to count, and those that do not count.
        package var orders: [RootOrderRow]?
        /// Logs that would count less far.
        package var cuts: [CutRow]?

        package init(retired: String, stays: [String], orders: [RootOrderRow]? = nil, cuts: [CutRow]? = nil) {
            self.retired = retired
            self.stays = stays
            self.orders = orders
            self.cuts = cuts
        }
    }
}

/// Makes the network key of the next rotation on this node, for the root to name.
package struct PlanNetworkKey: Request {
    package static let path = "root/plan-network-key"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        package var number: Int
        /// 64 hex digits; the key itself stays in the home until the root has named it.
        package var hash: String

        package init(number: Int, hash: String) {
            self.number = number
            self.hash = hash
        }
    }
}
