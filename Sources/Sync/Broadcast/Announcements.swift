import AuthorLog

/// Logs whose heads one peer is to be told, collected for a moment: of a log that grows a hundred times the last is told.
struct Announcements: Sendable {
    enum OnAdd: Equatable, Sendable {
        case collected
        /// Too many: nothing is told, the frontiers are to be compared.
        case overflow
    }

    private var logs: Set<LogID> = []
    private(set) var deadline: Instant?

    mutating func add(_ log: LogID, at now: Instant) -> OnAdd {
        guard logs.contains(log) || logs.count < Limits.rowsPerMessage else {
            logs.removeAll()
            deadline = nil
            return .overflow
        }
        logs.insert(log)
        deadline = deadline ?? now + Limits.announcementDelay
        return .collected
    }

    /// He came to hold it.
    mutating func remove(_ log: LogID) {
        logs.remove(log)
        if logs.isEmpty { deadline = nil }
    }

    /// Ascending; empty before their time.
    mutating func take(at now: Instant) -> [LogID] {
        guard let deadline, now >= deadline else { return [] }
        defer {
            logs.removeAll()
            self.deadline = nil
        }
        return logs.sorted()
    }
}
