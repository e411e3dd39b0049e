import AuthorLog
import Identity

/// A bundle of a branch that is not followed.
struct AsidePoint {
    let id: Hash256
    let previous: Hash256
    let position: UInt64
    let end: UInt64
}

/// The branches of one log that are kept aside: a tree that hangs on the branch which is followed.
struct BranchIndex {
    private(set) var points: [Hash256: AsidePoint] = [:]
    private var successors: [Hash256: [Hash256]] = [:]
    /// Of branches that part at position 0.
    private(set) var roots: [Hash256] = []
    /// How many branches leave the followed one, or each other.
    private(set) var partings = 0

    mutating func insert(_ point: AsidePoint) {
        guard points.updateValue(point, forKey: point.id) == nil else { return }
        let goesOn = point.position > 0 && points[point.previous] != nil && successors[point.previous] == nil
        if !goesOn { partings += 1 }
        if point.position == 0 {
            roots.append(point.id)
        } else {
            successors[point.previous, default: []].append(point.id)
        }
    }

    /// The bundles that follow one, by id; of the log's beginning with `previous` nil.
    func following(_ previous: Hash256?) -> [AsidePoint] {
        let ids = previous.map { successors[$0] ?? [] } ?? roots
        return ids.sorted().compactMap { points[$0] }
    }

    var tips: [BranchPoint] {
        points.values.filter { successors[$0.id] == nil }.map { BranchPoint(length: $0.end, head: $0.id) }
    }

    /// Where it forks; the branch that is followed goes up to `followed`.
    func forks(of log: LogID, followed: BranchPoint) -> [Fork] {
        let parted = successors.compactMap { previous, ids -> Fork? in
            let isAlone = ids.count == 1 && (points[previous] != nil || previous == followed.head)
            guard !isAlone, let position = ids.first.flatMap({ points[$0]?.position }) else { return nil }
            return Fork(log: log, position: position, predecessor: previous)
        }
        return roots.isEmpty ? parted : parted + [Fork(log: log, position: 0, predecessor: Hash256(raw: .zero))]
    }

    /// From the place where they leave the followed branch up to and with `tip`, in order.
    ///
    /// - Returns: The place, length 0 for the log's beginning; nil where `tip` is not aside.
    func path(to tip: Hash256) -> (junction: BranchPoint, points: [AsidePoint])? {
        guard var point = points[tip] else { return nil }
        var path = [point]
        while point.position > 0, let previous = points[point.previous] {
            point = previous
            path.append(point)
        }
        let junction = BranchPoint(
            length: point.position, head: point.position == 0 ? Hash256(raw: .zero) : point.previous)
        return (junction, path.reversed())
    }
}
