import AuthorLog
import Community
import Dispatch
import GRDB
import Synchronization

/// Reads what is to be folded on a thread of its own, a little ahead of who folds it.
final class FoldAhead: Sendable {
    private enum Part: Sendable {
        case bundles([FoldBundle])
        case laneEnd
        case failure(any Error)
        case end
    }

    private let parts = Mutex<[Part]>([])
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: FoldAhead.partsAhead)
    private let isAbandoned = Atomic(false)

    /// Each some megabytes at most.
    private static let partsAhead = 4
    private static let operationsPerPart = 2_000

    /// - Parameter reader: Another connection than the one that folds, which sees the same record.
    init(_ plan: FoldPlan, from reader: any DatabaseReader, rules: FoldRules) {
        DispatchQueue(label: "grapevine.fold-ahead").async { [self] in
            do {
                try reader.read { database in try read(FoldReader(database: database, plan: plan, rules: rules)) }
                put(.end)
            } catch is Abandoned {
                return
            } catch {
                put(.failure(error))
            }
        }
    }

    private struct Abandoned: Error {}

    private func read(_ reader: FoldReader) throws {
        var bundles: [FoldBundle] = []
        var count = 0
        func flush() throws {
            guard !isAbandoned.load(ordering: .relaxed) else { throw Abandoned() }
            if !bundles.isEmpty { put(.bundles(bundles)) }
            (bundles, count) = ([], 0)
        }
        try reader.run(
            fold: { bundle in
                bundles.append(bundle)
                count += bundle.operations.count
                if count >= Self.operationsPerPart { try flush() }
            },
            endLane: {
                try flush()
                put(.laneEnd)
            })
    }

    private func put(_ part: Part) {
        room.wait()
        parts.withLock { $0.append(part) }
        filled.signal()
    }

    /// Calls `fold` with what was read, in order, until there is no more.
    func forEach(fold: ([FoldBundle]) throws -> Void, endLane: () throws -> Void) throws {
        defer {
            // Whoever waits for room shall see it.
            isAbandoned.store(true, ordering: .relaxed)
            for _ in 0..<Self.partsAhead { room.signal() }
        }
        while true {
            filled.wait()
            let part = parts.withLock { $0.removeFirst() }
            room.signal()
            switch part {
            case .bundles(let bundles): try fold(bundles)
            case .laneEnd: try endLane()
            case .failure(let error): throw error
            case .end: return
            }
        }
    }
}
