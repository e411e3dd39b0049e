import API
package import AuthorLog
package import Community
import Founding
import Identity
import Logging
import Storage
import Sync

/// One act of a user: a record with its private part.
package struct Draft: Sendable {
    package var record: Record
    package var told: RecordPrivate

    package init(_ record: Record, told: RecordPrivate = RecordPrivate()) {
        self.record = record
        self.told = told
    }
}

/// Operations, and how the fold takes each.
struct EncodedWrite: Sendable {
    let operations: [Operation]
    let folded: [FoldOperation]
}

/// A caller's operations that wait for the next transaction.
struct PendingWrite {
    var operations: [Operation] = []
    /// How the fold takes each, where somebody has read them already.
    var folded: [FoldOperation]?
    /// In place of operations: bundles that are made but for their headers, and that nobody else's share.
    var drafts: [BundleDraft] = []
    /// Others' operations may stand in the same bundle: the caller does not ask for it.
    let sharesBundle: Bool
    let answer: CheckedContinuation<[Bundle], any Error>

    var operationCount: Int { operations.count + drafts.reduce(0) { $0 + $1.folded.count } }
}

/// With the bundles that hold its operations, which may hold others' as well.
private typealias SignedWrite = (write: PendingWrite, bundles: [VerifiedBundle])

private struct SignedWrites {
    var bundles: [VerifiedBundle] = []
    /// Of each bundle, how the fold takes its operations, where somebody has read them already.
    var folded: [[FoldOperation]?] = []
    var writes: [SignedWrite] = []

    mutating func append(_ other: SignedWrites) {
        bundles += other.bundles
        folded += other.folded
        writes += other.writes
    }
}

/// This member's own writes: queued, signed, made durable together, then gossiped.
extension Node {
    package nonisolated var wallMilliseconds: UInt64 { clocks.wallMilliseconds }

    /// This node's own strongest right; nil once every right has expired.
    package var right: Right? { ownLog.right(atMilliseconds: wallMilliseconds) }

    /// Writes drafts as operations in one durable transaction; returns when they are durable.
    ///
    /// - Throws: ``Failure``: quota, role, disk full.
    package nonisolated func write(_ drafts: [Draft]) async throws {
        try await write(try await encoded(drafts))
    }

    /// On every core, and before it is anybody's turn to write.
    nonisolated func encoded(_ drafts: [Draft]) async throws -> EncodedWrite {
        // All at once: the system is asked one time, not for each.
        let salted = Array(zip(drafts, Sodium.random16(drafts.count)))
        let pairs = try await salted.concurrentMap(inTasksOf: NodeLimits.encodingTaskOperations) {
            [rules = store.rules] draft, salt in
            let operation = draft.operation(currency: rules.currency, salt: salt)
            return (operation, FoldOperation(operation, rules: rules))
        }
        return EncodedWrite(operations: pairs.map(\.0), folded: pairs.map(\.1))
    }

    /// Writes them in one durable transaction; returns when they are durable.
    ///
    /// - Throws: As ``write(_:)``.
    nonisolated func write(_ encoded: EncodedWrite) async throws {
        guard !encoded.operations.isEmpty else { return }
        _ = try await write(operations: encoded.operations, folded: encoded.folded, sharingBundle: true)
    }

    /// Writes them in one durable transaction; returns when they are durable.
    ///
    /// - Throws: As ``write(_:)``.
    func write(_ drafts: [BundleDraft]) async throws {
        guard !drafts.isEmpty else { return }
        _ = try await queued { PendingWrite(drafts: drafts, sharesBundle: false, answer: $0) }
    }

    /// - Parameters:
    ///   - folded: How the fold takes each, where somebody has read them already.
    ///   - sharesBundle: With operations of others, all of them records.
    /// - Returns: The bundles that hold them, in order.
    func write(operations: [Operation], folded: [FoldOperation]? = nil, sharingBundle sharesBundle: Bool = false)
        async throws -> [Bundle]
    {
        try await queued {
            PendingWrite(operations: operations, folded: folded, sharesBundle: sharesBundle, answer: $0)
        }
    }

    private func queued(
        _ write: (CheckedContinuation<[Bundle], any Error>) -> PendingWrite
    ) async throws -> [Bundle] {
        guard !hasEndedWrites else { throw Self.isStopping }
        guard writeQueue.count < NodeLimits.writeQueueLimit else {
            throw Failure(.tooLarge, "too many writes wait to be stored", hint: "try again in a moment")
        }
        return try await withCheckedThrowingContinuation { answer in
            writeQueue.append(write(answer))
            wake(.writes)
        }
    }

    /// Nobody takes writes any more: what waits fails, and so does what comes.
    func endWrites() {
        hasEndedWrites = true
        for write in writeQueue { write.answer.resume(throwing: Self.isStopping) }
        writeQueue = []
    }

    private static var isStopping: Failure { Failure(.daemonDown, "the daemon is stopping") }

    /// Commits everything that waits, many callers in one transaction.
    func writeAll() async throws {
        while !writeQueue.isEmpty, isOwnHeadSettled {
            var operations = 0
            let count =
                writeQueue.firstIndex {
                    operations += $0.operationCount
                    return operations > NodeLimits.writeBatchOperations
                } ?? writeQueue.count
            let batch = Array(writeQueue.prefix(max(count, 1)))
            writeQueue.removeFirst(batch.count)
            try await commit(batch)
        }
    }

    /// Only a log that is to be continued could be forked: then peers are heard first, for a while.
    private var isOwnHeadSettled: Bool {
        guard ownLog.mayBeBehind else { return true }
        if clocks.instant.since(startedAt) >= .milliseconds(NodeLimits.ownHeadWaitMilliseconds) { return true }
        let isHeard = unansweredAddresses.isEmpty || !core.seeksNeighbors
        return isHeard && (core.agreesWithSomebody || !core.hasPeers)
    }

    private func commit(_ batch: [PendingWrite]) async throws {
        let wall = clocks.wallMilliseconds
        var signed = SignedWrites()
        let stored: (author: Author, isOpening: Bool, changes: Changes)
        do {
            try needSpace()
            if let failure = whyNothingCounts { throw failure }
            var (author, opening) = try nextAuthor(wallMilliseconds: wall)
            let isOpening = !opening.isEmpty
            signed = SignedWrites(bundles: opening, folded: opening.map { _ in nil })
            for writes in batch.byBundle() {
                signed.append(Self.signed(writes, by: &author, wallMilliseconds: wall))
            }
            guard !signed.writes.isEmpty else { return }
            let changes = try await store.append(
                own: signed.bundles, folded: signed.folded, state: author.state, wallMilliseconds: wall)
            stored = (author, isOpening, changes)
        } catch {
            let failure = Failure(writing: error)
            for (write, _) in signed.writes { write.answer.resume(throwing: failure) }
            if signed.writes.isEmpty {
                for write in batch { write.answer.resume(throwing: failure) }
            }
            return try tolerate(error, doing: "writing")
        }
        try mark(stored.author, for: signed.writes.map(\.write))
        if stored.isOpening { opened(stored.author.state.log) }
        changed(stored.changes)
        for (write, bundles) in signed.writes { write.answer.resume(returning: bundles.map(\.bundle)) }
    }

    /// Why nothing that this member writes would count; nil where a right of it stands, or nobody has judged it yet.
    var whyNothingCounts: Failure? {
        if ownLog.isRevoked {
            return Failure(
                .role, "nothing was written: this member's key is revoked",
                hint: "ask a steward, who can bring the member back under a new key: grapevine member succeed")
        }
        guard ownLog.hasNoStandingRight else { return nil }
        return Failure(
            .role, "nothing was written, because it would not count: \(Notices.noStandingRight)",
            hint: "ask a steward to grant this key a role: grapevine member grant \(member)")
    }

    private func nextAuthor(wallMilliseconds: UInt64) throws -> (author: Author, opening: [VerifiedBundle]) {
        do {
            return try ownLog.author(wallMilliseconds: wallMilliseconds)
        } catch let error as FoundingError where error.isDiskFull {
            throw StorageError.diskIsFull
        }
    }

    /// What is stored and not marked must not leave, and nothing more may follow it: the process ends, and a start sorts it out.
    private func mark(_ author: Author, for stored: [PendingWrite]) throws {
        do {
            try ownLog.committed(author)
        } catch {
            let failure = Failure(
                .storage, "it is stored, but the mark beside the key could not be written: \(error)",
                hint: "start the node again, and look before you repeat it")
            for write in stored { write.answer.resume(throwing: failure) }
            throw NodeError.storageFailed("writing the mark: \(error)")
        }
    }

    private func opened(_ log: LogID) {
        logger.notice(
            "opened a new incarnation",
            metadata: [
                "incarnation": "\(log.incarnation.number)",
                "because": "\(ownLog.doubt.map(Notices.explain) ?? "this member writes for the first time")",
            ])
    }

    /// One signature for all of them where they go together; where one of them cannot be written, each has its own, and that
    /// caller its reason.
    private static func signed(
        _ writes: [PendingWrite], by author: inout Author, wallMilliseconds: UInt64
    ) -> SignedWrites {
        var attempt = author
        do {
            let signed: SignedWrites
            if let write = writes.first, !write.drafts.isEmpty {
                signed = try Self.signed(write, by: &attempt, wallMilliseconds: wallMilliseconds)
            } else {
                let own = try bundles(
                    of: writes.flatMap(\.operations), by: &attempt, wallMilliseconds: wallMilliseconds)
                signed = SignedWrites(bundles: own, folded: folded(writes, in: own), writes: writes.map { ($0, own) })
            }
            author = attempt
            return signed
        } catch {
            if writes.count == 1 { writes[0].answer.resume(throwing: Failure(writing: error)) }
        }
        var alone = SignedWrites()
        guard writes.count > 1 else { return alone }
        for write in writes { alone.append(signed([write], by: &author, wallMilliseconds: wallMilliseconds)) }
        return alone
    }

    /// Of a write that shares no bundle.
    private static func signed(
        _ write: PendingWrite, by author: inout Author, wallMilliseconds: UInt64
    ) throws -> SignedWrites {
        var own: [VerifiedBundle] = []
        for draft in write.drafts { own.append(try author.write(draft.body, wallMilliseconds: wallMilliseconds)) }
        return SignedWrites(bundles: own, folded: write.drafts.map(\.folded), writes: [(write, own)])
    }

    /// Of each bundle, where that is known of all the writes in them.
    private static func folded(_ writes: [PendingWrite], in bundles: [VerifiedBundle]) -> [[FoldOperation]?] {
        var operations: [FoldOperation] = []
        for write in writes {
            guard let folded = write.folded else { return bundles.map { _ in nil } }
            operations += folded
        }
        var rest = operations[...]
        return bundles.map { verified in
            defer { rest = rest.dropFirst(verified.bundle.operationCount) }
            return Array(rest.prefix(verified.bundle.operationCount))
        }
    }

    /// As many bundles as their bounds ask for.
    private static func bundles(
        of operations: [Operation], by author: inout Author, wallMilliseconds: UInt64
    ) throws -> [VerifiedBundle] {
        var bundles: [VerifiedBundle] = []
        for piece in pieces(of: operations) {
            bundles.append(try author.write(Array(operations[piece]), wallMilliseconds: wallMilliseconds))
        }
        return bundles
    }

    /// Which of them each bundle holds.
    static func pieces(of operations: [Operation]) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0
        while start < operations.count {
            var byteCount = 0
            var end = start
            while end < operations.count, end - start < AuthorLog.Limits.bundleOperationLimit {
                byteCount += operations[end].byteCount
                guard byteCount <= AuthorLog.Limits.bundleByteLimit || end == start else { break }
                end += 1
            }
            pieces.append(start..<end)
            start = end
        }
        return pieces
    }
}

extension [PendingWrite] {
    /// In order: neighbours that share their bundle, and every other alone.
    fileprivate func byBundle() -> [[PendingWrite]] {
        var parts: [[PendingWrite]] = []
        for write in self {
            if write.sharesBundle, parts.last?.last?.sharesBundle ?? false {
                parts[parts.count - 1].append(write)
            } else {
                parts.append([write])
            }
        }
        return parts
    }
}

extension Draft {
    /// - Parameter salt: Random, and of this operation alone.
    func operation(currency: Currency, salt: Bytes16) -> Operation {
        Operation(
            publicPart: record.encoded(currency: currency),
            privatePart: told.isEmpty ? .none : .held(salt: salt, bytes: told.encoded))
    }
}

extension Failure {
    /// What a caller is told of a write that was not done.
    init(writing error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case StorageError.diskIsFull:
            self.init(.diskFull, "nothing was written: the disk of the home is full")
        case let error as FoundingError:
            self.init(.storage, "nothing was written: \(error.message)", hint: error.hint)
        case AuthorError.notAuthentic(.overOperationQuota), AuthorError.notAuthentic(.overByteQuota):
            self.init(.quota, "nothing was written: the day's quota of your grant is used up")
        case AuthorError.notAuthentic(.noValidRight):
            self.init(.role, "nothing was written: your right has expired", hint: "ask a steward for a new grant")
        case AuthorError.bundle(let reason): self.init(.tooLarge, "nothing was written: \(reason)")
        case AuthorError.clock(let reason):
            self.init(.internalError, "nothing was written: the clock cannot go on: \(reason)", hint: "set the clock")
        default: self.init(.storage, "nothing was written: \(error)")
        }
    }
}
