import Synchronization

/// Counts what `verify` has done, on any thread, and tells whoever waits, though not for every bundle.
final class ProgressReport: Sendable {
    private struct Count {
        var progress = VerificationProgress()
        /// Operations since the last report: bundles are of 1 to thousands.
        var untold = 0
    }

    private let count = Mutex(Count())
    /// One at a time: whoever is told sees figures that only grow.
    private let report: @Sendable (VerificationProgress) -> Void

    init(_ report: @escaping @Sendable (VerificationProgress) -> Void) { self.report = report }

    func begin(total: Int) {
        count.withLock { count in
            count.progress.total = total
            report(count.progress)
        }
    }

    func verified(_ operations: Int) { add(operations, to: \.verified) }

    func folded(_ operations: Int) { add(operations, to: \.folded) }

    /// Not everything in the record counts.
    func foldedAll() {
        count.withLock { count in
            guard count.progress.folded != count.progress.total || count.untold > 0 else { return }
            count.progress.folded = count.progress.total
            report(count.progress)
        }
    }

    private func add(_ operations: Int, to done: WritableKeyPath<VerificationProgress, Int>) {
        count.withLock { count in
            count.progress[keyPath: done] += operations
            count.untold += operations
            guard count.untold >= StorageLimits.reportedOperations else { return }
            count.untold = 0
            report(count.progress)
        }
    }
}
