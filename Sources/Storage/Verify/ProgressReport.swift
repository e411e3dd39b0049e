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

    mutating func verified(_ bundle: StoredBundle) {
        progress.verified += 1
        count(bundle)
    }

    mutating func folded(_ bundle: StoredBundle) {
        progress.folded += 1
        count(bundle)
    }

    private mutating func count(_ bundle: StoredBundle) {
        untold += Int(bundle.operationCount)
        guard untold >= StorageLimits.reportedOperations else { return }
        untold = 0
        report(progress)
    }
}
