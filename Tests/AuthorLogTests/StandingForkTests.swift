import AuthorLog
import Identity
import Testing

/// Forks, choices, heads, and logs that are not held: where a log's way leads.
struct StandingForkTests {
    private struct Forked {
        var vine: PaperVine
        let fork: Fork
        let left: BranchPoint
        let right: BranchPoint
    }

    /// Ada's log forks after 3: left to 7, right to 12. Dan is eve's steward, ben ada's, fay ben's ambassador.
    private func forked(_ name: String = "fay", proved: Bool = true) throws -> Forked {
        var vine = try PaperVine()
        try vine.root(grants: "ada")
        try vine.root(grants: "eve")
        try vine.grant("ben", .steward, by: "ada")
        try vine.grant("dan", .steward, by: "eve")
        try vine.grant("fay", by: "ben")
        let trunk = try vine.record(name, count: 2)
        let left = try vine.record(name, count: 4)
        let fork = vine.fork(name, at: trunk, proved: proved)
        try vine.record(name, count: 4)
        let right = try vine.record(name, count: 5)
        return Forked(vine: vine, fork: fork, left: left, right: right)
    }

    @Test func `a forked log stands up to its lowest fork`() throws {
        var forked = try forked()
        #expect(forked.vine.length("fay") == 3)
        let log = try #require(forked.vine.standing[PaperVine.log("fay")])
        #expect(log.forkedAt == 3)
        #expect(log.head == forked.fork.id)
        #expect(log.ending == .fork(at: 3))
        #expect(forked.vine.standing[PaperVine.key("fay")]?.flags == [.forked(log.log)])
        _ = forked.vine.fork("fay", at: nil)
        #expect(forked.vine.length("fay") == 0)
    }

    @Test func `what is held twice is a fork before anybody proves it`() throws {
        var forked = try forked(proved: false)
        #expect(forked.vine.length("fay") == 3)
        #expect(forked.vine.standing[PaperVine.log("fay")]?.forkedAt == nil)
        try forked.vine.choose(forked.fork, forked.left, by: "eve")
        #expect(forked.vine.length("fay") == 7)
    }

    @Test func `who forks his log 64 times is believed up to the lowest, or to what a cut names`() throws {
        var forked = try forked()
        try forked.vine.choose(forked.fork, forked.left, by: "eve")
        forked.vine.forkNowhere("fay", at: [UInt64](repeating: 1, count: 62))
        #expect(forked.vine.length("fay") == 7)
        // The 64th and all beyond: the true fork is among those that nobody remembers.
        forked.vine.forkNowhere("fay", at: [UInt64](repeating: 2, count: 64))
        #expect(forked.vine.length("fay") == 1)
        let alone = forked.vine.holding { $0.log != forked.fork.log || $0.end <= 7 }
        #expect(alone.standing[forked.fork.log]?.length == 1)
        #expect(alone.standing[forked.fork.log]?.ending == .fork(at: 1))
        // The history of a stolen key is not lost.
        try forked.vine.revoke("fay", stays: [PaperVine.stay(1, forked.left)], by: "ben")
        #expect(forked.vine.length("fay") == 7)
        try forked.vine.revoke("fay", stays: [PaperVine.stay(1, forked.right)], by: "ben")
        #expect(forked.vine.length("fay") == 12)
    }

    @Test func `a choice picks a branch and the log goes on`() throws {
        var forked = try forked()
        try forked.vine.choose(forked.fork, forked.left, by: "eve")
        #expect(forked.vine.length("fay") == 7)
        forked.vine.go("fay", to: forked.left)
        try forked.vine.record("fay", count: 30)
        #expect(forked.vine.length("fay") == 37)
        #expect(forked.vine.standing[PaperVine.log("fay")]?.forkedAt == 3)
        // His later choice replaces his earlier; between stewards the shortest counts.
        try forked.vine.choose(forked.fork, forked.right, by: "eve")
        #expect(forked.vine.length("fay") == 12)
        try forked.vine.choose(forked.fork, forked.left, by: "ada")
        #expect(forked.vine.length("fay") == 37)
        let root = try Choice(
            log: forked.fork.log, fork: forked.fork.id, length: forked.right.length, head: forked.right.head)
        try forked.vine.order(.choose(root))
        #expect(forked.vine.length("fay") == 12)
    }

    @Test func `at each fork the choices that name it decide`() throws {
        var forked = try forked()
        let second = forked.vine.fork("fay", at: forked.left)
        forked.vine.go("fay", to: forked.left)
        let upper = try forked.vine.record("fay", count: 1)
        forked.vine.go("fay", to: forked.left)
        let lower = try forked.vine.record("fay", count: 2)
        try forked.vine.choose(forked.fork, upper, by: "eve")
        #expect(forked.vine.length("fay") == 7)
        try forked.vine.choose(second, lower, by: "eve")
        #expect(forked.vine.length("fay") == 9)
        // On the other branch the second fork says nothing.
        try forked.vine.choose(forked.fork, forked.right, by: "eve")
        #expect(forked.vine.length("fay") == 12)
    }

    @Test func `only who may revoke the key chooses`() throws {
        for (name, chooser, counts) in [
            ("ben", "ada", true), ("ben", "eve", false), ("ben", "ben", false), ("ada", "eve", false),
            ("fay", "dan", true),
        ] {
            var forked = try forked(name)
            let before = try #require(forked.vine.length(name))
            #expect(before == forked.fork.position)
            try forked.vine.choose(forked.fork, forked.right, by: chooser)
            #expect(forked.vine.length(name) == (counts ? forked.right.length : before))
        }
    }

    @Test func `a cut's head picks the branch up to it`() throws {
        for isLeft in [true, false] {
            var forked = try forked()
            let point = isLeft ? forked.left : forked.right
            try forked.vine.choose(forked.fork, isLeft ? forked.right : forked.left, by: "ada")
            try forked.vine.revoke("fay", stays: [PaperVine.stay(1, point)], by: "eve")
            #expect(forked.vine.length("fay") == point.length)
            #expect(forked.vine.standing[PaperVine.log("fay")]?.head == point.head)
        }
    }

    @Test func `a head on no held branch leaves the log cut at its fork, and is asked for`() throws {
        var forked = try forked()
        let unknown = BranchPoint(length: 9, head: try #require(Hash256(World.bytes32("unknown"))))
        try forked.vine.revoke("fay", stays: [PaperVine.stay(1, unknown)], by: "eve")
        #expect(forked.vine.length("fay") == 3)
        #expect(forked.vine.standing[PaperVine.log("fay")]?.wanted == unknown)
        try forked.vine.revoke("fay", stays: [PaperVine.stay(1, BranchPoint(length: 2, head: unknown.head))], by: "eve")
        #expect(forked.vine.length("fay") == 1)
    }

    @Test func `a head that nobody has keeps no other from being asked for`() throws {
        var forked = try forked()
        let madeUp = BranchPoint(length: 9, head: try #require(Hash256(World.bytes32("made up"))))
        try forked.vine.choose(forked.fork, forked.right, by: "ada")
        try forked.vine.revoke("fay", stays: [PaperVine.stay(1, madeUp)], by: "eve")
        let (log, right) = (forked.fork.log, forked.right)
        #expect(forked.vine.standing[log]?.wantedHeads == [madeUp])
        #expect(forked.vine.length("fay") == 7)
        let without = forked.vine.holding { $0.log != log || $0.id != right.head }
        #expect(without.length("fay") == 3)
        #expect(without.standing[log]?.wantedHeads == [madeUp, right])
    }

    @Test func `a chosen head that is not held is asked for`() throws {
        var forked = try forked()
        try forked.vine.choose(forked.fork, forked.right, by: "eve")
        let (fork, left) = (forked.fork, forked.left)
        let vine = forked.vine.holding { $0.log != fork.log || $0.position < 3 || $0.id == left.head }
        #expect(vine.length("fay") == 3)
        #expect(vine.standing[PaperVine.log("fay")]?.wanted == forked.right)
    }

    @Test func `a fork at the first bundle is chosen at by the log's id`() throws {
        var forked = try forked()
        let fork = forked.vine.fork("fay", at: nil)
        try forked.vine.present("fay")
        let other = try forked.vine.record("fay", count: 7)
        #expect(forked.vine.length("fay") == 0)
        #expect(fork.id == fork.log.hash)
        try forked.vine.choose(fork, other, by: "dan")
        #expect(forked.vine.length("fay") == 8)
    }

    @Test func `a late fork cannot reach below the sealed length`() throws {
        var forked = try forked()
        forked.vine.seal("fay", at: forked.left)
        #expect(forked.vine.length("fay") == 7)
        #expect(forked.vine.standing[PaperVine.log("fay")]?.ending == .open)
        forked.vine.seal("fay", at: BranchPoint(length: 3, head: forked.fork.id))
        #expect(forked.vine.length("fay") == 3)
    }

    @Test func `grants on a branch that was left behind give nothing`() throws {
        var forked = try forked("ben")
        forked.vine.go("ben", to: forked.left)
        try forked.vine.grant("gus", by: "ben")
        forked.vine.go("ben", to: forked.right)
        try forked.vine.grant("hal", by: "ben")
        #expect(forked.vine.length("gus") == 0)
        #expect(forked.vine.length("hal") == 0)
        try forked.vine.choose(forked.fork, forked.right, by: "ada")
        #expect(forked.vine.length("gus") == 0)
        #expect(forked.vine.length("hal") == 1)
    }

    // MARK: Logs that are not held

    @Test func `a grant stands until its issuer's log is held that far`() throws {
        var vine = try forked().vine
        let trunk = try vine.record("dan")
        try vine.grant("gus", by: "dan")
        vine.go("dan", to: trunk)
        try vine.record("dan", count: 3)
        let (dan, lost) = (
            PaperVine.log("dan"), try #require(vine.evidence.bundles.last { $0.header.log == PaperVine.log("dan") })
        )
        let short = vine.holding { $0.log != dan || $0.end <= trunk.length }
        #expect(short.length("gus") == 1)
        #expect(short.standing[PaperVine.log("gus")]?.rights.map(\.isProved) == [false])
        let without = vine.holding { $0.log != dan }
        #expect(without.length("gus") == 1)
        #expect(without.standing[PaperVine.key("dan")]?.stewardDepth == 1)
        let otherBranch = vine.holding { $0.id != lost.id }
        #expect(otherBranch.length("gus") == 0)
        // Beyond a cut it does not stand, held or not.
        var cut = short
        try cut.order(.revoke(Revocation(member: dan.member, stays: [PaperVine.stay(1, trunk)])))
        #expect(cut.length("gus") == 0)
    }

    @Test func `who is a steward by a log that is not held has the right, and no power`() throws {
        var vine = try forked().vine
        try vine.revoke("fay", by: "dan")
        #expect(vine.length("fay") == 0)
        let eve = PaperVine.log("eve")
        let without = vine.holding { $0.log != eve }
        #expect(without.length("dan") == 2)
        #expect(without.standing[PaperVine.key("dan")]?.role == .steward)
        #expect(without.standing[PaperVine.key("dan")]?.stewardDepth == nil)
        #expect(without.length("fay") == 3)
    }

    /// What that name's log comes to for who holds all, and for who lacks a log that has no row.
    private func lengths(_ name: String, _ vine: PaperVine, without hidden: LogID) -> [UInt64?] {
        #expect(vine.standing[hidden]?.length == 0)
        return [vine.length(name), vine.holding { $0.log != hidden }.length(name)]
    }

    @Test func `grants by whom a revoked invite leaves out fall, his log held or not`() throws {
        var vine = try forked().vine
        let council = PaperVine.inviteKey("council")
        try vine.invite("council", .steward, by: "ben")
        try vine.use("council", "gus")
        try vine.grant("hal", by: "gus")
        #expect(vine.length("hal") == 0)
        try vine.write("ben", [.admit(Admit(inviteKey: council, members: [PaperVine.key("gus")]))])
        #expect(vine.length("hal") == 1)
        #expect(vine.holding { $0.log != PaperVine.log("gus") }.length("hal") == 1)
        try vine.write("ada", [.revoke(Revocation(inviteKey: council, stays: []))])
        #expect(lengths("hal", vine, without: PaperVine.log("gus")) == [0, 0])
    }

    @Test func `grants by who is one too many fall, his log held or not`() throws {
        var vine = try forked().vine
        try vine.invite("copied", .steward, by: "ben")
        let names = (0..<9).map { "guest \($0)" }
            .sorted { MemberID(firstKey: PaperVine.key($0)) < MemberID(firstKey: PaperVine.key($1)) }
        for name in names { try vine.use("copied", name) }
        try vine.grant("hal", by: names[8])
        #expect(lengths("hal", vine, without: PaperVine.log(names[8])) == [0, 0])
        // What his friend shows is another right of his, which he never presented: without power, but not against the rules.
        try vine.grant(names[8], .steward, by: "eve", presented: false)
        try vine.grant("ivy", by: names[8])
        #expect(lengths("ivy", vine, without: PaperVine.log(names[8])) == [1, 1])
    }

    @Test func `grants in a 65th incarnation fall, held or not`() throws {
        var vine = try forked().vine
        for number in 2...65 as ClosedRange<UInt16> { try vine.present("dan", number) }
        try vine.grant("hal", by: "dan", 65)
        #expect(lengths("hal", vine, without: PaperVine.log("dan", 65)) == [0, 0])
    }

    @Test func `a fork below the sealed length waits for the sealed head`() throws {
        var forked = try forked()
        forked.vine.seal("fay", at: forked.left)
        let far = BranchPoint(length: 5, head: forked.right.head)
        try forked.vine.order(.revoke(Revocation(member: PaperVine.key("fay"), stays: [PaperVine.stay(1, far)])))
        #expect(forked.vine.length("fay") == 3)
        #expect(forked.vine.standing[PaperVine.log("fay")]?.limit == 5)
        let (log, left) = (PaperVine.log("fay"), forked.left)
        let without = forked.vine.holding { $0.log != log || $0.id != left.head }
        #expect(without.length("fay") == 3)
        #expect(without.standing[log]?.wanted == left)
    }

    @Test func `a fork after a bundle that is not held is made up, and ends nothing`() throws {
        let forked = try forked(proved: false)
        // Inside the bundle from 3 to 7: who holds it and who does not wait for the same.
        for length in [3, 7] as [UInt64] {
            var vine = forked.vine.holding { header in
                header.log != PaperVine.log("fay") || header.end <= 3 || (length == 7 && header.id == forked.left.head)
            }
            vine.forkNowhere("fay", at: [5])
            #expect(vine.length("fay") == length)
            #expect(vine.standing[PaperVine.log("fay")]?.limit == nil)
            #expect(vine.standing[PaperVine.log("fay")]?.forkedAt == 5)
        }
    }
}
