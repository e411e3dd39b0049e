package import Identity

/// What stands: how far each log counts, who may do what, and which grants and invites gave it to them.
///
/// A pure function of the ``Evidence`` and of which bundles are held: no clock, no order of arrival. It takes time in proportion to the
/// authority operations held (each level of stewards looks at each once, and a log has at most 64 rights), and memory for one copy of
/// them; it never recurses, and no evidence makes it trap. Expiry is not judged here: authenticity judged it by the logs' own times.
///
/// Source: 2-log.md, *Standing*.
package struct Standing: Sendable {
    package let line: RootLine
    /// The one in force first, and the two before it; empty while it is the founder's.
    package let networkKeys: [NetworkKeyName]
    /// Named by the root; without an order, the first steward that the root granted.
    package let sealer: Sealer?
    /// Ascending, one for each log of which an authority bundle is held, hence for each log that is held.
    package let logs: [LogStanding]
    /// Ascending, one for each key that a standing right, a log or a revocation names.
    package let members: [MemberStanding]
    /// Of those that stand, by operation.
    package let invites: [InviteStanding]
    /// The operations that were written with a steward's power and below every cut, ascending.
    package let acts: [StandingAct]

    private let logIndices: [LogID: Int]
    private let memberIndices: [MemberKey: Int]
    private let actIndices: [OperationID: Int]

    package init(of evidence: Evidence, held: some HeldBranches) {
        let engine = StandingEngine(evidence, held: held)
        var verdict = StandingVerdict(engine)
        verdict.judge()
        line = engine.line
        networkKeys = engine.orders.networkKeys
        sealer = engine.orders.sealer?.content ?? engine.orders.firstSealer
        logs = verdict.logs.values.sorted { $0.log < $1.log }
        members = verdict.members.values.sorted { $0.key < $1.key }
        invites = verdict.invites.values.sorted { $0.id < $1.id }
        acts = engine.acts.values.map { StandingAct($0) }.sorted { $0.id < $1.id }
        logIndices = Dictionary(uniqueKeysWithValues: logs.enumerated().map { ($1.log, $0) })
        memberIndices = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.key, $0) })
        actIndices = Dictionary(uniqueKeysWithValues: acts.enumerated().map { ($1.id, $0) })
    }

    package subscript(log: LogID) -> LogStanding? { logIndices[log].map { logs[$0] } }
    package subscript(member: MemberKey) -> MemberStanding? { memberIndices[member].map { members[$0] } }
    package subscript(operation: OperationID) -> StandingAct? { actIndices[operation].map { acts[$0] } }
}

/// Who says so.
package enum Authority: Hashable, Sendable {
    /// Hash of the order.
    case root(order: Hash256)
    case steward(MemberKey)
}

/// An operation that its author had the power to write.
package struct StandingAct: Hashable, Sendable {
    package let id: OperationID
    package let author: MemberKey
    /// Depth of the right it was written under: 0 for the root's own grantee. Grants and invites of level 3 give nothing, for chains
    /// are at most 4 people deep.
    package let level: Int
    package let operation: AuthorityOperation
    /// Of its bundle; of two by one author the later one replaces.
    package let time: HybridTime
    private let incarnation: Incarnation
    private let position: UInt64

    /// Whether its author wrote it before the other one, which is his, too.
    package func isWritten(before other: StandingAct) -> Bool {
        (time, incarnation, position) < (other.time, other.incarnation, other.position)
    }

    /// Whether it gives somebody a right.
    package var isGiving: Bool {
        switch operation {
        case .grant, .invite: level + 1 < Limits.chainSubjectLimit
        default: false
        }
    }

    init<Held>(_ act: StandingEngine<Held>.Act) {
        (id, author, level, operation) = (act.id, act.author, act.level, act.operation)
        (time, incarnation, position) = (act.place.time, act.place.incarnation, act.place.position)
    }
}

/// How far a log counts.
package struct LogStanding: Hashable, Sendable {
    /// Why it counts no further.
    package enum Ending: Hashable, Sendable {
        /// It may grow.
        case open
        case cut(by: Authority)
        case fork(at: UInt64)
        /// No right that it shows stands; it ends at its sealed length.
        case noRight
        /// The member has 64 others.
        case tooManyIncarnations
    }

    package let log: LogID
    /// In operations, the end of a bundle. A log of standing length 0 has no frontier row.
    package let length: UInt64
    /// Of the bundle that ends there; zero for length 0.
    package let head: Hash256
    /// The lowest of its forks, decided or not.
    package let forkedAt: UInt64?
    /// Nothing beyond counts, held or not; nil: nothing ends it.
    package let limit: UInt64?
    /// The standing branch as far as it is held, beyond the limit or not.
    package let tip: BranchPoint?
    /// Named by who cut it, sealed it or chose a branch, and not held: to be asked for. Which of them exist nobody here knows.
    package let wantedHeads: [BranchPoint]
    package let ending: Ending
    /// In the order they were presented.
    package let rights: [StandingRight]
}

extension LogStanding {
    package var wanted: BranchPoint? { wantedHeads.first }

    /// Nil for a log that has none.
    package func row() throws(FrontierRowError) -> FrontierRow? {
        length == 0 ? nil : try FrontierRow(log: log, length: length, head: head, forkedAt: forkedAt)
    }

    /// Under which a bundle that begins at `position` counts: the strongest that stands and had not ended; of equal ones the first
    /// presented. Without one its operations do not count, though the log stands.
    package func right(at time: HybridTime, position: UInt64) -> StandingRight? {
        var strongest: StandingRight?
        for right in rights where right.fromPosition ?? .max <= position && right.right.isValid(at: time) {
            if let held = strongest, held.right.role >= right.right.role { continue }
            strongest = right
        }
        return strongest
    }
}

/// A right that stands.
package struct StandingRight: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        /// Hash of the order.
        case root(order: Hash256)
        /// The grant or invite.
        case operation(OperationID)
    }

    /// It holds for bundles of its log from here on; nil for a grant that its member has not presented.
    package let fromPosition: UInt64?
    /// As granted, but ``Right/issuerDepth`` is the depth that stands, and ``Right/memberID`` is that of another key only where the
    /// issuer may give it.
    package let right: Right
    package let origin: Origin
    /// The people above, from the root's grantee.
    package let chain: [MemberKey]
    /// The grant or invite acts, or the root gave it. A right without it stands until the issuer's log is held that far.
    package let isProved: Bool
}

extension StandingOrders {
    /// The first steward that the root granted.
    fileprivate var firstSealer: Sealer? {
        grants.values.filter { $0.content.role == .steward }
            .min { ($0.generation, $0.serial, $0.hash) < ($1.generation, $1.serial, $1.hash) }
            .map { Sealer(member: $0.content.subject, lastSeal: Hash256(raw: .zero)) }
    }
}
