import AuthorLog

extension SyncCore {
    /// At least one greeted peer is known to hold exactly what we hold: among it, all of our own log that he has.
    package var agreesWithSomebody: Bool {
        let own = frontierHash
        return acceptedIDs.contains { peersByID[$0]?.comparison.isEqual(to: own) == true }
    }

    /// Sum of the lengths of the frontier's rows, and how many there are.
    package var updates: UInt64 { frontier.totalLength }
    package var logCount: Int { frontier.count }

    /// All known addresses are being dialled; else some are left out.
    package var seeksNeighbors: Bool { membership.degree < Limits.sociableNeighbors }

    /// Greeted peers.
    package var hasPeers: Bool { !acceptedIDs.isEmpty }
}
