import Identity

/// What stands, and what would stand if one log went on: so that who is about to write an operation of authority is told what it does,
/// by the rules by which it will be judged.
package struct Foresight: Sendable {
    package let before: Standing
    package let after: Standing

    /// - Parameter next: Authority bundles that go on with one log where it is held to, in order; or begin one.
    package init(of evidence: Evidence, held: some HeldBranches, next: [AuthorityBundle]) {
        before = Standing(of: evidence, held: held)
        var changed = evidence
        changed.bundles += next
        after = Standing(of: changed, held: LongerLog(base: held, next: next))
    }

    /// With a further root order.
    package init(of evidence: Evidence, held: some HeldBranches, order: RootOrder) {
        before = Standing(of: evidence, held: held)
        var changed = evidence
        changed.orders.append(order)
        after = Standing(of: changed, held: held)
    }

    /// The logs that would count less far, ascending.
    package var cuts: [(log: LogID, from: UInt64, to: UInt64)] {
        before.logs.compactMap { log in
            let length = after[log.log]?.length ?? 0
            return length < log.length ? (log.log, log.length, length) : nil
        }
    }
}

/// One log with more bundles than are held.
private struct LongerLog<Base: HeldBranches>: HeldBranches {
    let base: Base
    let next: [AuthorityBundle]

    private var log: LogID? { next.first?.header.log }
    /// The held bundle they follow; nil at the beginning of a log.
    private var predecessor: Hash256? {
        next.first.flatMap { $0.header.position == 0 ? nil : $0.header.previous }
    }

    func tips(of log: LogID) -> [BranchPoint] {
        let tips = base.tips(of: log)
        guard log == self.log, let last = next.last else { return tips }
        return tips.filter { $0.head != predecessor } + [BranchPoint(length: last.header.end, head: last.id)]
    }

    func forks(of log: LogID) -> [Fork] {
        // What goes on with a log where it is held to parts from nothing.
        base.forks(of: log)
    }

    func end(of bundle: Hash256, in log: LogID) -> UInt64? {
        added(bundle, in: log).map { next[$0].header.end } ?? base.end(of: bundle, in: log)
    }

    func point(atOrBefore length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? {
        guard let index = added(bundle, in: log) else {
            return base.point(atOrBefore: length, upTo: bundle, in: log)
        }
        if let found = next[...index].last(where: { $0.header.end <= length }) {
            return BranchPoint(length: found.header.end, head: found.id)
        }
        return predecessor.flatMap { base.point(atOrBefore: length, upTo: $0, in: log) }
    }

    func point(after length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? {
        guard let index = added(bundle, in: log) else { return base.point(after: length, upTo: bundle, in: log) }
        if let found = predecessor.flatMap({ base.point(after: length, upTo: $0, in: log) }) { return found }
        return next[...index].first { $0.header.end > length }.map { BranchPoint(length: $0.header.end, head: $0.id) }
    }

    private func added(_ bundle: Hash256, in log: LogID) -> Int? {
        log == self.log ? next.firstIndex { $0.id == bundle } : nil
    }
}
