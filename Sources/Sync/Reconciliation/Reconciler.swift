import AuthorLog
import Identity

/// Answers ranges from our own frontier. It keeps nothing between messages: each answer follows from what was asked.
///
/// Source: Meyer, "Range-Based Set Reconciliation", arXiv:2212.13567. We differ: ranges are nodes of the frontier's tree, 16 or
/// 256 below one that differs; small ones are told as fingerprints of rows, by which both see what they hold in common; an
/// answer is cut at a byte limit, and what was cut is found by the next comparison.
enum Reconciler {
    struct Answer: Equatable, Sendable {
        /// Hashes and fingerprints; ascending, as the two others.
        var ranges: [FrontierRange] = []
        /// Rows that he lacks, or has asked for.
        var told: [FrontierRange] = []
        /// Rows about which we ask.
        var questions: [FrontierRange] = []
        /// What he showed, where it is not what we hold.
        var shown: [Claim] = []
        /// In units of ``Limits/workPerSecond``.
        var work = 0
        /// Bytes that may be added.
        fileprivate var left: Int

        /// Within all limits.
        func messages(round: UInt32, salt: UInt64) -> [Message] {
            [ranges, told, questions].flatMap { Reconciler.messages($0, round: round, salt: salt) }
        }
    }

    /// The first message's ranges.
    static func opening(_ frontier: inout FrontierTree, salt: UInt64) -> [FrontierRange] {
        [differing([], &frontier, salt: salt)]
    }

    /// - Parameters:
    ///   - salt: Of the answer's fingerprints; he could not know it before.
    ///   - dice: Where to begin if not all fits: what is always cut would never be reconciled.
    static func answer(
        _ asked: Ranges, from frontier: inout FrontierTree, salt: UInt64, dice: inout SplitMix64,
        byteLimit: Int = Limits.replyByteLimit
    ) -> Answer {
        var answer = Answer(left: byteLimit)
        for range in rotated(asked.ranges, &dice) {
            answer.work += range.weight
            switch range.content {
            case .hashes(let hashes):
                for (child, hash) in rotated(Array(zip(below(range.prefix, hashes.count), hashes)), &dice)
                where answer.left > 0 && frontier.cutNode(at: child) != hash {
                    answer.add(differing(child, &frontier, salt: salt), to: \.ranges)
                }
            case .rows(let rows, let isAnswer):
                answer.shown += rows.filter { frontier.row(for: $0.log) != $0 }.map(Claim.init)
                guard !isAnswer, answer.left > 0 else { continue }
                let own = frontier.rows(under: range.prefix)
                answer.work += own.count
                let his = Set(rows)
                answer.tell(rotated(split(own.filter { !his.contains($0) }, range.prefix), &dice))
            case .fingerprints(let his, let isAnswer):
                let own = frontier.fingerprints(under: range.prefix, salt: asked.salt)
                answer.work += own.count
                answer.add(compare(his, with: own), range.prefix, isAnswer: isAnswer, salt: salt, dice: &dice)
            }
        }
        answer.ranges.sort { $0.prefix.lexicographicallyPrecedes($1.prefix) }
        answer.told.sort { $0.prefix.lexicographicallyPrecedes($1.prefix) }
        answer.questions.sort { $0.prefix.lexicographicallyPrecedes($1.prefix) }
        return answer
    }

    /// Cuts ascending ranges into messages, each within all limits.
    static func messages(_ ranges: [FrontierRange], round: UInt32, salt: UInt64) -> [Message] {
        var messages: [Message] = []
        var open: [FrontierRange] = []
        var (bytes, rows, hashes, fingerprints) = (0, 0, 0, 0)
        func close() {
            guard !open.isEmpty else { return }
            messages.append(.ranges(Ranges(round: round, ranges: open, salt: fingerprints > 0 ? salt : 0)))
            open = []
            (bytes, rows, hashes, fingerprints) = (0, 0, 0, 0)
        }
        for range in ranges {
            if bytes + range.byteEstimate > Limits.rangesMessageByteTarget || open.count >= Limits.rangesPerMessage
                || rows + range.rowCount > Limits.rowsPerMessage
                || hashes + range.hashCount > Limits.hashesPerMessage
                || fingerprints + range.fingerprintCount > Limits.fingerprintsPerMessage
            {
                close()
            }
            open.append(range)
            bytes += range.byteEstimate
            rows += range.rowCount
            hashes += range.hashCount
            fingerprints += range.fingerprintCount
        }
        close()
        return messages
    }

    /// What we say about a prefix at which the hashes differ.
    private static func differing(
        _ prefix: [UInt8], _ frontier: inout FrontierTree, salt: UInt64
    ) -> FrontierRange {
        let count = frontier.count(under: prefix)
        guard prefix.count <= Limits.nibblesPerPrefix - FrontierFingerprint.idNibbleCount else {
            // So many logs share that much of their ids only where the hash is broken.
            let rows = frontier.rows(under: prefix, limit: Limits.rowsPerRange)
            return FrontierRange(prefix: prefix, content: .rows(rows, isAnswer: false))
        }
        guard count > Limits.fingerprintsPerRange else {
            let fingerprints = frontier.fingerprints(under: prefix, salt: salt).map(\.fingerprint)
            return FrontierRange(prefix: prefix, content: .fingerprints(fingerprints, isAnswer: false))
        }
        let nodes = below(prefix, count > Limits.rowsForSmallStep ? 256 : 16)
        return FrontierRange(prefix: prefix, content: .hashes(nodes.map { frontier.cutNode(at: $0) }))
    }

    /// The prefixes a nibble below (16 of them) or two (256).
    private static func below(_ prefix: [UInt8], _ count: Int) -> [[UInt8]] {
        (0..<count).map { prefix + (count == 16 ? [UInt8($0)] : [UInt8($0 >> 4), UInt8($0 & 15)]) }
    }

    /// Ranges of not too many rows that he lacks.
    fileprivate static func split(_ rows: [FrontierRow], _ prefix: [UInt8]) -> [FrontierRange] {
        guard !rows.isEmpty else { return [] }
        guard rows.count > Limits.rowsPerRange, prefix.count < Limits.nibblesPerPrefix else {
            return [FrontierRange(prefix: prefix, content: .rows(rows, isAnswer: true))]
        }
        let parts = Dictionary(grouping: rows) { $0.log.hash.nibble(prefix.count) }
        return (UInt8(0)..<16).flatMap { split(parts[$0] ?? [], prefix + [$0]) }
    }

    fileprivate static func rotated<Element>(_ list: [Element], _ dice: inout SplitMix64) -> [Element] {
        guard list.count > 1 else { return list }
        let start = Int.random(in: list.indices, using: &dice)
        return Array(list[start...] + list[..<start])
    }
}

extension Reconciler.Answer {
    fileprivate mutating func add(_ range: FrontierRange, to list: WritableKeyPath<Self, [FrontierRange]>) {
        guard left > 0 else { return }
        left -= range.byteEstimate
        work += range.weight
        self[keyPath: list].append(range)
    }

    fileprivate mutating func tell(_ ranges: [FrontierRange]) {
        for range in ranges { add(range, to: \.told) }
    }

    /// - Parameter isAnswer: He has named only some of his rows.
    fileprivate mutating func add(
        _ differences: Reconciler.Differences, _ prefix: [UInt8], isAnswer: Bool, salt: UInt64, dice: inout SplitMix64
    ) {
        shown += differences.shown
        for unclear in Reconciler.rotated(differences.unclear, &dice) {
            let place = prefix + unclear.nibbles
            add(FrontierRange(prefix: place, content: .rows(unclear.rows, isAnswer: false)), to: \.questions)
        }
        guard !isAnswer else { return }
        if !differences.longer.isEmpty {
            let fingerprints = differences.longer.map {
                FrontierFingerprint($0, depth: prefix.count, salt: salt)
            }
            add(FrontierRange(prefix: prefix, content: .fingerprints(fingerprints, isAnswer: true)), to: \.ranges)
        }
        tell(Reconciler.rotated(Reconciler.split(differences.lacking, prefix), &dice))
    }
}

extension FrontierTree {
    mutating func cutNode(at prefix: [UInt8]) -> Bytes16 {
        Bytes16(node(at: prefix).bytes.prefix(Bytes16.byteCount)) ?? .zero
    }
}
