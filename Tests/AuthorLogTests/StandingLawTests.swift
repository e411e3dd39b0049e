import AuthorLog
import Identity
import Testing

/// What holds of every community, however bad: the engine is the reference, and no order of the evidence matters.
struct StandingLawTests {
    @Test func `the engine says what the slow reference says, in any order of the evidence`() throws {
        var dice = Dice()
        var census = Census()
        for _ in 0..<2_000 {
            let before = dice
            let vine = try PaperVine.random(&dice)
            let expected = ReferenceVerdict(vine.evidence, vine.held).lines
            let found = vine.standing
            census.count(found)
            let shuffled = vine.shuffled(using: &dice).standing
            guard found.lines == expected, shuffled.lines == expected else {
                let different = Set(found.lines).symmetricDifference(expected).sorted()
                let few = shrunk(vine.evidence.bundles) { bundles in
                    var evidence = vine.evidence
                    evidence.bundles = bundles
                    return Standing(of: evidence, held: vine.held).lines != ReferenceVerdict(evidence, vine.held).lines
                }
                let listed = few.map { "\($0.header.log) \($0.header.position) \($0.operations)" }
                Issue.record(
                    "\(before): \((different + ["Bundles that still tell them apart:"] + listed).joined(separator: "\n"))"
                )
                return
            }
        }
        print(census)
        // The communities are bad in every way.
        #expect(census.isVaried)
    }

    /// Why nodes that exchange only what has rows agree in the end.
    @Test func `what stands is enough to know what stands`() throws {
        var dice = Dice()
        var (asked, hiding, sealed) = (0, 0, 0)
        for _ in 0..<1_000 {
            let before = dice
            let vine = try PaperVine.random(&dice).proved()
            let all = vine.standing
            if all.hidesGrants(vine.evidence) { hiding += 1 }
            if all.forksSealedLog(vine.evidence) { sealed += 1 }
            // A node that is given what has rows, the orders and the proofs; and of a head that it asks for, the bare headers up to it.
            var bare: Set<Hash256> = []
            var part: Standing
            repeat {
                let given = vine.holding(
                    { header in bare.contains(header.id) || all.isStanding(header, in: vine.held) },
                    bare: { !all.isStanding($0, in: vine.held) })
                part = given.standing
                let wanted = part.logs.flatMap { log in log.wantedHeads.map { (log.log, $0.head) } }
                let found = wanted.flatMap { vine.held.way(to: $1, in: $0) }.filter { !bare.contains($0) }
                asked += found.isEmpty ? 0 : 1
                bare.formUnion(found)
                guard !found.isEmpty else { break }
            } while true
            let (expected, found) = (all.verdict, part.verdict)
            guard found == expected else {
                let different = Set(found).symmetricDifference(expected).sorted()
                Issue.record("\(before): \(different.joined(separator: "\n"))")
                return
            }
        }
        print("heads asked for: \(asked); logs without a row give rights: \(hiding); sealed logs are forked: \(sealed)")
        #expect(asked > 0 && hiding > 0 && sealed > 0)
    }

    @Test func `the time it takes grows with the operations, not with their square`() throws {
        func measure(_ count: Int) throws -> Duration {
            var vine = try PaperVine()
            try vine.root(grants: "ada")
            for number in 0..<count { try vine.grant("member \(number)", by: "ada") }
            let (evidence, held) = (vine.evidence, Unforked(vine.heads))
            var standing: Standing?
            let elapsed = ContinuousClock().measure { standing = Standing(of: evidence, held: held) }
            #expect(standing?.logs.count == count + 1)
            #expect(standing?.logs.allSatisfy { $0.length > 0 } ?? false)
            return elapsed
        }
        let (small, large) = (try measure(500), try measure(4_000))
        print("standing of 500 members: \(small), of 4,000: \(large)")
        #expect(large < small * 32)
    }

    @Test func `many invites of one key do not cost their product with the members they admit`() throws {
        func measure(invites: Int) throws -> Duration {
            var vine = try PaperVine()
            try vine.root(grants: "ada")
            for number in 0..<20 {
                let members = (0..<Limits.membersPerAdmit).map { PaperVine.key("member \(number) \($0)") }
                try vine.write("ada", [.admit(Admit(inviteKey: PaperVine.inviteKey("one"), members: members))])
            }
            for _ in 0..<invites { try vine.invite("one", .steward, by: "ada") }
            let (evidence, held) = (vine.evidence, Unforked(vine.heads))
            return ContinuousClock().measure { _ = Standing(of: evidence, held: held) }
        }
        let (few, many) = (try measure(invites: 10), try measure(invites: 1_000))
        print("standing with 10 invites of one key: \(few), with 1,000: \(many)")
        #expect(many < few * 10)
    }
}

extension Standing {
    /// What all have to agree upon: rows, what acts, everybody's rights, and whom invites admit.
    fileprivate var verdict: [String] {
        let rows = logs.filter { $0.length > 0 }.map {
            "row \($0.log) \($0.length) \($0.head) \($0.forkedAt ?? 0) \($0.rights)"
        }
        let known = invites.filter { !$0.admitted.isEmpty }.map {
            "invite \($0.id) \($0.admitted) \($0.overUsed) \($0.isRevoked)"
        }
        return rows + lines.filter { $0.hasPrefix("act") || $0.hasPrefix("member") } + known
    }

    /// Somebody gave rights in a log that has no row, though it was neither cut nor forked.
    fileprivate func hidesGrants(_ evidence: Evidence) -> Bool {
        let hidden = logs.filter { log in
            switch log.ending {
            case .noRight, .tooManyIncarnations: log.length == 0
            case .open, .cut, .fork: false
            }
        }.map(\.log)
        return evidence.bundles.contains { bundle in
            hidden.contains(bundle.header.log)
                && bundle.operations.contains {
                    switch $0 {
                    case .grant, .invite: true
                    case .present, .admit, .revoke, .choose, .other: false
                    }
                }
        }
    }

    /// Somebody said two things of which one was sealed, or nearly.
    fileprivate func forksSealedLog(_ evidence: Evidence) -> Bool {
        logs.contains { $0.forkedAt != nil && evidence.sealed[$0.log] != nil }
    }

    fileprivate func isStanding(_ header: Header, in held: HeldTree) -> Bool {
        guard let log = self[header.log], header.end <= log.length else { return false }
        return held.point(atOrBefore: header.end, upTo: log.head, in: header.log)?.head == header.id
    }
}

extension HeldTree {
    /// The bundle ids up to and with that one; none where it is not held.
    fileprivate func way(to head: Hash256, in log: LogID) -> [Hash256] {
        var way: [Hash256] = []
        var next = point(atOrBefore: .max, upTo: head, in: log)
        while let point = next {
            way.append(point.head)
            next = point.length == 0 ? nil : self.point(atOrBefore: point.length - 1, upTo: point.head, in: log)
        }
        return way
    }
}

/// Logs of one branch, of which only the tip is known.
private struct Unforked: HeldBranches {
    private let heads: [LogID: BranchPoint]

    init(_ heads: [LogID: BranchPoint]) {
        self.heads = heads
    }

    func tips(of log: LogID) -> [BranchPoint] { heads[log].map { [$0] } ?? [] }
    func forks(of log: LogID) -> [Fork] { [] }
    func end(of bundle: Hash256, in log: LogID) -> UInt64? { heads[log]?.head == bundle ? heads[log]?.length : nil }
    func point(atOrBefore length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? { nil }
    func point(after length: UInt64, upTo bundle: Hash256, in log: LogID) -> BranchPoint? { nil }
}

private struct Census: CustomStringConvertible {
    private var counts: [String: Int] = [:]

    mutating func count(_ standing: Standing) {
        for log in standing.logs {
            switch log.ending {
            case .open: counts["open", default: 0] += 1
            case .cut(by: .root): counts["cut by root", default: 0] += 1
            case .cut(by: .steward): counts["cut by steward", default: 0] += 1
            case .fork: counts["forked", default: 0] += 1
            case .noRight: counts["no right", default: 0] += 1
            case .tooManyIncarnations: counts["too many incarnations", default: 0] += 1
            }
            if log.forkedAt != nil && log.ending == .open { counts["chosen", default: 0] += 1 }
            if log.wanted != nil { counts["wanted", default: 0] += 1 }
            if log.rights.contains(where: { !$0.isProved }) { counts["unproved", default: 0] += 1 }
        }
        for member in standing.members {
            counts["depth \(member.stewardDepth.map { "\($0)" } ?? "none")", default: 0] += 1
            for flag in member.flags {
                switch flag {
                case .revoked, .forked: break
                case .overUsed: counts["over-used", default: 0] += 1
                case .refused: counts["refused", default: 0] += 1
                case .awaitsAdmit: counts["awaits admit", default: 0] += 1
                case .incarnations: counts["incarnations", default: 0] += 1
                case .borrowedMemberID: counts["borrowed id", default: 0] += 1
                }
            }
        }
        if standing.line.keys.count > 1 { counts["succession", default: 0] += 1 }
    }

    var isVaried: Bool {
        let kinds = [
            "open", "cut by root", "cut by steward", "forked", "no right", "too many incarnations", "chosen", "wanted",
            "unproved", "depth 0", "depth 1", "depth 2", "depth 3", "over-used", "refused", "awaits admit",
            "borrowed id",
            "succession",
        ]
        return kinds.allSatisfy { counts[$0, default: 0] > 0 }
    }

    var description: String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
