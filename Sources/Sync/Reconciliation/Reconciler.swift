import AuthorLog
import Identity

/// Answers ranges from our own frontier. It keeps nothing between messages: each answer follows from what was asked.
///
/// Source: Meyer, "Range-Based Set Reconciliation", arXiv:2212.13567. We differ: ranges are the 16-way nodes of the
/// frontier's tree, an answer is cut at a byte limit, and what was cut is found by the next comparison.
enum Reconciler {
    struct Answer: Equatable, Sendable {
        /// Ascending.
        var ranges: [FrontierRange] = []
        /// What he showed.
        var shown: [FrontierRow] = []
        /// In units of ``Limits/workPerSecond``.
        var work = 0
    }

    /// The first message's ranges.
    static func opening(_ frontier: inout FrontierTree) -> [FrontierRange] {
        differing([], &frontier)
    }

    /// - Parameter dice: Where to begin if not all fits: what is always cut would never be reconciled.
    static func answer(
        _ ranges: [FrontierRange], from frontier: inout FrontierTree, dice: inout SplitMix64,
        byteLimit: Int = Limits.replyByteLimit
    ) -> Answer {
        var answer = Answer()
        var left = byteLimit
        for range in rotated(ranges, &dice) {
            answer.work += 1
            let replies: [FrontierRange]
            switch range.content {
            case .hash(let hash):
                guard frontier.cutNode(at: range.prefix) != hash else { continue }
                replies = left > 0 ? differing(range.prefix, &frontier) : []
            case .rows(let rows, let isAnswer):
                answer.shown += rows
                answer.work += rows.count
                guard !isAnswer, left > 0 else { continue }
                replies = differingRows(rows, range.prefix, &frontier)
            }
            for reply in rotated(replies, &dice) where left > 0 {
                left -= reply.byteEstimate
                answer.ranges.append(reply)
            }
            answer.work += replies.reduce(0) { $0 + $1.weight }
        }
        answer.ranges.sort { $0.prefix.lexicographicallyPrecedes($1.prefix) }
        return answer
    }

    /// Cuts ascending ranges into messages, each within all limits.
    static func messages(_ ranges: [FrontierRange], round: UInt32) -> [Message] {
        var messages: [Message] = []
        var open: [FrontierRange] = []
        var byteCount = 0
        var rowCount = 0
        for range in ranges {
            let rows = range.rowCount
            let isFull =
                byteCount + range.byteEstimate > Limits.rangesMessageByteTarget
                || open.count >= Limits.rangesPerMessage || rowCount + rows > Limits.rowsPerMessage
            if isFull, !open.isEmpty {
                messages.append(.ranges(Ranges(round: round, ranges: open)))
                (open, byteCount, rowCount) = ([], 0, 0)
            }
            open.append(range)
            byteCount += range.byteEstimate
            rowCount += rows
        }
        if !open.isEmpty { messages.append(.ranges(Ranges(round: round, ranges: open))) }
        return messages
    }

    /// What we say about a prefix at which the hashes differ.
    private static func differing(_ prefix: [UInt8], _ frontier: inout FrontierTree) -> [FrontierRange] {
        let count = frontier.count(under: prefix)
        guard count > Limits.rowsPerLeaf, prefix.count < Limits.nibblesPerPrefix else {
            let rows = frontier.rows(under: prefix)
            return [FrontierRange(prefix: prefix, content: .rows(rows, isAnswer: false))]
        }
        return (UInt8(0)..<16).map { nibble in
            let child = prefix + [nibble]
            return FrontierRange(prefix: child, content: .hash(frontier.cutNode(at: child)))
        }
    }

    /// Our own rows, if they are not his; cut at longer prefixes where there are many, those without rows left out.
    private static func differingRows(
        _ his: [FrontierRow], _ prefix: [UInt8], _ frontier: inout FrontierTree
    ) -> [FrontierRange] {
        let count = frontier.count(under: prefix)
        if count <= Limits.rowsPerRange {
            let rows = frontier.rows(under: prefix)
            guard !rows.isEmpty, rows != his else { return [] }
            return [FrontierRange(prefix: prefix, content: .rows(rows, isAnswer: true))]
        }
        return (UInt8(0)..<16).flatMap { nibble in
            let child = prefix + [nibble]
            return differingRows(his.filter { $0.log.hash.isUnder(child) }, child, &frontier)
        }
    }

    private static func rotated<Element>(_ list: [Element], _ dice: inout SplitMix64) -> [Element] {
        guard list.count > 1 else { return list }
        let start = Int.random(in: list.indices, using: &dice)
        return Array(list[start...] + list[..<start])
    }
}

extension FrontierRange {
    var rowCount: Int {
        if case .rows(let rows, _) = content { rows.count } else { 0 }
    }

    var weight: Int { 1 + rowCount }

    /// Not less than it takes on the wire.
    var byteEstimate: Int {
        guard case .rows(let rows, _) = content else { return 32 + prefix.count }
        return 32 + prefix.count + rows.reduce(0) { $0 + ($1.forkedAt == nil ? 92 : 100) }
    }
}

extension FrontierTree {
    mutating func cutNode(at prefix: [UInt8]) -> Bytes16 {
        Bytes16(node(at: prefix).bytes.prefix(Bytes16.byteCount)) ?? .zero
    }
}
