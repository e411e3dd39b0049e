/// A member's role, as written and printed.
package enum RoleName: String, CaseIterable, Codable, Hashable, Sendable {
    case steward, treasurer, ambassador, observer
}

/// Who gets the credit, as written and printed.
package enum AttributionName: String, CaseIterable, Codable, Hashable, Sendable {
    case firstTouch = "first-touch"
    case lastTouch = "last-touch"
}

/// The score a leaderboard is sorted by.
package enum LeaderboardScore: String, CaseIterable, Codable, Hashable, Sendable {
    case credited, brought, reach
}

/// What is shown of a pledge's money.
package enum PledgeStatus: String, CaseIterable, Codable, Hashable, Sendable {
    case pledged, paid, refunded, cancelled, lapsed
}

/// What is stated of a pledge's money, as a command names it.
package enum MoneyFactName: String, CaseIterable, Codable, Hashable, Sendable {
    case payment, refund, lapse, cancel
}

/// What can be imported and exported, and its columns.
package enum RecordKind: String, CaseIterable, Codable, Hashable, Sendable {
    case ambassadors, backers, pledges

    /// All of them are wanted in a header row, in any order.
    package var columns: [String] {
        switch self {
        case .ambassadors: ["ambassador", "code", "joined_at"]
        case .backers: ["backer", "joined_at", "code"]
        case .pledges: ["pledge", "backer", "amount", "currency", "pledged_at", "status", "code"]
        }
    }
}
