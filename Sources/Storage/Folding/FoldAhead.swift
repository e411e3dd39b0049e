import AuthorLog
import Community
import Dispatch
import GRDB

/// Folds on a thread of its own what another one reads, while a third writes what came of it.
final class FoldAhead: Sendable {
    private enum Part: Sendable {
        /// To be written, with the highest row numbers in use then, and how many operations changed it.
        case changes(FoldChanges, RowNumbers, operations: Int)
        /// Something that is stored, or was told to be before: only who writes sees it.
        case question(@Sendable (SQLFoldStore) -> Void)
        case failure(any Error)
        case end(Fold)
    }

    /// Two batches at most are in memory: the one that is written and the one that is folded.
    private let parts = Handover<Part>(ahead: 0)

    /// - Parameters:
    ///   - reader: Another connection than the one that writes, which sees the same log.
    ///   - ids: Those that are stored.
    init(_ plan: FoldPlan, from reader: any DatabaseReader, fold: Fold, numbers: RowNumbers, ids: KnownIDs) {
        DispatchQueue(label: "grapevine.fold").async { [self] in
            do {
                let store = AskingStore(numbers: numbers, ids: ids, ask: ask)
                var folding = Folding(fold: fold, store: store, batchOperations: plan.batchOperations) {
                    changes, count in
                    store.learn(changes)
                    try self.parts.put(.changes(changes, store.numbers, operations: count))
                }
                try ReadAhead(plan, from: reader, rules: fold.rules).run(
                    fold: { try folding.fold($0) }, endLane: { try folding.end() })
                try parts.put(.end(folding.fold))
            } catch is Handover<Part>.Abandoned {
                return
            } catch {
                try? parts.put(.failure(error))  // it only throws where nobody asks
            }
        }
    }

    /// Answered after all that was put before is written.
    private func ask(_ question: @escaping @Sendable (SQLFoldStore) -> Void) throws {
        let isAnswered = DispatchSemaphore(value: 0)
        try parts.put(
            .question {
                question($0)
                isAnswered.signal()
            })
        while isAnswered.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            if parts.isAbandoned { throw Handover<Part>.Abandoned() }
        }
    }

    /// Writes and answers until there is no more.
    ///
    /// - Parameters:
    ///   - store: What is stored.
    ///   - write: Takes changes, the row numbers in use with them, and how many operations they are of.
    /// - Returns: The fold after all of them.
    func forEach(_ store: SQLFoldStore, write: (FoldChanges, RowNumbers, Int) throws -> Void) throws -> Fold {
        defer { parts.abandon() }
        while true {
            switch parts.take() {
            case .changes(let changes, let numbers, let count): try write(changes, numbers, count)
            case .question(let question): question(store)
            case .failure(let error): throw error
            case .end(let fold): return fold
            }
        }
    }
}
