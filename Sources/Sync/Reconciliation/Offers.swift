import AuthorLog

/// The logs of which one peer has shown more than we hold. A claim, until its runs are verified.
struct Offers: Sendable {
    /// Length shown.
    private(set) var lengths: [LogID: UInt64] = [:]

    var isEmpty: Bool { lengths.isEmpty }
    var count: Int { lengths.count }

    /// - Parameter room: How many more all peers together may offer.
    /// - Returns: Whether it is a new log in the list.
    mutating func show(_ log: LogID, length: UInt64, held: UInt64, room: Int) -> Bool {
        guard length > held else { return false }
        if let shown = lengths[log] {
            lengths[log] = max(shown, length)
            return false
        }
        guard lengths.count < Limits.offersPerPeer, room > 0 else { return false }
        lengths[log] = length
        return true
    }

    /// We hold so much now.
    mutating func held(_ log: LogID, length: UInt64) {
        if let shown = lengths[log], shown <= length { lengths[log] = nil }
    }

    /// He could not serve it.
    mutating func withdraw(_ log: LogID) {
        lengths[log] = nil
    }

    /// Operations he has and we lack.
    func behind(_ frontier: FrontierTree) -> UInt64 {
        lengths.reduce(0) { sum, offer in
            let held = frontier.row(for: offer.key)?.length ?? 0
            return sum &+ (offer.value > held ? offer.value - held : 0)
        }
    }
}
