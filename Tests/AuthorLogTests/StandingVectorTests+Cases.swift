import AuthorLog
import Identity
import Testing

extension StandingVectorTests {
    // MARK: Power

    func powers() throws -> Case {
        var vine = try community()
        try vine.grant("fay", .steward, by: "ada", expires: vine.milliseconds + 10 * World.minute)
        try vine.grant("gus", by: "fay")
        vine.wait(minutes: 20)
        // Authentic by another right, and without power.
        try vine.grant("fay", .observer, by: "eve")
        try vine.write("fay", [revoke("cem")])
        try vine.grant("hal", .observer, by: "ada")
        try vine.grant("hal", .steward, by: "eve", presented: false)
        try vine.grant("ivy", by: "hal")
        try vine.write("hal", [revoke("dan")])
        try vine.present("hal")
        try vine.grant("jan", by: "hal")
        return ("power ends with its right, and begins where that is presented", vine)
    }

    func deep() throws -> Case {
        var vine = try community()
        try vine.grant("s3", .steward, by: "ben")
        try vine.grant("s4", .steward, by: "s3")
        try vine.grant("five", by: "s4", presented: false)
        // What s4 shows is short; in his log it is written under the long one.
        try vine.root(grants: "s4", presented: false)
        try vine.grant("six", by: "s4")
        // Here the short one is presented, too: level 0.
        try vine.present("s4")
        try vine.grant("seven", by: "s4")
        return ("at most four people deep, by where an operation acts and not by what is shown", vine)
    }

    func manyLogs() throws -> Case {
        var vine = try community()
        for number in 2...66 as ClosedRange<UInt16> { try vine.present("ada", as: "ada \(number)", number) }
        try vine.grant("fay", by: "ada 64")
        try vine.grant("gus", by: "ada 65")
        return ("of a steward's 66 logs the first 64 count, and grants in the others give nothing", vine)
    }

    // MARK: The root

    func rootWords() throws -> Case {
        var vine = try community()
        try vine.record("cem", 2)
        try vine.branch("cem", as: "cem's other branch")
        let left = try vine.record("cem", 3)
        let right = try vine.record("cem's other branch", 5)
        try vine.prove("cem", "cem's other branch", after: 2)
        let fork = Fork(try #require(vine.forks.last))
        try vine.write(
            "eve", [Operation(Choice(log: fork.log, fork: fork.id, length: left.length, head: left.head))])
        try vine.order(.choose(Choice(log: fork.log, fork: fork.id, length: right.length, head: right.head)))
        let invite = try World.key("fair invite")
        try vine.invite(invite, .observer, uses: 5, by: "ben", admitting: ["gus", "hal"])
        try vine.write("eve", [Operation(Revocation(inviteKey: invite.publicKey(), stays: [key("gus")]))])
        try vine.order(.revoke(Revocation(inviteKey: invite.publicKey(), stays: [key("hal")])))
        // Of one serial two about dan, and a lower one later.
        let (short, long) = (try vine.record("dan", 1), try vine.record("dan", 2))
        try vine.record("dan", 3)
        for point in [short, long] {
            try vine.order(.revoke(Revocation(member: key("dan"), stays: [stay(point)])), serial: 900)
        }
        try vine.order(.revoke(Revocation(member: key("dan"), stays: [])), serial: 899)
        return ("the root chooses and revokes against stewards; two of its orders about one key", vine)
    }

    func succeededTwice() throws -> Case {
        var vine = try community()
        let third = try World.key("third")
        func succession(of retired: RootKey, _ stays: [SignedRootOrder], next: String) throws -> RootOrder.Content {
            .succession(
                try Succession(
                    retired: retired, stays: stays.map(\.hash),
                    nextKeyHash: Charter.hash(ofSuccessor: World.key(next).publicKey())))
        }
        let root = vine.world.charter.rootKey
        let first = try vine.order(
            succession(of: root, [vine.orders[0]], next: "third"), by: vine.world.successor)
        try vine.root(grants: "hal", by: vine.world.successor)
        let kept = try #require(vine.orders.last)
        try vine.order(succession(of: vine.world.successor.publicKey(), [kept], next: "fourth"), by: third)
        try vine.root(grants: "ivy", by: third, successions: [first])
        try vine.grant("jan", by: "ivy")
        try vine.grant("kim", by: "hal")
        return ("a third root, which keeps an order of the second and none of the first", vine)
    }

    // MARK: Cuts

    func lastWords() throws -> Case {
        var vine = try community()
        let one = try vine.record("cem", 1), two = try vine.record("cem", 2), three = try vine.record("cem", 3)
        for point in [one, three] { try vine.write("eve", [revoke("cem", [stay(point)])]) }
        for point in [three, two] { try vine.write("ben", [revoke("cem", [stay(point)])]) }
        let mine = try vine.record("dan", 1)
        // In one bundle: the later place counts.
        try vine.write("ada", [revoke("dan"), revoke("dan", [stay(mine)])])
        return ("several revocations by one steward: his last word counts, and the shortest of theirs", vine)
    }

    func twiceMade() throws -> Case {
        var vine = try community()
        try vine.grant("fay", .steward, by: "ada")
        for name in ["ada", "eve"] { try vine.grant("gus", .steward, by: name, presented: name == "ada") }
        // He is gus's fellow, and grants him once more: of a greater depth, so nothing of it.
        try vine.grant("gus", .steward, by: "fay", presented: false)
        let short = try vine.record("gus", 1), long = try vine.record("gus", 2)
        try vine.record("gus", 3)
        for name in ["eve", "fay"] {
            try vine.write(name, [revoke("gus", [stay(name == "eve" ? long : short)]), revoke("ben")])
        }
        try vine.write("ada", [revoke("gus", [stay(short)])])
        return ("a steward by two falls to both, at the further cut; granting him again gives nothing over him", vine)
    }

    func headed() throws -> Case {
        var vine = try community()
        for name in ["cem", "dan"] {
            try vine.record(name, 2)
            try vine.branch(name, as: name + "'s other branch")
            let left = try vine.record(name, 3)
            let right = try vine.record(name + "'s other branch", 1)
            let far = try vine.record(name + "'s other branch", 5)
            try vine.prove(name, name + "'s other branch", after: 2)
            let fork = Fork(try #require(vine.forks.last))
            try vine.write(
                "ada", [Operation(Choice(log: fork.log, fork: fork.id, length: left.length, head: left.head))])
            // Inside the far bundle; or, of dan's log, of a branch that nobody holds.
            let head = name == "cem" ? far.head : try #require(Hash256(World.bytes32("nobody's")))
            let point = BranchPoint(length: right.length + (name == "cem" ? 2 : 0), head: head)
            try vine.write("eve", [revoke(name, [stay(point)])])
        }
        return ("a cut's head decides at a fork, before a choice does; one that is not held does not", vine)
    }

    func hiddenForks() throws -> Case {
        var vine = try community()
        for name in ["cem", "dan", "ben"] {
            let common = try vine.record(name, 2).length
            try vine.branch(name, as: name + "'s other branch")
            let left = try vine.record(name, 3)
            try vine.record(name + "'s other branch", 5)
            // Two branches that are held need no proof.
            guard name != "ben" else { continue }
            let count = vine.bundleCount(name) - 1
            try vine.prove(name, name + "'s other branch", after: count)
            let choice = try Choice(
                log: World.log(try World.key(name)), fork: Fork(try #require(vine.forks.last)).id, length: left.length,
                head: left.head)
            try vine.write("ada", [Operation(choice)])
            try vine.record(name, 2)
            for number in 0..<64 { try vine.proveNowhere(name, at: common - (number == 9 ? 1 : 0), number) }
            if name == "dan" { try vine.write("eve", [revoke(name, [stay(left)])]) }
        }
        return ("64 forks after bundles that nobody has: the lowest ends the log, but for what a cut names", vine)
    }

    // MARK: Logs without a row

    func unnamed() throws -> Case {
        var vine = try community()
        let invite = try World.key("council invite")
        try vine.invite(invite, .steward, uses: 4, by: "ben", admitting: ["fay", "gus", "hal"])
        try vine.write("ben", [Operation(Admit(inviteKey: invite.publicKey(), members: [key("fay"), key("gus")]))])
        for name in ["fay", "gus", "hal"] { try vine.grant(name + "'s friend", by: name) }
        try vine.write("ada", [Operation(Revocation(inviteKey: invite.publicKey(), stays: [key("fay")]))])
        try vine.lose("hal")
        return ("a revoked invite to stewards: one stays, one goes, one was never named and his log is not held", vine)
    }

    func crowded() throws -> Case {
        var vine = try community()
        let invite = try World.key("copied invite")
        let guests = try (0..<9).map { "guest \($0)" }
            .sorted { try MemberID(firstKey: key($0)) < MemberID(firstKey: key($1)) }
        try vine.invite(invite, .steward, uses: 1, by: "ben", admitting: guests)
        for name in [guests[0], guests[8]] { try vine.grant(name + "'s friend", by: name) }
        // Another right of the one who is refused, which he never presented; his friend shows that.
        try vine.grant(guests[8], .steward, by: "eve", presented: false)
        try vine.grant("late friend", by: guests[8])
        return ("grants by who is admitted without power, and by who is one too many", vine)
    }

    func unheld() throws -> Case {
        var vine = try community()
        let before = try vine.record("ben", 1)
        try vine.grant("fay", by: "ben")
        try vine.grant("s3", .steward, by: "eve")
        try vine.grant("gus", .steward, by: "s3")
        try vine.grant("hal", by: "gus")
        try vine.write("gus", [revoke("dan")])
        try vine.write("ada", [revoke("ben", [stay(before)])])
        for name in ["ben", "s3"] { try vine.lose(name) }
        return ("what is granted in logs that are not held stands up to their cuts, and has no power", vine)
    }
}
