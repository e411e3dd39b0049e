import AuthorLog
import GRDB

extension ReplicaStore {
    /// When the next of the bundles that were dated too far ahead may be folded: see ``releaseHeld(wallMilliseconds:)``.
    ///
    /// - Returns: Unix milliseconds, now or past for one that is due; nil where none waits.
    package func earliestRelease() async throws -> UInt64? {
        do {
            return try await pool.read { database in
                // Times past 2^47 ms, negative here, never come.
                let earliest = try Int64.fetchOne(database, sql: "SELECT min(time) FROM held WHERE time >= 0")
                return earliest.map { time in
                    let milliseconds = UInt64(bitPattern: time) >> 16
                    return milliseconds - min(milliseconds, AuthorLog.Limits.clockLeadMilliseconds)
                }
            }
        } catch {
            throw StorageError(error, doing: "looking for held bundles")
        }
    }
}
