import AuthorLog
import Identity

/// What one peer is known to hold, as far as it matters for pushing.
///
/// After equal frontier hashes he holds all of ours; from then on what differs is kept by log. Too many of them, and nothing
/// is known any more until the hashes are equal again.
struct PeerHeads: Sendable {
    struct Head: Equatable, Sendable {
        var length: UInt64
        /// Nil for an empty log, and where only the length is known.
        var id: Hash256?

        static let none = Head(length: 0, id: nil)
    }

    enum Standing: Equatable, Sendable {
        /// He has it, or more.
        case holds
        /// He has exactly what came before.
        case holdsPredecessor
        /// Something else.
        case lacks
        case unknown
    }

    private(set) var holdsOurs = false
    /// Nil: it is not known what he holds of the log.
    private var heads: [LogID: Head?] = [:]

    var count: Int { heads.count }

    /// The frontier hashes are equal.
    mutating func equal() {
        holdsOurs = true
        heads.removeAll()
    }

    mutating func holds(_ log: LogID, _ head: Head) {
        note(log, head)
    }

    func standing(_ log: LogID, before: Head, after: Head) -> Standing {
        guard let head = known(log, before: before) else { return .unknown }
        if head.length >= after.length { return .holds }
        return head == before ? .holdsPredecessor : .lacks
    }

    /// Ours has grown and he was not given the run: what he holds of it is now other than ours.
    mutating func leftBehind(_ log: LogID, before: Head) {
        if let head = known(log, before: before) { holds(log, head) }
    }

    /// Ours has grown, and others may give it to him, or have.
    mutating func forget(_ log: LogID) {
        if holdsOurs || heads[log] != nil { note(log, nil) }
    }

    private mutating func note(_ log: LogID, _ head: Head?) {
        if heads[log] == nil, heads.count >= Limits.knownHeadsPerPeer {
            holdsOurs = false
            heads.removeAll()
        }
        heads[log] = .some(head)
    }

    private func known(_ log: LogID, before: Head) -> Head? {
        heads[log] ?? (holdsOurs ? before : nil)
    }
}
