import Identity

/// Where a log ends, whatever the rights in it come to: at a cut, at a fork that nobody chose at, or where it is held to.
struct LogEnd {
    /// Nothing beyond counts, held or not; nil: nothing ends it.
    let limit: UInt64?
    /// Behind the last bundle of the standing branch that is held and within the limit; nil where there is none.
    let point: BranchPoint?
    /// The end of the standing branch as far as it is held, and known to be the one: beyond the limit or not.
    let tip: BranchPoint?
    /// Named by who cut, sealed or chose, and on no held branch: which of them exist nobody here knows.
    let wanted: [BranchPoint]
    let ending: LogStanding.Ending
    /// Of what is not held, nothing beyond is believed: the cut, or the lowest fork, chosen at or not. So it is the same for who
    /// holds a branch and for who does not.
    let credit: UInt64
}

/// Who has cut a log, and where.
struct LogCut {
    let by: Authority
    /// May be inside a bundle.
    let length: UInt64
    /// Picks the branch up to it; nil where nothing stays, or where the seal decides.
    let head: Hash256?
}

/// Walks a log from its beginning, from fork to fork.
///
/// At a fork, the first of these that is there and held, and whose way leads through the fork, says which branch goes on: the sealed
/// place, the cut's head, the choice. Without one the log ends at the fork, but not before its sealed length. Below that length
/// the sealed place alone decides: while it is not held, the log ends at the fork.
///
/// Who forks as often as is remembered hides the fork that matters behind others: such a log is believed no further than the lowest,
/// or than the sealed place or the cut's head where the way leads to them.
struct BranchWalk<Held: HeldBranches> {
    let log: LogID
    let held: Held
    /// The lowest, ascending by position, then id; at most ``Limits/forksPerLog``.
    let proved: [Fork]
    let sealed: BranchPoint?
    let cut: LogCut?
    /// Of the fork with that id: what is chosen there.
    let choice: (Fork) -> BranchPoint?

    func end() -> LogEnd {
        var tips = held.tips(of: log).sorted(by: >)
        var wanted = cut.flatMap(wanted).map { [$0] } ?? []
        var limit = cut?.length
        // Where it is not known which branch is meant, only what they share is there.
        var reach = limit
        var ending = cut.map { LogStanding.Ending.cut(by: $0.by) } ?? .open
        // Two bundles that are held after the same one need no proof.
        for fork in Set(proved + held.forks(of: log)).sorted() {
            guard fork.position < limit ?? .max else { break }
            guard isOnTheWay(fork, tips) else { continue }
            guard let target = target(at: fork, &wanted) else {
                (limit, reach) = (min(limit ?? .max, max(fork.position, sealed?.length ?? 0)), fork.position)
                ending = .fork(at: fork.position)
                break
            }
            // Only this fork is decided: the way on to the target may fork again.
            let next = held.point(after: fork.position, upTo: target, in: log)
            tips = tips.filter { held.point(after: fork.position, upTo: $0.head, in: log) == next }
        }
        let undecided: UInt64? = if case .fork(let position) = ending { position } else { nil }
        if let lowest = proved.first, proved.count == Limits.forksPerLog {
            if let sealed, sealed.length > lowest.position, held.end(of: sealed.head, in: log) == nil {
                wanted.addOnce(sealed)
            }
            let vouched = max(lowest.position, lastVouched(on: tips))
            if vouched < reach ?? .max {
                (limit, reach) = (min(limit ?? .max, max(vouched, sealed?.length ?? 0)), vouched)
                ending = .fork(at: lowest.position)
            }
        }
        let points = tips.map { tip in
            (tip: tip, point: reach.map { held.point(atOrBefore: $0, upTo: tip.head, in: log) } ?? tip)
        }
        // Several tips remain only behind where the log ends; on the way there they are one.
        let best = points.max { one, other in
            (one.point?.length ?? 0, other.tip.head) < (other.point?.length ?? 0, one.tip.head)
        }
        let tip = best.flatMap { best in
            undecided.map { held.point(atOrBefore: $0, upTo: best.tip.head, in: log) } ?? best.tip
        }
        return LogEnd(
            limit: limit, point: best?.point, tip: tip, wanted: wanted, ending: ending,
            credit: min(cut?.length ?? .max, proved.first?.position ?? .max))
    }

    /// A fork on a branch that was left behind, or after a bundle that nobody here holds, says nothing about the one that stands.
    private func isOnTheWay(_ fork: Fork, _ tips: [BranchPoint]) -> Bool {
        if fork.position == 0 { return true }
        let predecessor = BranchPoint(length: fork.position, head: fork.id)
        return tips.contains { tip in
            tip.length >= fork.position && held.point(atOrBefore: fork.position, upTo: tip.head, in: log) == predecessor
        }
    }

    /// A held bundle beyond the fork to which the way that stands leads.
    private func target(at fork: Fork, _ wanted: inout [BranchPoint]) -> Hash256? {
        if let sealed, sealed.length > fork.position {
            guard held.end(of: sealed.head, in: log) != nil else {
                wanted.addOnce(sealed)
                return nil
            }
            if leads(to: sealed.head, through: fork) == sealed.length { return sealed.head }
        }
        if let head = cut?.head, leads(to: head, through: fork) != nil { return head }
        guard let chosen = choice(fork) else { return nil }
        if held.end(of: chosen.head, in: log) == nil { wanted.addOnce(chosen) }
        return leads(to: chosen.head, through: fork) == chosen.length ? chosen.head : nil
    }

    /// The last place on the way that a seal or a cut names; 0 where there is none.
    private func lastVouched(on tips: [BranchPoint]) -> UInt64 {
        [sealed?.head, cut?.head].compactMap { $0 }.compactMap { head in
            guard let end = held.end(of: head, in: log) else { return nil }
            let point = BranchPoint(length: end, head: head)
            return tips.contains { held.point(atOrBefore: end, upTo: $0.head, in: log) == point } ? end : nil
        }.max() ?? 0
    }

    /// Where the bundle ends, if it is held and the way to it leads through the fork.
    private func leads(to head: Hash256, through fork: Fork) -> UInt64? {
        guard let end = held.end(of: head, in: log), end > fork.position else { return nil }
        if fork.position == 0 { return end }
        let predecessor = BranchPoint(length: fork.position, head: fork.id)
        return held.point(atOrBefore: fork.position, upTo: head, in: log) == predecessor ? end : nil
    }

    private func wanted(_ cut: LogCut) -> BranchPoint? {
        guard let head = cut.head, cut.length > 0, held.end(of: head, in: log) == nil else { return nil }
        return BranchPoint(length: cut.length, head: head)
    }
}

extension [BranchPoint] {
    fileprivate mutating func addOnce(_ point: BranchPoint) {
        if !contains(point) { append(point) }
    }
}
