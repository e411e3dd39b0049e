import AuthorLog
import Identity

/// What a peer says that he holds of a log; nobody has verified it.
struct Claim: Hashable, Sendable {
    var log: LogID
    var length: UInt64
    /// Nil: not ours at that length; more is not known.
    var head: Hash256?
}

extension Claim {
    init(_ row: FrontierRow) {
        self.init(log: row.log, length: row.length, head: row.head)
    }
}
