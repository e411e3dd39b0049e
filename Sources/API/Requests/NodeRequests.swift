package struct GetStatus: Request {
    package static let path = "status"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        package struct Community: Codable, Hashable, Sendable {
            package var id: String
            package var title: String
            package var currency: String

            package init(id: String, title: String, currency: String) {
                self.id = id
                self.title = title
                self.currency = currency
            }
        }

        package struct Node: Codable, Hashable, Sendable {
            package var member: String
            package var role: String

            package init(member: String, role: String) {
                self.member = member
                self.role = role
            }
        }

        package var community: Community
        package var node: Node
        /// `HOST:PORT` for peers; none if it does not listen.
        @Nullable package var listen: String?
        /// Sum of the lengths of the frontier's rows.
        package var updates: Int
        package var logs: Int
        /// 64 hex digits.
        @Nullable package var frontier: String?
        /// 64 hex digits; none while the node cannot stand for one.
        @Nullable package var state: String?
        package var syncing: Bool
        package var degraded: Bool
        /// All that are connected, and some that are away.
        package var peers: [PeerRow]
        /// Away, too, and not among `peers`; none where all are.
        package var peersLeftOut: Int?
        /// The daemon's process.
        package var pid: Int?
        /// Whatever else people should know, a sentence each.
        package var notices: [String]?
        /// None where nothing is missing.
        package var progress: SyncProgress?

        enum CodingKeys: String, CodingKey {
            case community, node, listen, updates, logs, frontier, state, syncing, degraded, peers, pid, notices,
                progress
            case peersLeftOut = "peers_left_out"
        }

        package init(
            community: Community, node: Node, listen: String?, updates: Int, logs: Int, frontier: String?,
            state: String?,
            syncing: Bool, degraded: Bool, peers: [PeerRow], pid: Int? = nil, notices: [String]? = nil,
            progress: SyncProgress? = nil, peersLeftOut: Int? = nil
        ) {
            self.community = community
            self.node = node
            self.listen = listen
            self.updates = updates
            self.logs = logs
            self.frontier = frontier
            self.state = state
            self.syncing = syncing
            self.degraded = degraded
            self.peers = peers
            self.pid = pid
            self.notices = notices
            self.progress = progress
            self.peersLeftOut = peersLeftOut
        }
    }
}

package struct ListPeers: PagedRequest {
    package static let path = "peers"

    package typealias Answer = Page<PeerRow>
    package typealias Row = PeerRow

    package var after: String?
    package var limit: Int?

    package init(after: String? = nil, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }
}

package struct GetVersion: Request {
    package static let path = "version"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        package var version: String
        package var `protocol`: Int

        package init(version: String = Release.version, protocol: Int = Release.protocolNumber) {
            self.version = version
            self.protocol = `protocol`
        }
    }
}

/// Ends the daemon. The answer comes before the end: wait for the process.
package struct StopDaemon: Request {
    package static let path = "stop"

    package init() {}

    package struct Answer: Codable, Hashable, Sendable {
        package var pid: Int

        package init(pid: Int) {
            self.pid = pid
        }
    }
}

package struct MakeInvite: Request {
    package static let path = "invite"

    package var role: RoleName
    package var uses: Int
    /// From now on.
    package var validSeconds: Int
    /// Of each who joins; no limit unless given.
    package var operationsPerDay: Int?
    package var bytesPerDay: Int?

    enum CodingKeys: String, CodingKey {
        case role, uses
        case validSeconds = "valid_seconds"
        case operationsPerDay = "operations_per_day"
        case bytesPerDay = "bytes_per_day"
    }

    package init(
        role: RoleName, uses: Int, validSeconds: Int, operationsPerDay: Int? = nil, bytesPerDay: Int? = nil
    ) {
        self.role = role
        self.uses = uses
        self.validSeconds = validSeconds
        self.operationsPerDay = operationsPerDay
        self.bytesPerDay = bytesPerDay
    }

    package struct Answer: Codable, Hashable, Sendable {
        /// A secret.
        package var ticket: String
        /// That it names, `host:port`: whom its holder calls.
        package var addresses: [String]

        package init(ticket: String, addresses: [String]) {
            self.ticket = ticket
            self.addresses = addresses
        }
    }
}
