import Community

/// What counts of some logs and is not folded yet.
struct FoldPlan: Sendable {
    struct Stretch: Sendable {
        let from: UInt64
        let applied: AppliedStanding
    }

    /// Folded at once.
    let batchOperations: Int
    private(set) var stretches: [LogNumber: Stretch] = [:]
    private(set) var operationCount: UInt64 = 0

    init(batchOperations: Int) { self.batchOperations = batchOperations }

    /// - Parameter from: What is folded of it already.
    mutating func add(_ log: Writer.Log, from: UInt64 = 0) {
        guard log.applied.length > from else { return }
        stretches[log.number] = Stretch(from: from, applied: log.applied)
        operationCount += log.applied.length - from
    }

    /// Persons' lanes: so many that one lane is about a batch. One where all is a batch.
    var laneCount: Int {
        let count = operationCount / UInt64(batchOperations)
        return Int(min(count + 1, UInt64(StorageLimits.foldLanes)))
    }
}
