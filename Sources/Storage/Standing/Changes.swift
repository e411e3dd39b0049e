package import AuthorLog

/// What one transaction changed of the logs that stand.
package struct Changes: Sendable {
    /// Logs that stand longer, each by what was appended.
    package var growths: [Growth] = []
    /// Other logs whose frontier row is another now, or gone.
    package var moved: [MovedLog] = []
    /// What stands now, where that was worked out.
    package var settled: Settled?
    /// All root orders that are held, and all proofs of forks, where there are others than before.
    package var orders: [SignedRootOrder]?
    package var proofs: [ForkProof]?
    /// Evidence waits to be worked in: settle after that time.
    package var settlesIn: Duration?
}

/// A log that stands longer or shorter than before, for what others say of it.
package struct MovedLog: Equatable, Sendable {
    package let log: LogID
    /// Nil: nothing of it stands.
    package let row: FrontierRow?
}

/// What stands.
package struct Settled: Sendable {
    package let standing: Standing
    /// Logs of which nothing more can stand than is held.
    package let ended: Set<LogID>
}
