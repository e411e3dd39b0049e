import AuthorLog
import Identity

/// Looks, with one peer, for the place where his branch of a log and ours part: pulls one piece from an end of ours, nearer and
/// nearer to it. He serves from there if it is an end of his, too. The piece that goes on otherwise than ours is the proof of a fork.
struct ForkSearch: Sendable {
    enum Step: Equatable, Sendable {
        /// Which end of ours lies nearest, if any: the shell looks it up.
        case lookUp(near: UInt64, above: UInt64, below: UInt64)
        /// What he has after that end.
        case ask(BranchPoint)
        case wait
        case over
    }

    private enum State: Sendable {
        case undecided
        case lookingUp
        case ready(BranchPoint)
        case asking(BranchPoint, pull: UInt32)
        case over
    }

    let log: LogID
    private var finder: ForkFinder
    private var common = BranchPoint(length: 0, head: Hash256(raw: .zero))
    private var state = State.undecided

    /// - Parameters:
    ///   - own: Our length.
    ///   - his: What he says is his.
    init(of log: LogID, own: UInt64, his: UInt64) {
        self.log = log
        finder = ForkFinder(different: min(own, his == .max ? his : his + 1))
    }

    mutating func next() -> Step {
        switch state {
        case .undecided:
            switch finder.step {
            case .ask(let position, let above, let below):
                state = .lookingUp
                return .lookUp(near: position, above: above, below: below)
            case .found:
                state = .ready(common)
                return .ask(common)
            }
        case .ready(let point): return .ask(point)
        case .lookingUp, .asking: return .wait
        case .over: return .over
        }
    }

    mutating func lookedUp(_ point: BranchPoint?) {
        guard case .lookingUp = state else { return }
        if let point {
            state = .ready(point)
        } else {
            finder.noEndBetween()
            state = .undecided
        }
    }

    mutating func asked(pull: UInt32) {
        if case .ready(let point) = state { state = .asking(point, pull: pull) }
    }

    /// A piece of his came to that.
    mutating func ingested(_ outcome: IngestOutcome, pull: UInt32) {
        guard case .asking(let point, pull) = state else { return }
        switch outcome {
        case .alreadyHeld: answered(point, isCommon: true)
        case .queued: break
        // The fork is proved; or he says something else than before.
        case .appended, .unsettled, .gap, .anotherBranch, .offence, .refused: state = .over
        }
    }

    /// The pull is over: what was not served was refused for that reason.
    mutating func ended(pull: UInt32, unserved: Unserved.Reason?) {
        guard case .asking(let point, pull) = state else { return }
        if unserved == .anotherBranch { answered(point, isCommon: false) } else { state = .over }
    }

    private mutating func answered(_ point: BranchPoint, isCommon: Bool) {
        let isLast = point == common
        if isCommon { common = point }
        finder.answered(at: point.length, isCommon: isCommon)
        state = isLast ? .over : .undecided
    }
}
