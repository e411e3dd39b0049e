import AuthorLog
import Community
import GRDB

/// Reads what a plan names, lane by lane.
struct FoldReader {
    let database: Database
    let plan: FoldPlan
    let rules: FoldRules

    /// - Parameters:
    ///   - fold: Takes bundles of the lane that is read, in order of arrival.
    ///   - endLane: Called after each lane.
    func run(fold: (FoldBundle) throws -> Void, endLane: () throws -> Void) throws {
        let count = plan.laneCount
        guard count > 1 else {
            try forEachBundle { heading, number, body in
                var operations: FoldBundle.Operations = []
                try named(number) {
                    try LyingOperation.forEach(in: body, count: heading.count) { operation in
                        let position = heading.position &+ UInt64(operations.count)
                        operations.append((position, FoldOperation(operation, rules: rules)))
                    }
                }
                try self.fold(heading, operations, by: fold)
            }
            return try endLane()
        }
        let spool = try LaneSpool(lanes: 2 * count + 1, beside: database)
        try forEachBundle { heading, number, body in
            var index = 0
            try named(number) {
                try LyingOperation.forEach(in: body, count: heading.count) { operation in
                    let lane = FoldLane(publicPart: operation.publicPart).number(of: count)
                    try spool.append(operation.bytes, index: index, of: heading, to: lane)
                    index += 1
                }
            }
        }
        for lane in 0...2 * count {
            try spool.forEach(in: lane, reading: { FoldOperation($0, rules: rules) }) {
                try self.fold($0, $1, by: fold)
            }
            try endLane()
        }
    }

    /// Every bundle of the plan that counts, with its number and its body.
    private func forEachBundle(
        _ body: (LaneSpool.Heading, _ number: Int64, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let held = try Set(Int64.fetchAll(database, sql: "SELECT bundle FROM held"))
        func visit(_ row: DirectStatement.Columns) throws {
            let number = row.int(0)
            let (log, position, bytes) = (row.int(1), row.bits(2), row.bytes(5))
            let end = position &+ row.bits(3)
            guard let stretch = plan.stretches[log], position >= stretch.from, end <= stretch.applied.length,
                !held.contains(number)
            else { return }
            let heading = LaneSpool.Heading(
                log: log, position: position, end: end, time: HybridTime(rawValue: row.bits(4)),
                isPresent: Operation.kind(ofFirstInBody: bytes) == OperationKind.present.rawValue)
            try body(heading, number, bytes)
        }
        let columns = "SELECT number, log, position, count, time, body FROM bundles"
        let length = try Int64.fetchOne(database, sql: "SELECT sum(length) FROM logs") ?? 0
        // Whoever wants most of it reads from the first to the last.
        if plan.operationCount > UInt64(clamping: length) / 4 {
            try DirectStatement(database, "\(columns) ORDER BY number").forEach({ _ in }, visit)
        } else {
            let some = try DirectStatement(database, "\(columns) WHERE log = ? AND position >= ? ORDER BY position")
            for (log, stretch) in plan.stretches.sorted(by: { $0.key < $1.key }) {
                try some.forEach(
                    {
                        $0.add(log)
                        $0.add(bits: stretch.from)
                    }, visit)
            }
        }
    }

    private func fold(
        _ heading: LaneSpool.Heading, _ operations: FoldBundle.Operations, by fold: (FoldBundle) throws -> Void
    ) throws {
        let right = plan.stretches[heading.log]?.applied.right(
            ofBundleAt: heading.position, end: heading.end, time: heading.time, isPresent: heading.isPresent)
        guard let right else { return }
        try fold(FoldBundle(log: heading.log, time: heading.time, right: right, operations: operations))
    }

    private func named<Value>(_ number: Int64, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as BundleError {
            throw StorageError.logIsDamaged("bundle \(number): \(error)")
        }
    }
}

extension LaneSpool.Heading {
    fileprivate var count: Int { Int(clamping: end &- position) }
}

extension AppliedStanding {
    /// Under which a bundle is folded; nil where nothing of it counts.
    func right(ofBundleAt position: UInt64, end: UInt64, time: HybridTime, isPresent: Bool) -> Right? {
        guard end <= length else { return nil }
        return isPresent
            ? rights.first { $0.fromPosition == end }?.right : rights.strongest(at: time, position: position)
    }
}
