import API
import Synchronization

/// Files that are being imported, each part behind the one before it, though both are here: while one is stored, the next one is
/// planned. Parts come over several connections, and so perhaps the later one first.
actor ImportRuns {
    private struct Run {
        /// Number of the part that comes next.
        var next: Int
        var last: ImportStep
        var used: UInt64
    }

    private var runs: [String: Run] = [:]
    private var used: UInt64 = 0
    private nonisolated let underWay = Mutex(0)

    /// A part is on its way into the record, of a run or of none.
    nonisolated var isBusy: Bool { underWay.withLock { $0 > 0 } }

    nonisolated func begin() { underWay.withLock { $0 += 1 } }
    nonisolated func end() { underWay.withLock { $0 -= 1 } }

    /// Waits until all parts before this one have entered.
    ///
    /// - Returns: The part before, however far it is; nil for the first one.
    /// - Throws: `E-REQUEST` where it does not come.
    func enter(_ place: ImportPlace, as step: ImportStep) async throws -> ImportStep? {
        let deadline = ContinuousClock.now + NodeLimits.importOrderWait
        while runs[place.run]?.next ?? 0 != place.part {
            guard runs[place.run]?.next ?? 0 < place.part, ContinuousClock.now < deadline else {
                throw Failure(
                    .request, "part \(place.part) of an import does not follow the one before it",
                    hint: "import the file again: what is stored stays, and nothing comes twice")
            }
            try await Task.sleep(for: NodeLimits.importOrderLook)
        }
        let previous = runs[place.run]?.last
        step.follow(previous)
        used += 1
        runs[place.run] = Run(next: place.part + 1, last: step, used: used)
        if runs.count > NodeLimits.importRuns, let eldest = runs.min(by: { $0.value.used < $1.value.used }) {
            runs[eldest.key] = nil
        }
        return previous
    }
}
