import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Reads what a plan names, lane by lane.
struct FoldReader {
    let database: Database
    let plan: FoldPlan
    let rules: FoldRules

    /// - Parameters:
    ///   - fold: Takes bundles of the lane that is read.
    ///   - endLane: Called after each lane.
    func run(fold: (FoldBundle) throws -> Void, endLane: () throws -> Void) throws {
        let count = plan.laneCount
        let entries = try index(lanes: count)
        let statement = try DirectStatement(
            database, "SELECT log, position, count, time, body FROM bundles WHERE number = ?")
        guard count > 1 else {
            for entry in entries { try read(entry.number, by: statement, where: { _ in true }, fold: fold) }
            return try endLane()
        }
        for lane in 0...2 * count {
            for entry in entries where entry.lanes & 1 << UInt64(lane) != 0 {
                try read(
                    entry.number, by: statement, where: { FoldLane(publicPart: $0).number(of: count) == lane },
                    fold: fold)
            }
            try endLane()
        }
    }

    /// A bundle, and the lanes that its operations are in.
    private struct Entry {
        let number: Int64
        let lanes: UInt64
    }

    /// In order of arrival.
    private func index(lanes count: Int) throws -> [Entry] {
        let held = try Set(Int64.fetchAll(database, sql: "SELECT bundle FROM held"))
        var entries: [Entry] = []
        try forEachBundle { row in
            let number = row.int(0)
            guard let stretch = plan.stretches[row.int(1)], row.bits(2) >= stretch.from,
                row.bits(2) &+ row.bits(3) <= stretch.applied.length
            else { return }
            guard !held.contains(number) else { return }
            var lanes: UInt64 = 0
            if count > 1 {
                _ = try operations(row.bytes(4), count: Int(row.int(3)), number) {
                    lanes |= 1 << UInt64(FoldLane(publicPart: $0).number(of: count))
                    return false
                }
            }
            entries.append(Entry(number: number, lanes: lanes))
        }
        return entries
    }

    /// Number, log, position, count and body of every bundle of the plan's logs.
    private func forEachBundle(_ body: (DirectStatement.Columns) throws -> Void) throws {
        let columns = "SELECT number, log, position, count, body FROM bundles"
        let held = try Int64.fetchOne(database, sql: "SELECT sum(length) FROM logs") ?? 0
        // Whoever wants most of it reads from the first to the last.
        if plan.operationCount > UInt64(clamping: held) / 4 {
            try DirectStatement(database, "\(columns) ORDER BY number").forEach({ _ in }, body)
        } else {
            let some = try DirectStatement(database, "\(columns) WHERE log = ? AND position >= ? ORDER BY position")
            for (log, stretch) in plan.stretches.sorted(by: { $0.key < $1.key }) {
                try some.forEach(
                    {
                        $0.add(log)
                        $0.add(bits: stretch.from)
                    }, body)
            }
        }
    }

    private func read(
        _ number: Int64, by statement: DirectStatement, where isWanted: (UnsafeRawBufferPointer) -> Bool,
        fold: (FoldBundle) throws -> Void
    ) throws {
        try statement.forEach({ $0.add(number) }) { row in
            let (log, position, count) = (row.int(0), row.bits(1), row.int(2))
            let wanted = try operations(row.bytes(4), count: Int(count), number, where: isWanted)
            guard let stretch = plan.stretches[log], !wanted.isEmpty else { return }
            let time = HybridTime(rawValue: row.bits(3))
            let isPresent = wanted.first?.operation.kind == OperationKind.present.rawValue
            let right = stretch.applied.right(
                ofBundleAt: position, end: position &+ UInt64(bitPattern: count), time: time, isPresent: isPresent)
            guard let right else { return }
            try fold(
                FoldBundle(
                    log: log, time: time, right: right,
                    operations: wanted.map { (position &+ UInt64($0.index), FoldOperation($0.operation, rules: rules)) }
                ))
        }
    }

    private func operations(
        _ body: UnsafeRawBufferPointer, count: Int, _ number: Int64, where isWanted: (UnsafeRawBufferPointer) -> Bool
    ) throws -> [(index: Int, operation: AuthorLog.Operation)] {
        do {
            return try AuthorLog.Operation.decode(body: body, count: count, where: isWanted)
        } catch {
            throw StorageError.logIsDamaged("bundle \(number): \(error)")
        }
    }
}

extension AppliedStanding {
    /// Under which a bundle is folded; nil where nothing of it counts.
    func right(ofBundleAt position: UInt64, end: UInt64, time: HybridTime, isPresent: Bool) -> Right? {
        guard end <= length else { return nil }
        return isPresent
            ? rights.first { $0.fromPosition == end }?.right : rights.strongest(at: time, position: position)
    }
}
