/// A peer as this node sees it.
package struct PeerRow: Codable, Hashable, Sendable {
    package var member: String
    package var address: String
    package var connected: Bool
    /// Operations that the peer has and this node lacks.
    package var behind: Int
    /// As the record calls this member, if it does.
    package var name: String?
    package var lastHeard: Timestamp?

    enum CodingKeys: String, CodingKey {
        case member, address, connected, behind, name
        case lastHeard = "last_heard"
    }

    package init(
        member: String, address: String, connected: Bool, behind: Int, name: String? = nil, lastHeard: Timestamp? = nil
    ) {
        self.member = member
        self.address = address
        self.connected = connected
        self.behind = behind
        self.name = name
        self.lastHeard = lastHeard
    }
}
