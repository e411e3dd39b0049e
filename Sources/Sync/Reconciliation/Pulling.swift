import AuthorLog
import Identity

/// What came of a part, in the shell's words.
package enum IngestOutcome: Equatable, Sendable {
    /// Durable; its `.grown` came before this.
    case appended
    /// Verified or waiting for its signature, and going to be durable: `.grown` will tell.
    case queued
    /// Durable, and nobody has worked out yet whether it stands: if it does, `.grown` will tell.
    case unsettled
    /// Nothing new in it.
    case alreadyHeld
    /// The part begins at `first`, beyond what is held.
    case gap(first: UInt64)
    /// It does not continue the held head: a fork, or an honest peer on another branch.
    case anotherBranch
    /// A bad signature, form, or authenticity: nobody who verifies what he forwards sends such a thing.
    case offence(String)
    /// Not taken now (the disk is full): no fault of the peer's.
    case refused
}

/// Our pull from one peer: at most one at a time.
///
/// idle → streaming → settling → idle. While settling all parts are answered but some not durable yet.
struct Pulling: Sendable {
    enum OnPart: Equatable, Sendable {
        case ingest
        /// Of a pull that was replaced.
        case ignore
        case refuse(Goodbye)
    }

    struct Result: Equatable, Sendable {
        /// Logs that are not pulled any more; in order.
        var logs: [LogID]
        /// Of them those which the peer did not bring forward at all.
        var fruitless: [LogID]
        /// And those which he did, where it is not known yet how far.
        var unsettled: [LogID] = []
    }

    fileprivate struct Target: Sendable {
        var log: LogID
        var from: UInt64
        var to: UInt64
        var isQueued = false
        var isUnsettled = false
        var isUnserved = false
    }

    fileprivate struct Active: Sendable {
        var id: UInt32
        var targets: [Target]
        var index: [LogID: Int]
        /// He may send so much more.
        var credit: Int
        /// Taken in, not yet given back.
        var returnable = 0
        /// Parts handed to the shell.
        var unanswered = 0
        var isDone = false
        /// Asks for a place, not for what is new.
        var isProbe: Bool
        /// Done, or a log of it has grown since.
        var movedAt: Instant
        /// Until then he is to bring something that we lack: every such part gives him more time, up to the whole of it.
        var dueAt: Instant
        /// The shell has had parts since then: that is no time of his.
        var handedAt: Instant
        /// The last answer: it was something that we lacked.
        var bringsNews = true
    }

    private var active: Active?
    private var lastID: UInt32 = 0
    /// Pulls in a row that brought nothing.
    private var failures = 0
    private var restUntil: Instant?
    /// The last pull brought nothing, and nothing has come since: who says that he has more has not shown it.
    private(set) var isDoubted = false

    var isActive: Bool { active != nil }
    /// Of the pull under way.
    var id: UInt32? { active?.id }

    func mayStart(at now: Instant) -> Bool {
        active == nil && restUntil.map { now >= $0 } ?? true
    }

    /// - Parameter wants: 1 to 1,024, in order.
    mutating func start(_ wants: [Want], at now: Instant, isProbe: Bool = false) -> Pull {
        lastID = lastID == .max ? 1 : lastID + 1
        let targets = wants.map { Target(log: $0.log, from: $0.from, to: $0.to) }
        let index = Dictionary(zip(wants.map(\.log), wants.indices)) { first, _ in first }
        active = Active(
            id: lastID, targets: targets, index: index, credit: Limits.pullCreditByteCount, isProbe: isProbe,
            movedAt: now, dueAt: now + Limits.pullStallTimeout, handedAt: now)
        restUntil = nil
        return Pull(id: lastID, wants: wants, credit: UInt64(Limits.pullCreditByteCount))
    }

    mutating func received(part byteCount: Int, of log: LogID, pull: UInt32, at now: Instant) -> OnPart {
        guard var active, active.id == pull else {
            return pull <= lastID ? .ignore : .refuse(Goodbye(.malformed, "a part of a pull never begun"))
        }
        guard !active.isDone else { return .refuse(Goodbye(.malformed, "a part after the pull was done")) }
        guard active.index[log] != nil else { return .refuse(Goodbye(.malformed, "a part of a log not asked for")) }
        guard byteCount <= active.credit else { return .refuse(Goodbye(.limit, "more bytes than credit")) }
        active.credit -= byteCount
        if active.unanswered == 0 { active.handedAt = now }
        active.unanswered += 1
        self.active = active
        return .ingest
    }

    /// - Returns: Credit to give back now, if any.
    mutating func ingested(
        _ outcome: IngestOutcome, of log: LogID, byteCount: Int, pull: UInt32, at now: Instant
    ) -> Int? {
        guard var active, active.id == pull, active.unanswered > 0 else { return nil }
        active.unanswered -= 1
        active.returnable += max(0, byteCount)
        active.answered(outcome, byteCount: byteCount, at: now)
        // Others may come to nothing.
        if [.appended, .unsettled].contains(outcome) { isDoubted = false }
        if let index = active.index[log] {
            if outcome == .queued { active.targets[index].isQueued = true }
            if outcome == .unsettled { active.targets[index].isUnsettled = true }
            // The rest is asked for again, whatever comes of the beginning.
            if outcome == .refused { active.targets[index].isUnsettled = false }
        }
        var credit: Int?
        // What is kept back is too little for the peer to wait for: see `pullCreditByteCount`.
        if !active.isDone, active.returnable >= Limits.creditPortionByteCount {
            credit = active.returnable
            active.credit += active.returnable
            active.returnable = 0
        }
        self.active = active
        return credit == 0 ? nil : credit
    }

    /// - Returns: False if nothing was under way by that name and it was not one replaced.
    mutating func done(pull: UInt32, unserved: [Unserved], at now: Instant) -> Bool {
        guard var active, active.id == pull, !active.isDone else { return pull <= lastID }
        active.isDone = true
        active.movedAt = now
        for unserved in unserved {
            if let index = active.index[unserved.log] { active.targets[index].isUnserved = true }
        }
        self.active = active
        return true
    }

    /// A log of ours has grown: while settling, that is what we wait for. What was stored of it until now has been worked in.
    mutating func grown(_ log: LogID, at now: Instant) {
        guard let index = active?.index[log] else { return }
        active?.targets[index].isUnsettled = false
        active?.movedAt = now
    }

    /// The end, if this is it: all is answered, and what was queued is durable or overdue.
    mutating func finish(_ frontier: FrontierTree, at now: Instant) -> Result? {
        guard let active, active.isDone, active.unanswered == 0 else { return nil }
        let waits = active.targets.contains { target in
            target.isQueued && !target.isUnsettled && !target.isUnserved
                && (frontier.row(for: target.log)?.length ?? 0) < target.to
        }
        guard !waits || now >= active.movedAt + Limits.pullStallTimeout else { return nil }
        return end(frontier, at: now)
    }

    /// The peer has brought next to nothing for 10 s though he could have: others may take over.
    mutating func stalled(_ frontier: FrontierTree, at now: Instant) -> Result? {
        guard let active, !active.isDone, now >= active.dueAt, active.unanswered == 0 || !active.bringsNews else {
            return nil
        }
        let result = end(frontier, at: now)
        if restUntil == nil { rest(at: now) }
        return result
    }

    /// The connection is lost.
    ///
    /// - Returns: The logs that were pulled, and of them those of which more is held than is known to stand.
    func abandoned() -> (logs: [LogID], unsettled: [LogID]) {
        let targets = active?.targets ?? []
        return (targets.map(\.log), targets.filter(\.isUnsettled).map(\.log))
    }

    var deadline: Instant? {
        guard let active else { return restUntil }
        if active.isDone { return active.unanswered == 0 ? active.movedAt + Limits.pullStallTimeout : nil }
        return active.unanswered == 0 || !active.bringsNews ? active.dueAt : nil
    }

    mutating func rested(at now: Instant) {
        if let restUntil, now >= restUntil { self.restUntil = nil }
    }

    private mutating func end(_ frontier: FrontierTree, at now: Instant) -> Result {
        let targets = active?.targets ?? []
        let isProbe = active?.isProbe ?? false
        active = nil
        if isProbe { return Result(logs: targets.map(\.log), fruitless: []) }
        let unsettled = targets.filter { $0.isUnsettled && (frontier.row(for: $0.log)?.length ?? 0) < $0.to }
        let fruitless = targets.filter { !$0.isUnsettled && (frontier.row(for: $0.log)?.length ?? 0) <= $0.from }
        isDoubted = fruitless.count == targets.count
        if isDoubted {
            rest(at: now)
        } else {
            failures = 0
        }
        return Result(
            logs: targets.map(\.log), fruitless: fruitless.map(\.log), unsettled: unsettled.map(\.log))
    }

    private mutating func rest(at now: Instant) {
        let wait = min(Duration.seconds(1 << min(failures, 6)), Limits.pullBackoffLimit)
        failures += 1
        restUntil = now + wait
    }
}

extension Pulling.Active {
    /// What is here already, or cannot be taken, brings nobody forward: he could send it for ever.
    fileprivate mutating func answered(_ outcome: IngestOutcome, byteCount: Int, at now: Instant) {
        bringsNews =
            switch outcome {
            case .appended, .queued, .unsettled: true
            case .alreadyHeld, .gap, .anotherBranch, .offence, .refused: false
            }
        if bringsNews {
            let gained = Duration.milliseconds(max(0, byteCount) * 1_000 / Limits.slowestPullBytesPerSecond)
            dueAt = min(dueAt + gained + now.since(handedAt), now + Limits.pullStallTimeout)
        }
        handedAt = now
    }
}
