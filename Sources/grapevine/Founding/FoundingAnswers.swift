import API

/// What `init` prints.
struct FoundAnswer: Encodable {
    let community: String
    let member: String
    let home: String
    let rootKeyFile: String
    let successorKeyFile: String

    enum CodingKeys: String, CodingKey {
        case community, member, home
        case rootKeyFile = "root_key_file"
        case successorKeyFile = "successor_key_file"
    }
}

/// What `join` prints.
struct JoinAnswer: Encodable {
    let community: String
    let member: String
    let role: String
    let home: String
    /// The home was a member's before: network key and addresses are the ticket's now, and nothing else has changed.
    let refreshed: Bool
}

/// What `ticket show` prints: nothing secret.
struct TicketAnswer: Encodable {
    let community: String
    let title: String
    let currency: String
    let role: String
    @Nullable var uses: Int?
    @Nullable var expiresAt: Timestamp?
    let addresses: [String]

    enum CodingKeys: String, CodingKey {
        case community, title, currency, role, uses, addresses
        case expiresAt = "expires_at"
    }
}

/// What a home tells without a daemon.
struct HomeAnswer {
    let community: String
    let title: String
    let currency: String
    let member: String
    let role: String
    let home: String
}
