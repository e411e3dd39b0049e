import AuthorLog
import Founding
import Identity
import Storage

/// The log this node writes: which incarnation, how far, and whether its past can be trusted.
///
/// A restored backup must not fork its author: where anything suggests that the record knows less of our log than we wrote, the
/// first write opens a new incarnation (Protocol/2-log.md, *Incarnations and the mark*).
struct OwnLog {
    /// What the first write will do, and what every later one goes on with.
    private enum State {
        /// Goes on where the database ends.
        case continues(LogState)
        /// Nothing of ours was ever written, or nothing of it can be trusted.
        case opensNew(Doubt?)
        case writes(Author, Mark)
    }

    private let home: Home
    private let charter: Charter
    /// What a new incarnation begins with.
    var presentation: Presentation
    private let key: SigningKey
    private let member: MemberKey
    /// Also in the database.
    private let token: Bytes16
    private var state: State
    /// The highest incarnation of ours that was ever seen, here or at a peer, with its head.
    private var latest: (log: LogID, length: UInt64, head: Hash256)?
    private(set) var doubt: Doubt?
    /// As worked out last; nil before the record is open.
    private var standing: Standing?
    /// What peers sent must not be dated after what we write next.
    private var clock = HybridClock(last: .zero)

    /// Reads the mark and holds it against the database.
    init(
        home: Home, charter: Charter, presentation: Presentation, key: SigningKey, store: ReplicaStore,
        wallMilliseconds: UInt64
    ) async throws {
        self.home = home
        self.charter = charter
        self.presentation = presentation
        self.key = key
        member = key.publicKey(as: MemberKey.self)
        token = try await store.token()
        clock = HybridClock(last: try await store.latestTime(notAfter: wallMilliseconds))
        let held = try await store.logStates(of: member)
        if let last = held.last { latest = (last.log, last.length, last.head) }
        let mark = try home.readMark()
        guard !held.isEmpty || mark != nil else {
            state = .opensNew(nil)
            return
        }
        doubt = try await Self.doubt(mark, held: held, home: home, token: token, store: store)
        if doubt == nil, let mark, let log = held.first(where: { $0.log.incarnation == mark.incarnation }) {
            state = .continues(log)
        } else {
            state = .opensNew(doubt)
            if let mark, latest.map({ mark.incarnation > $0.log.incarnation }) ?? true {
                latest = (LogID(member: member, incarnation: mark.incarnation), mark.length, mark.head)
            }
        }
    }

    private static func doubt(
        _ mark: Mark?, held: [LogState], home: Home, token: Bytes16, store: ReplicaStore
    ) async throws -> Doubt? {
        guard let mark, let database = try home.identity(of: .database), let file = try home.identity(of: .mark) else {
            return .noMark
        }
        let log = held.first { $0.log.incarnation == mark.incarnation }
        let head: Hash256? =
            if let log { try await store.head(of: log.log, at: mark.length) } else {
                mark.length == 0 ? Hash256(raw: .zero) : nil
            }
        return Doubt.of(
            mark,
            Doubt.Evidence(
                token: token, length: log?.length ?? 0, headAtMark: head, database: database,
                mark: file))
    }

    // MARK: What is known

    var incarnation: UInt16? {
        switch state {
        case .continues(let log): log.log.incarnation.number
        case .opensNew: nil
        case .writes(let author, _): author.state.log.incarnation.number
        }
    }

    /// The log is to be continued, and peers might hold more of it than the database does.
    var mayBeBehind: Bool {
        if case .continues = state { true } else { false }
    }

    /// The member's strongest right now; as presented, or as the log will present it.
    func right(atMilliseconds wall: UInt64) -> Right? {
        if isRevoked { return nil }
        let now = HybridTime(rawValue: min(wall, HybridTime.lastMillisecond) << 16)
        let log: LogState? =
            switch state {
            case .continues(let log): log
            case .opensNew: nil
            case .writes(let author, _): author.state
            }
        if let log, let standing = standing?[log.log] {
            return standing.right(at: now, position: log.length)?.right
        }
        // Shown already, and it does not stand.
        if let member = standing?[member], member.rights.isEmpty { return nil }
        let shown = max(now, presentation.lastLinkTime.next ?? now)
        return try? presentation.right(of: member, presentedAt: shown, charter: charter)  // none: no right
    }

    /// Nothing more that this key writes counts.
    var isRevoked: Bool { standing?[member]?.isRevoked ?? false }

    /// This member's chain is in the record, and no right of it stands.
    var hasNoStandingRight: Bool { standing?[member].map { $0.rights.isEmpty && !$0.isRevoked } ?? false }

    /// What stands was worked out: a log of ours that has ended is written no more.
    mutating func stands(_ standing: Standing) {
        self.standing = standing
        let log: LogID? =
            switch state {
            case .continues(let log): log.log
            case .opensNew: nil
            case .writes(let author, _): author.state.log
            }
        if let log, standing[log]?.limit != nil { state = .opensNew(nil) }
    }

    /// What is presented from now on goes into a new incarnation, while there are enough left for doubts.
    ///
    /// - Returns: Whether it will.
    mutating func leaveFullLog() -> Bool {
        guard (latest?.log.incarnation.number ?? 0) < NodeLimits.incarnationsOpenedForRights else { return false }
        state = .opensNew(nil)
        return true
    }

    /// A peer had bundles of a log of ours, signed by our key, which this node did not hold.
    mutating func seenElsewhere(_ log: LogID, _ point: BranchPoint) {
        if log.incarnation >= latest?.log.incarnation ?? log.incarnation { latest = (log, point.length, point.head) }
        switch state {
        case .continues(let own) where own.log == log && point.length > own.length: raise(point.length)
        case .writes(let author, _) where author.state.log == log && point.length > author.state.length:
            raise(point.length)
        case .continues, .writes, .opensNew: break
        }
    }

    private mutating func raise(_ length: UInt64) {
        doubt = .headElsewhere(length: length)
        state = .opensNew(doubt)
    }

    mutating func observe(_ time: HybridTime, wallMilliseconds: UInt64) {
        // Too far ahead: held, and the clock stays (design §5).
        guard (try? clock.observe(time, wallMilliseconds: wallMilliseconds)) != nil else { return }
        if case .writes(var author, let mark) = state {
            author.clock = clock
            state = .writes(author, mark)
        }
    }

    // MARK: Writing

    /// An author that goes on with the log, and the bundles that must come first: a new incarnation's `present`.
    func author(wallMilliseconds: UInt64) throws -> (author: Author, opening: [VerifiedBundle]) {
        switch state {
        case .writes(let author, _): return (author, [])
        case .continues(let log):
            _ = try home.prepareMark()
            return (try Author(state: log, clock: merged(log.time), charter: charter, key: key), [])
        case .opensNew:
            // Before anything is written: on a full disk there must be a place for the mark of what is.
            _ = try home.prepareMark()
            let number = (latest?.log.incarnation.number ?? 0).addingReportingOverflow(1)
            guard !number.overflow, let random = UInt64(bytes: Sodium.random(8)) else {
                throw AuthorError.notMyLog
            }
            let log = LogID(member: member, incarnation: Incarnation(number: number.partialValue, random: random))
            var author = try Author(
                state: LogState(log: log, community: charter.id), clock: clock, charter: charter, key: key,
                firstPrevious: latest?.head ?? Hash256(raw: .zero))
            let opening = try author.present(presentation, wallMilliseconds: wallMilliseconds)
            return (author, [opening])
        }
    }

    /// What an author wrote is durable: the mark follows, before the first byte leaves.
    mutating func committed(_ author: Author) throws {
        let mark: Mark
        if case .writes(_, let last) = state {
            mark = last.advanced(to: author.state)
        } else {
            let file = try home.prepareMark()
            guard let database = try home.identity(of: .database) else { throw NodeError.homeVanished(home.path) }
            mark = Mark(
                sequence: (try home.readMark()?.sequence ?? 0) &+ 1, incarnation: author.state.log.incarnation,
                token: token, length: author.state.length, head: author.state.head,
                database: database, mark: file)
        }
        try home.writeMark(mark)
        // What was heard while it was stored stays heard.
        clock = merged(author.clock.last)
        guard !hasLeft(author.state.log) else {
            if let known = latest, known.log == author.state.log, known.length < author.state.length {
                latest = (author.state.log, author.state.length, author.state.head)
            }
            return
        }
        latest = (author.state.log, author.state.length, author.state.head)
        var author = author
        author.clock = clock
        state = .writes(author, mark)
    }

    /// While a write of it was being stored, the log has ended or come into doubt: nothing more follows it.
    private func hasLeft(_ log: LogID) -> Bool {
        guard case .opensNew = state, let latest else { return false }
        return latest.log.incarnation.number >= log.incarnation.number
    }

    private func merged(_ time: HybridTime) -> HybridClock { HybridClock(last: max(clock.last, time)) }
}

extension UInt64 {
    fileprivate init?(bytes: [UInt8]) {
        guard bytes.count == 8 else { return nil }
        self = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
