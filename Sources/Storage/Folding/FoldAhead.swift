import AuthorLog
import Community
import Dispatch
import GRDB
import Synchronization

/// Reads and folds on a thread of its own, while another one writes what came of it.
final class FoldAhead: Sendable {
    private enum Part: Sendable {
        /// To be written, with the highest row numbers in use then, and how many operations changed it.
        case changes(FoldChanges, RowNumbers, operations: Int)
        /// Something that is stored, or was told to be before: only who writes sees it.
        case question(@Sendable (SQLFoldStore) -> Void)
        case failure(any Error)
        case end(Fold)
    }

    private let parts = Mutex<[Part]>([])
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)
    private let isAbandoned = Atomic(false)

    private struct Abandoned: Error {}

    /// - Parameters:
    ///   - reader: Another connection than the one that writes, which sees the same log.
    ///   - ids: Those that are stored, where that is known.
    init(
        _ plan: FoldPlan, from reader: any DatabaseReader, fold: Fold, numbers: RowNumbers, ids: KnownIDs?
    ) {
        DispatchQueue(label: "grapevine.fold").async { [self] in
            do {
                let store = AskingStore(numbers: numbers, ids: ids, ask: ask)
                var folding = Folding(fold: fold, store: store, batchOperations: plan.batchOperations) {
                    changes, count in
                    store.learn(changes)
                    self.put(.changes(changes, store.numbers, operations: count))
                }
                try reader.read { database in
                    try FoldReader(database: database, plan: plan, rules: fold.rules).run(
                        fold: { bundle in
                            guard !isAbandoned.load(ordering: .relaxed) else { throw Abandoned() }
                            try folding.fold(bundle)
                        }, endLane: { try folding.end() })
                }
                put(.end(folding.fold))
            } catch is Abandoned {
                return
            } catch {
                put(.failure(error))
            }
        }
    }

    /// Waits for who writes, so that two batches at most are in memory: the one that is written and the one that is folded.
    private func put(_ part: Part) {
        room.wait()
        // Nobody takes it any more, nor what comes after it.
        if isAbandoned.load(ordering: .relaxed) { room.signal() }
        parts.withLock { $0.append(part) }
        filled.signal()
    }

    /// Answered after all that was put before is written.
    private func ask(_ question: @escaping @Sendable (SQLFoldStore) -> Void) throws {
        let isAnswered = DispatchSemaphore(value: 0)
        put(
            .question {
                question($0)
                isAnswered.signal()
            })
        while isAnswered.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            if isAbandoned.load(ordering: .relaxed) { throw Abandoned() }
        }
    }

    /// Writes and answers until there is no more.
    ///
    /// - Parameters:
    ///   - store: What is stored.
    ///   - write: Takes changes, the row numbers in use with them, and how many operations they are of.
    /// - Returns: The fold after all of them.
    func forEach(_ store: SQLFoldStore, write: (FoldChanges, RowNumbers, Int) throws -> Void) throws -> Fold {
        defer {
            // Whoever waits for room shall see it.
            isAbandoned.store(true, ordering: .relaxed)
            room.signal()
        }
        while true {
            room.signal()
            filled.wait()
            let part = parts.withLock { $0.removeFirst() }
            switch part {
            case .changes(let changes, let numbers, let count): try write(changes, numbers, count)
            case .question(let question): question(store)
            case .failure(let error): throw error
            case .end(let fold): return fold
            }
        }
    }
}
