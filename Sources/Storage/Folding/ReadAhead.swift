import Community
import Dispatch
import GRDB

/// Reads and decodes what a plan names on a thread of its own, some chunks ahead of who folds.
final class ReadAhead: Sendable {
    private enum Part: Sendable {
        case bundles([FoldBundle])
        case endOfLane
        case end
        case failure(any Error)
    }

    private let parts = Handover<Part>(ahead: StorageLimits.chunksReadAhead)

    init(_ plan: FoldPlan, from reader: any DatabaseReader, rules: FoldRules) {
        DispatchQueue(label: "grapevine.read").async { [parts] in
            do {
                try reader.read { database in
                    var bundles: [FoldBundle] = []
                    var operationCount = 0
                    func hand() throws {
                        guard !bundles.isEmpty else { return }
                        try parts.put(.bundles(bundles))
                        (bundles, operationCount) = ([], 0)
                    }
                    try FoldReader(database: database, plan: plan, rules: rules).run(
                        fold: { bundle in
                            bundles.append(bundle)
                            operationCount += bundle.operations.count
                            if operationCount >= StorageLimits.operationsReadAhead { try hand() }
                        },
                        endLane: {
                            try hand()
                            try parts.put(.endOfLane)
                        })
                }
                try parts.put(.end)
            } catch is Handover<Part>.Abandoned {
                return
            } catch {
                try? parts.put(.failure(error))  // it only throws where nobody asks
            }
        }
    }

    /// - Parameters: As of ``FoldReader/run(fold:endLane:)``.
    func run(fold: (FoldBundle) throws -> Void, endLane: () throws -> Void) throws {
        defer { parts.abandon() }
        while true {
            switch parts.take() {
            case .bundles(let bundles): for bundle in bundles { try fold(bundle) }
            case .endOfLane: try endLane()
            case .end: return
            case .failure(let error): throw error
            }
        }
    }
}
