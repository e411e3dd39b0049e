import API
import AuthorLog
import Identity

/// What people should know beside the figures: a sentence each in `status`.
struct Notices {
    var isDiskFull = false
    var clockLags = false
    /// Who would not talk to this member last, and why; nil once somebody does.
    var refusal: (address: String, reason: String)?
    private var doubt: Doubt?
    private var standing: [String] = []

    mutating func doubts(_ doubt: Doubt) { self.doubt = doubt }

    /// What others have said about this member.
    mutating func stands(_ standing: Standing, member: MemberKey) {
        guard let own = standing[member] else { return self.standing = [] }
        self.standing = own.rights.isEmpty && !own.isRevoked ? [Self.noStandingRight] : []
        self.standing += own.flags.compactMap { flag in
            switch flag {
            case .revoked(let by):
                "this member's key is revoked by \(by.map(Self.name).joined(separator: ", ")): what it writes does not count"
            case .forked(let log) where standing[log].map(\.isUndecided) ?? false:
                "incarnation \(log.incarnation.number) of this member's log says two things at once, so the key is, or was, in use "
                    + "twice: a steward can choose one of them"
            case .awaitsAdmit: "this member is a steward without power before whoever invited him admits his key"
            case .forked, .refused, .overUsed, .incarnations, .borrowedMemberID: nil
            }
        }
    }

    /// Whoever invited or granted had no power to, or the invite was used too often or is revoked.
    static let noStandingRight =
        "no right of this member stands: whoever gave it may be without power, or the invite is revoked or used up"

    private static func name(_ authority: Authority) -> String {
        switch authority {
        case .root: "the root"
        case .steward(let key): "steward \(key.hex.prefix(8))"
        }
    }

    /// - Parameters:
    ///   - incarnation: That is written; nil before the first write.
    ///   - progress: Nil where nothing is missing.
    func sentences(incarnation: UInt16?, progress: SyncProgress? = nil) -> [String] {
        var sentences: [String] = []
        if let doubt {
            let now =
                incarnation.map { "this node writes in incarnation \($0)" }
                ?? "the next write opens a new incarnation"
            sentences.append("\(Self.explain(doubt)): \(now), and takes back from peers what they hold of the old one")
        } else if let incarnation, incarnation > 1 {
            sentences.append("this node writes in incarnation \(incarnation)")
        }
        sentences += standing
        if let refusal {
            sentences.append("the peer at \(refusal.address) will not talk to this member: \(refusal.reason)")
        }
        if let progress, progress.neededBytes > progress.freeBytes {
            sentences.append(
                "what peers hold may not fit: it takes about \(Self.mebibytes(progress.neededBytes)) more, and the disk of the "
                    + "home has \(Self.mebibytes(progress.freeBytes)); nothing is lost, but the sync waits where it is full"
            )
        }
        if isDiskFull { sentences.append("the disk of the home is full: nothing is written until there is space") }
        if clockLags { sentences.append("this machine's clock is behind the record: check the date") }
        return sentences
    }

    private static func mebibytes(_ byteCount: Int) -> String { "\((byteCount >> 20) + 1) MiB" }

    static func explain(_ doubt: Doubt) -> String {
        switch doubt {
        case .noMark: "the mark beside the key is missing"
        case .otherToken: "the database is another one than the key was used with"
        case .databaseBehind(let marked, let held):
            "the database is older than the key's mark (\(held) of \(marked) operations): a restored backup"
        case .otherHistory(let length): "the database has another history before operation \(length)"
        case .otherDatabaseFile: "the database is another file than the one last written: a restored copy"
        case .otherMarkFile: "the mark is another file than the one last written: a restored copy"
        case .headElsewhere(let length): "a peer holds \(length) operations of this member's log, more than are here"
        }
    }
}

extension LogStanding {
    /// It ends at a fork where nobody has chosen.
    fileprivate var isUndecided: Bool {
        if case .fork = ending { true } else { false }
    }
}
