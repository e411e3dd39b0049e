import CSQLite

/// SQLite's memory, in the whole process.
enum SQLiteMemory {
    /// By default it counts all that it has, under one lock for all connections, at each allocation and release. Nobody asks.
    ///
    /// Before the first connection is opened; afterwards it changes nothing.
    static func leaveUncounted() { _ = isUncounted }

    private static let isUncounted = sqlite_leave_memory_uncounted() == 0
}
