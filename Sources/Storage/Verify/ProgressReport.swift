/// Counts what `verify` has done, and tells whoever waits, though not for every bundle.
struct ProgressReport {
    private var progress = VerificationProgress()
    /// Operations since the last report: bundles are of 1 to thousands.
    private var untold = 0
    private let report: (VerificationProgress) -> Void

    init(_ report: @escaping (VerificationProgress) -> Void) { self.report = report }

    var total: Int {
        get { progress.total }
        set {
            progress.total = newValue
            report(progress)
        }
    }

    mutating func verified(_ operations: Int) {
        progress.verified += operations
        count(operations)
    }

    mutating func folded(_ operations: Int) {
        progress.folded += operations
        count(operations)
    }

    /// Not everything in the record counts.
    mutating func foldedAll() {
        guard progress.folded < progress.total else { return }
        progress.folded = progress.total
        report(progress)
    }

    private mutating func count(_ operations: Int) {
        untold += operations
        guard untold >= StorageLimits.reportedOperations else { return }
        untold = 0
        report(progress)
    }
}
