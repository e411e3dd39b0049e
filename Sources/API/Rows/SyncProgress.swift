/// How far a node is with what its peers hold, by what they say.
package struct SyncProgress: Codable, Hashable, Sendable {
    /// Updates that are here, whether the figures count them yet or not.
    package var done: Int
    /// With those to come; at least `done`.
    package var total: Int
    /// Of `done`: stored, and not in the figures yet.
    package var unfolded: Int
    /// Updates that came a second, of late.
    package var perSecond: Int
    /// Until all are here, at that pace; none where none come, or nobody is asked.
    @Nullable package var secondsLeft: Int?
    /// On the disk for those to come, about.
    package var neededBytes: Int
    /// On the disk of the home.
    package var freeBytes: Int

    enum CodingKeys: String, CodingKey {
        case done, total, unfolded
        case perSecond = "per_second"
        case secondsLeft = "seconds_left"
        case neededBytes = "needed_bytes"
        case freeBytes = "free_bytes"
    }

    package init(
        done: Int, total: Int, unfolded: Int, perSecond: Int, secondsLeft: Int?, neededBytes: Int, freeBytes: Int
    ) {
        self.done = done
        self.total = total
        self.unfolded = unfolded
        self.perSecond = perSecond
        self.secondsLeft = secondsLeft
        self.neededBytes = neededBytes
        self.freeBytes = freeBytes
    }
}
