import AuthorLog

/// The logs of which one peer has shown more than we hold. A claim, until its runs are verified.
struct Offers: Sendable {
    struct Offer: Sendable {
        /// Length shown.
        var shown: UInt64
        /// Less than that.
        var held: UInt64
    }

    private(set) var logs: [LogID: Offer] = [:]
    /// Operations that he has and we lack. No sum of lengths below 2^48 of so few logs overflows.
    private(set) var missing: UInt64 = 0

    var isEmpty: Bool { logs.isEmpty }
    var count: Int { logs.count }

    /// - Parameter room: How many more all peers together may offer.
    /// - Returns: Whether it is a new log in the list.
    mutating func show(_ log: LogID, length: UInt64, held: UInt64, room: Int) -> Bool {
        guard length > held else { return false }
        let former = logs[log]
        guard former != nil || logs.count < Limits.offersPerPeer && room > 0 else { return false }
        set(log, Offer(shown: max(former?.shown ?? 0, length), held: held))
        return former == nil
    }

    /// We hold so much now.
    mutating func held(_ log: LogID, length: UInt64) {
        guard let offer = logs[log] else { return }
        set(log, offer.shown > length ? Offer(shown: offer.shown, held: length) : nil)
    }

    /// He could not serve it.
    mutating func withdraw(_ log: LogID) {
        set(log, nil)
    }

    private mutating func set(_ log: LogID, _ offer: Offer?) {
        let former = logs[log]
        logs[log] = offer
        missing = missing + (offer?.missing ?? 0) - (former?.missing ?? 0)
    }
}

extension Offers.Offer {
    var missing: UInt64 { shown - held }
}
