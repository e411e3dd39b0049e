/// Counts what `verify` has done, and tells whoever waits, though not for every bundle.
struct ProgressReport {
    private var progress = VerificationProgress()
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

    mutating func verifiedOne() {
        progress.verified += 1
        count()
    }

    mutating func foldedOne() {
        progress.folded += 1
        count()
    }

    private mutating func count() {
        untold += 1
        guard untold >= StorageLimits.reportedBundles else { return }
        untold = 0
        report(progress)
    }
}
