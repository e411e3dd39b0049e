import AuthorLog
import Community
import GRDB

/// What is checked of the stored record while its state is folded anew: nothing of it depends on that.
struct StoredCheck: Sendable {
    private(set) var remembered = Verification()
    private(set) var digest = Verification()
    /// Nil where the state is not to be compared.
    private(set) var sums: StateSums?

    /// - Parameters:
    ///   - logs: With the states that their bundles give.
    ///   - readsState: False where the log is damaged, so that nothing can be said about the state.
    init(
        _ database: Database, _ logs: [Writer.Log], charter: Charter, against facts: HomeFacts, readsState: Bool
    ) throws {
        try RememberedCheck(database: database, charter: charter, facts: facts).run(logs, &remembered)
        guard readsState else { return }
        sums = try StateSums(database)
        do {
            for bucket in try StateDigest.wronglyNoted(database) {
                digest.note("state digest: bucket \(bucket) is noted with another hash than its rows have")
            }
        } catch StorageError.stateIsDamaged(let what) {
            digest.note("state digest: cannot be made: \(what)")
        }
    }
}
