package import Identity

/// A log's fork: two headers follow one. Lower is the one of the lower position, then id.
package struct Fork: Hashable, Comparable, Sendable {
    package let log: LogID
    /// Length of what the branches share.
    package let position: UInt64
    /// Bundle id of the last common bundle; for a fork at position 0 the log id.
    package let id: Hash256

    package init(log: LogID, position: UInt64, predecessor: Hash256) {
        self.log = log
        self.position = position
        id = position == 0 ? log.hash : predecessor
    }

    /// By which a replica keeps it.
    package var name: [UInt8] {
        var bytes: [UInt8] = []
        log.member.append(to: &bytes)
        log.incarnation.append(to: &bytes)
        bytes.appendBigEndian(position)
        id.append(to: &bytes)
        return bytes
    }

    package init(_ proof: ForkProof) {
        let predecessor = proof.branches.0.headers.first?.previous ?? proof.log.hash
        self.init(log: proof.log, position: proof.position, predecessor: predecessor)
    }

    package static func < (left: Fork, right: Fork) -> Bool {
        (left.position, left.id, left.log) < (right.position, right.id, right.log)
    }
}

/// A place between two bundles of a branch: behind the bundle that is its head.
package struct BranchPoint: Hashable, Comparable, Sendable {
    /// In operations, the end of a bundle.
    package let length: UInt64
    /// Bundle id of the bundle that ends there.
    package let head: Hash256

    package init(length: UInt64, head: Hash256) {
        self.length = length
        self.head = head
    }

    package static func < (left: BranchPoint, right: BranchPoint) -> Bool {
        (left.length, left.head) < (right.length, right.head)
    }
}

/// Which bundles are held, and on which branch of their log. A log that was never forked has one branch, and is asked for its
/// tip only (and where it is cut, for one place on it).
package protocol HeldBranches {
    /// Behind each held bundle that has no held successor; in any order, none for a log that is not held.
    func tips(of log: LogID) -> [BranchPoint]
    /// Where two bundles that are held follow the same one, or both begin the log; in any order.
    func forks(of log: LogID) -> [Fork]
    /// Where a held bundle of the log ends; nil if it is not held.
    func end(of bundle: Hash256, in log: LogID) -> UInt64?
    /// On the branch from the log's beginning up to and with `bundle`, the last place at or before `length`; nil if there is none.
    func point(atOrBefore length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint?
    /// On the same branch the first place after `length`; nil if there is none. Asked of forked logs only.
    func point(after length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint?
}

/// All that standing is a function of, besides which bundles are held. Everything here is authentic; no order of it matters,
/// and what is there twice counts once.
package struct Evidence: Sendable {
    package let charter: Charter
    /// Each signed by the key that it names (``SignedRootOrder/isSigned(under:)``). Those in presentations are found here anyway.
    package var orders: [RootOrder]
    /// Of every log every authority bundle that is held, on any branch, below a cut or beyond.
    package var bundles: [AuthorityBundle]
    package var forks: [Fork]
    /// By the seals that stand: the place up to which nobody below the root cuts.
    package var sealed: [LogID: BranchPoint]

    package init(
        charter: Charter, orders: [RootOrder] = [], bundles: [AuthorityBundle] = [], forks: [Fork] = [],
        sealed: [LogID: BranchPoint] = [:]
    ) {
        self.charter = charter
        self.orders = orders
        self.bundles = bundles
        self.forks = forks
        self.sealed = sealed
    }
}
