import AuthorLog

/// What one peer has pushed, and the shell has not answered yet.
struct Pushes: Sendable {
    private(set) var byteCount = 0
    /// By log: how many, and the hop of the last.
    private var logs: [LogID: (count: Int, hop: UInt32)] = [:]

    /// False, and nothing noted, if there is too much already.
    mutating func add(_ log: LogID, byteCount: Int, hop: UInt32) -> Bool {
        guard self.byteCount + byteCount <= Limits.pushedIngestByteLimit else { return false }
        self.byteCount += byteCount
        logs[log] = ((logs[log]?.count ?? 0) + 1, hop)
        return true
    }

    func hop(of log: LogID) -> UInt32? { logs[log]?.hop }

    /// - Returns: Its hop; nil if nothing was pushed.
    mutating func answered(_ log: LogID, byteCount: Int) -> UInt32? {
        guard let (count, hop) = logs[log] else { return nil }
        self.byteCount -= byteCount
        logs[log] = count > 1 ? (count - 1, hop) : nil
        return hop
    }
}
