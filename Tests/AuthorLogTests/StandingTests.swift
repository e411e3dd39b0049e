import AuthorLog
import Identity
import Testing

/// Each case that 2-log.md, *Standing*, decides, by its name.
struct StandingTests {
    private typealias Paper = PaperVine

    /// The root's stewards ada and eve, ada's steward ben, ben's ambassador cem, eve's ambassador dan; all wrote something.
    private func community() throws -> PaperVine {
        var vine = try PaperVine()
        try vine.root(grants: "ada")
        try vine.root(grants: "eve")
        try vine.grant("ben", .steward, by: "ada")
        try vine.grant("cem", by: "ben")
        try vine.grant("dan", by: "eve")
        for name in ["ada", "eve", "ben", "cem", "dan"] { try vine.record(name, count: 4) }
        return vine
    }

    private func member(_ name: String, in vine: PaperVine) throws -> MemberStanding {
        try #require(vine.standing[PaperVine.key(name)])
    }

    private func keys(_ names: String...) -> [MemberKey] { names.map { PaperVine.key($0) } }

    // MARK: Delegation and expiry

    @Test func `nothing stands without a root's grant`() throws {
        #expect(try PaperVine().standing.logs.isEmpty)
        var vine = try community()
        #expect(vine.standing.logs.allSatisfy { $0.length > 0 && $0.ending == .open })
        #expect(vine.standing.sealer?.member == PaperVine.key("ada"))
        try vine.order(.revoke(Revocation(member: PaperVine.key("ada"), stays: [])))
        for name in ["ada", "ben", "cem"] { #expect(vine.length(name) == 0) }
        #expect(vine.length("dan") == 5)
    }

    @Test func `rights come down from the root, at most four people deep`() throws {
        var vine = try community()
        try vine.grant("s3", .steward, by: "ben")
        try vine.grant("s4", .steward, by: "s3")
        #expect(try member("s4", in: vine).stewardDepth == 3)
        #expect(try member("s4", in: vine).chain == keys("ada", "ben", "s3"))
        let fifth = try vine.grant("five", .observer, by: "s4", presented: false)
        try vine.root(grants: "late", .observer)
        #expect(vine.standing[fifth]?.isGiving == false)
        #expect(vine.standing[PaperVine.key("five")] == nil)
        #expect(try member("cem", in: vine).role == .ambassador)
        #expect(try member("cem", in: vine).depth == 2)
    }

    @Test func `the shortest chain counts, and the lower hash of two`() throws {
        var vine = try community()
        try vine.grant("cem", .observer, by: "eve", presented: false)
        let cem = try member("cem", in: vine)
        #expect(cem.chain == keys("eve"))
        #expect(cem.role == .ambassador)
        let one = try vine.grant("fay", by: "ada"), other = try vine.grant("fay", by: "eve")
        #expect(try member("fay", in: vine).chain == keys(one < other ? "ada" : "eve"))
    }

    @Test func `what a steward wrote after his right ended has no power`() throws {
        var vine = try community()
        try vine.grant("fay", .steward, by: "ada", expires: vine.milliseconds + 1_000)
        try vine.grant("gus", by: "fay")
        vine.wait(2_000)
        // Authentic by another right that is still valid.
        try vine.grant("fay", .observer, by: "eve")
        try vine.grant("hal", by: "fay")
        try vine.revoke("cem", by: "fay")
        #expect(vine.length("gus") == 1)
        #expect(vine.standing[PaperVine.key("hal")] == nil)
        #expect(vine.length("cem") == 5)
    }

    @Test func `a right holds from where it was presented`() throws {
        var vine = try community()
        try vine.grant("fay", .observer, by: "ada")
        try vine.grant("fay", .steward, by: "ada", presented: false)
        try vine.grant("gus", by: "fay")
        try vine.present("fay")
        try vine.grant("hal", by: "fay")
        #expect(vine.length("gus") == 0)
        #expect(vine.length("hal") == 1)
        #expect(try member("fay", in: vine).stewardDepth == 1)
    }

    @Test func `what is written under a deeper right has that right's level only`() throws {
        var vine = try community()
        try vine.grant("fay", .steward, by: "ada")
        try vine.grant("gus", .steward, by: "ada", expires: vine.milliseconds + 1_000)
        try vine.grant("hal", .steward, by: "gus")
        try vine.invite("council", .steward, by: "gus")
        try vine.use("council", "ivy")
        vine.wait(2_000)
        try vine.grant("gus", .steward, by: "fay")
        try vine.revoke("hal", by: "gus")
        try vine.write(
            "gus", [.admit(Admit(inviteKey: PaperVine.inviteKey("council"), members: [PaperVine.key("ivy")]))])
        #expect(vine.length("hal") == 1)
        #expect(try member("ivy", in: vine).stewardDepth == nil)
        try vine.revoke("cem", by: "gus")
        #expect(vine.length("cem") == 0)
    }

    @Test func `a bundle was written under the strongest standing right presented before it`() throws {
        var vine = try community()
        try vine.grant("fay", .observer, by: "eve")
        try vine.grant("fay", .treasurer, by: "ben", expires: vine.milliseconds + 1_000)
        try vine.record("fay", count: 3)
        let time = try #require(HybridTime(milliseconds: vine.milliseconds))
        let late = try #require(HybridTime(milliseconds: vine.milliseconds + 2_000))
        func role(_ time: HybridTime, _ position: UInt64) throws -> Role? {
            try #require(vine.standing[PaperVine.log("fay")]).right(at: time, position: position)?.right.role
        }
        #expect(try role(time, 0) == nil)
        #expect(try role(time, 1) == .observer)
        #expect(try role(time, 2) == .treasurer)
        #expect(try role(late, 2) == .observer)
        try vine.revoke("ben", by: "ada")
        #expect(try role(time, 2) == .observer)
        let log = try #require(vine.standing[PaperVine.log("fay")])
        #expect(try log.row() == FrontierRow(log: log.log, length: 5, head: log.head))
        #expect(try #require(vine.standing[PaperVine.log("ben")]).row() == nil)
    }

    // MARK: Revocation

    @Test func `a revocation names what stays of each incarnation, and beats any claimed time`() throws {
        var vine = try community()
        let three = try vine.record("cem", count: 2)
        try vine.present("cem", 2)
        try vine.revoke("cem", stays: [PaperVine.stay(1, three)], by: "eve")
        let before = vine.standing
        // Later arrivals, whatever they claim.
        try vine.record("cem", count: 9)
        try vine.record("cem", 2, count: 9)
        try vine.present("cem", 3)
        #expect(before[PaperVine.log("cem")]?.length == 7)
        for (number, length) in [(1, 7), (2, 0), (3, 0)] as [(UInt16, UInt64)] {
            #expect(vine.length("cem", number) == length)
            #expect(
                vine.standing[PaperVine.log("cem", number)]?.ending == .cut(by: .steward(PaperVine.key("eve"))))
        }
        #expect(try member("cem", in: vine).isRevoked)
    }

    @Test func `a length inside a bundle means the end of the bundle before`() throws {
        var vine = try community()
        let end = try vine.record("cem", count: 10)
        try vine.revoke(
            "cem", stays: [PaperVine.stay(1, BranchPoint(length: end.length - 3, head: end.head))], by: "ada")
        #expect(vine.length("cem") == 5)
        #expect(vine.standing[PaperVine.log("cem")]?.limit == 12)
    }

    @Test func `of concurrent revocations the shortest cut counts, and each steward's last word`() throws {
        var vine = try community()
        let five = try #require(vine.heads[PaperVine.log("cem")])
        let seven = try vine.record("cem", count: 2), nine = try vine.record("cem", count: 2)
        try vine.revoke("cem", stays: [PaperVine.stay(1, seven)], by: "ada")
        try vine.revoke("cem", stays: [PaperVine.stay(1, nine)], by: "eve")
        #expect(vine.length("cem") == 7)
        try vine.revoke("cem", stays: [PaperVine.stay(1, five)], by: "ben")
        #expect(vine.length("cem") == 5)
        try vine.revoke("cem", stays: [PaperVine.stay(1, nine)], by: "ben")
        #expect(vine.length("cem") == 7)
        try vine.revoke("cem", stays: [PaperVine.stay(1, nine)], by: "ada")
        #expect(vine.length("cem") == 9)
        #expect(
            try member("cem", in: vine).flags == [.revoked(by: keys("ada", "ben", "eve").sorted().map { .steward($0) })]
        )
    }

    @Test func `a steward falls only to those on his chain`() throws {
        for (revoker, falls) in [("ada", true), ("eve", false), ("cem", false), ("ben", false)] {
            var vine = try community()
            try vine.revoke("ben", by: revoker)
            for name in ["ben", "cem"] {
                #expect(vine.length(name) == (falls ? 0 : vine.heads[PaperVine.log(name)]?.length))
            }
        }
    }

    @Test func `a steward whom two made falls to both together, at the further of their cuts`() throws {
        var vine = try community()
        let before = try #require(vine.heads[PaperVine.log("ben")])
        try vine.record("ben")
        // Whatever the hash of her grant: it gives her nothing of what ada gave.
        try vine.grant("ben", .steward, by: "eve", presented: false)
        try vine.revoke("ben", by: "eve")
        #expect(vine.length("ben") == 7)
        #expect(try member("ben", in: vine).flags.isEmpty)
        try vine.revoke("ben", stays: [PaperVine.stay(1, before)], by: "ada")
        #expect(vine.length("ben") == 6)
        #expect(
            try member("ben", in: vine).flags == [.revoked(by: keys("ada", "eve").sorted().map { .steward($0) })])
    }

    @Test func `stewards who revoke each other both stay, and the one above wins`() throws {
        var vine = try community()
        try vine.revoke("eve", by: "ada")
        try vine.revoke("ada", by: "eve")
        #expect(vine.length("ada") == 7)
        #expect(vine.length("eve") == 7)
        try vine.revoke("ada", by: "ben")
        try vine.revoke("ben", by: "ada")
        #expect(vine.length("ada") == 8)
        #expect(vine.length("ben") == 0)
    }

    @Test func `retraction restores exactly what would be without it`() throws {
        let without = try community()
        var vine = without
        let good = try #require(vine.heads[PaperVine.log("eve")])
        // A bad steward cuts everybody; the root undoes it.
        for name in ["ada", "ben", "cem", "dan"] { try vine.revoke(name, by: "eve") }
        #expect(vine.length("cem") == 0)
        #expect(vine.length("ben") == 6)
        try vine.order(.revoke(Revocation(member: PaperVine.key("eve"), stays: [PaperVine.stay(1, good)])))
        let (undone, expected) = (vine.standing, without.standing)
        for log in expected.logs where log.log.member != PaperVine.key("eve") { #expect(undone[log.log] == log) }
        #expect(undone[PaperVine.log("eve")]?.length == expected[PaperVine.log("eve")]?.length)
        for member in expected.members where member.key != PaperVine.key("eve") {
            #expect(undone[member.key] == member)
        }
        #expect(undone.acts == expected.acts)
    }

    @Test func `the root's word on a key replaces every steward's, and his later one the earlier`() throws {
        var vine = try community()
        let five = try #require(vine.heads[PaperVine.log("cem")])
        let seven = try vine.record("cem", count: 2)
        try vine.revoke("cem", by: "ada")
        try vine.order(.revoke(Revocation(member: PaperVine.key("cem"), stays: [PaperVine.stay(1, seven)])))
        #expect(vine.length("cem") == 7)
        try vine.order(.revoke(Revocation(member: PaperVine.key("cem"), stays: [PaperVine.stay(1, five)])))
        #expect(vine.length("cem") == 5)
        try vine.order(.revoke(Revocation(member: PaperVine.key("cem"), stays: [])), serial: 1)
        #expect(vine.length("cem") == 5)
    }

    @Test func `of two orders with one serial the lower hash counts`() throws {
        let vine = try community()
        let points = try ["x", "y"].map { name -> Revocation.Stay in
            var other = vine
            let point = try other.record("cem", count: name == "x" ? 1 : 2)
            return PaperVine.stay(1, point)
        }
        var orders: [RootOrder] = []
        var both = vine
        for stay in points {
            orders.append(try both.order(.revoke(Revocation(member: PaperVine.key("cem"), stays: [stay])), serial: 9))
        }
        let lower = orders[0].hash < orders[1].hash ? 0 : 1
        try both.record("cem", count: 3)
        #expect(both.standing[PaperVine.log("cem")]?.limit == points[lower].length)
    }

    @Test func `grants and invites beyond their issuer's cut give nothing`() throws {
        var vine = try community()
        let before = try #require(vine.heads[PaperVine.log("ben")])
        try vine.grant("fay", by: "ben")
        try vine.invite("party", by: "ben")
        try vine.use("party", "gus")
        #expect(vine.length("fay") == 1)
        #expect(vine.length("gus") == 1)
        try vine.revoke("ben", stays: [PaperVine.stay(1, before)], by: "ada")
        #expect(vine.length("cem") == 5)
        for name in ["fay", "gus"] {
            #expect(vine.length(name) == 0)
            #expect(vine.standing[PaperVine.log(name)]?.ending == .noRight)
        }
        // Another chain holds him up.
        try vine.grant("fay", by: "eve")
        #expect(vine.length("fay") == 2)
    }

    @Test func `a sealed length stays, but for the root`() throws {
        var vine = try community()
        let sealed = try #require(vine.heads[PaperVine.log("cem")])
        try vine.record("cem", count: 3)
        vine.seal("cem", at: sealed)
        try vine.revoke("cem", by: "eve")
        #expect(vine.length("cem") == 5)
        let one = BranchPoint(length: 1, head: sealed.head)
        try vine.order(.revoke(Revocation(member: PaperVine.key("cem"), stays: [PaperVine.stay(1, one)])))
        #expect(vine.length("cem") == 1)
    }

    // MARK: Invites

    @Test func `an overused ticket admits eight for one, the lowest key hashes, and flags all but its uses`() throws {
        var vine = try community()
        let id = try vine.invite("copied", by: "ben")
        let names = (0..<12).map { "guest \($0)" }
        for name in names { try vine.use("copied", name) }
        let byHash = names.sorted { MemberID(firstKey: PaperVine.key($0)) < MemberID(firstKey: PaperVine.key($1)) }
        for (index, name) in byHash.enumerated() {
            #expect(vine.length(name) == (index < 8 ? 1 : 0))
            let flags = vine.standing[PaperVine.key(name)]?.flags
            #expect(flags == (index == 0 ? [] : index < 8 ? [.overUsed(invite: id)] : [.refused(invite: id)]))
        }
        // Named, the last one is in; the others keep their eight places.
        let last = try #require(byHash.last)
        try vine.write("eve", [.admit(Admit(inviteKey: PaperVine.inviteKey("copied"), members: [PaperVine.key(last)]))])
        #expect(vine.length(last) == 1)
        #expect(try member(last, in: vine).flags.isEmpty)
        #expect(try member(byHash[0], in: vine).flags == [.overUsed(invite: id)])
        // Revoked, only those named stay.
        let stays = [PaperVine.key(byHash[3]), PaperVine.key(byHash[10])]
        try vine.write("ada", [.revoke(Revocation(inviteKey: PaperVine.inviteKey("copied"), stays: stays))])
        for (index, name) in byHash.enumerated() { #expect(vine.length(name) == ([3, 10].contains(index) ? 1 : 0)) }
        #expect(vine.standing.invites.first { $0.id == id }?.isRevoked == true)
        #expect(vine.standing.invites.first { $0.id == id }?.admitted == stays.sorted())
    }

    @Test func `whose key is cut before he used the ticket takes no place of it`() throws {
        var vine = try community()
        try vine.invite("copied", by: "ben")
        let names = (0..<9).map { "guest \($0)" }
            .sorted { MemberID(firstKey: PaperVine.key($0)) < MemberID(firstKey: PaperVine.key($1)) }
        for name in names { try vine.use("copied", name) }
        #expect(vine.length(names[8]) == 0)
        try vine.revoke(names[2], by: "ada")
        #expect(vine.length(names[8]) == 1)
    }

    @Test func `a ticket makes a steward with power only of whom its issuer, or somebody above, names`() throws {
        for (admitter, hasPower) in [(nil, false), ("ben", true), ("ada", true), ("eve", false)] as [(String?, Bool)] {
            var vine = try community()
            let id = try vine.invite("council", .steward, by: "ben")
            try vine.use("council", "fay")
            try vine.grant("gus", by: "fay")
            try vine.revoke("dan", by: "fay")
            if let admitter {
                let admit = try Admit(inviteKey: PaperVine.inviteKey("council"), members: [PaperVine.key("fay")])
                try vine.write(admitter, [.admit(admit)])
            }
            let fay = try member("fay", in: vine)
            #expect(fay.role == .steward)
            #expect(fay.stewardDepth == (hasPower ? 2 : nil))
            #expect(fay.flags == (hasPower ? [] : [.awaitsAdmit(invite: id)]))
            #expect(vine.length("gus") == (hasPower ? 1 : 0))
            #expect(vine.length("dan") == (hasPower ? 0 : 5))
            // Without it, he is to revokers like any member.
            try vine.revoke("fay", by: "eve")
            #expect(vine.length("fay") == (hasPower ? 3 : 0))
        }
    }

    // MARK: Incarnations

    @Test func `of a key 64 incarnations count, the lowest numbers, and the member is flagged`() throws {
        var vine = try community()
        for number in 2...70 as ClosedRange<UInt16> { try vine.present("cem", 71 - number + 1) }
        for number in 1...71 as ClosedRange<UInt16> {
            #expect(vine.length("cem", number) == (number == 1 ? 5 : number <= 64 ? 1 : number <= 70 ? 0 : nil))
        }
        let last = PaperVine.log("cem", 70)
        #expect(vine.standing[last]?.ending == .tooManyIncarnations)
        #expect(try member("cem", in: vine).flags == [.incarnations(count: 70)])
        vine.seal("cem", 70, at: try #require(vine.heads[last]))
        #expect(vine.length("cem", 70) == 1)
        #expect(vine.length("cem", 64) == 0)
    }

    @Test func `a steward's 65th incarnation has no power`() throws {
        var vine = try community()
        for number in 2...66 as ClosedRange<UInt16> { try vine.present("ben", number) }
        try vine.grant("fay", by: "ben", 64)
        try vine.grant("gus", by: "ben", 65)
        #expect(vine.length("fay") == 1)
        #expect(vine.length("gus") == 0)
    }

    // MARK: Keys that follow keys

    @Test func `a stolen key is replaced, and history, codes and credit are kept`() throws {
        var vine = try community()
        let mine = try #require(vine.heads[PaperVine.log("cem")])
        // The thief writes on, also in a new incarnation.
        try vine.record("cem", count: 50)
        try vine.present("cem", 2)
        try vine.revoke("cem", stays: [PaperVine.stay(1, mine)], by: "ben")
        try vine.grant("cem's new key", by: "ben", memberOf: "cem")
        #expect(vine.length("cem") == 5)
        #expect(vine.length("cem", 2) == 0)
        let successor = try member("cem's new key", in: vine)
        #expect(successor.flags.isEmpty)
        #expect(successor.rights.map(\.right.memberID) == [MemberID(firstKey: PaperVine.key("cem"))])
        #expect(try member("cem", in: vine).rights.map(\.right.memberID) == successor.rights.map(\.right.memberID))
    }

    @Test func `a member id is given on by its first issuer, by those above him, or by the root`() throws {
        let id = MemberID(firstKey: PaperVine.key("cem"))
        for (issuer, mayGive) in [("ben", true), ("ada", true), ("eve", false)] {
            var vine = try community()
            // Who grants cem something later did not bring him.
            try vine.grant("cem", .observer, by: "eve")
            try vine.grant("machine", by: issuer, memberOf: "cem")
            let machine = try member("machine", in: vine)
            #expect(machine.rights.map(\.right.memberID) == [mayGive ? id : MemberID(firstKey: machine.key)])
            #expect(machine.flags == (mayGive ? [] : [.borrowedMemberID(id)]))
            #expect(vine.length("machine") == 1)
        }
        var vine = try community()
        try vine.order(.grant(Grant(subject: PaperVine.key("machine"), role: .ambassador, memberID: id)))
        #expect(try member("machine", in: vine).rights.map(\.right.memberID) == [id])
    }

    // MARK: Roots and the network key

    @Test func `a successor retires the root, and keeps the orders that it names`() throws {
        var vine = try PaperVine()
        try vine.root(grants: "ada")
        try vine.root(grants: "eve")
        let kept = vine.evidence.orders[0]
        try vine.succeed(by: "successor", next: "third", stays: [kept])
        #expect(vine.standing.line.keys.count == 2)
        #expect(vine.length("ada") == 1)
        #expect(vine.length("eve") == 0)
        // The thief of the old root says what he likes.
        vine.rootName = nil
        try vine.order(.revoke(Revocation(member: PaperVine.key("ada"), stays: [])), serial: .max)
        #expect(vine.length("ada") == 1)
        vine.rootName = "successor"
        try vine.order(.revoke(Revocation(member: PaperVine.key("ada"), stays: [])), serial: 1)
        #expect(vine.length("ada") == 0)
        // Nobody announced this one.
        try vine.succeed(by: "stranger", next: "third", retired: "successor", stays: [])
        #expect(vine.standing.line.keys.count == 2)
        try vine.succeed(by: "third", next: "third", retired: "successor", stays: [kept])
        #expect(vine.standing.line.keys.count == 3)
        #expect(vine.length("ada") == 1)
        try vine.succeed(by: "third", next: "successor", retired: "third", stays: [])
        #expect(vine.standing.line.keys.count == 3)
    }

    @Test func `the network key in force comes with the two before it`() throws {
        var vine = try community()
        #expect(vine.standing.networkKeys.isEmpty)
        for number in 1...4 as ClosedRange<UInt64> {
            try vine.order(
                .networkKey(NetworkKeyName(number: number, hash: #require(Hash256(World.bytes32("\(number)"))))))
        }
        #expect(vine.standing.networkKeys.map(\.number) == [4, 3, 2])
    }

    @Test func `an order shown in a presentation counts as held, and one of a later kind is ignored`() throws {
        var vine = try community()
        vine = vine.withoutOrders()
        #expect(vine.length("cem") == 5)
        let later = try RootOrder(decoding: Proto.number(1, 4) + Proto.number(2, 77) + Proto.bytes(3, [1, 2]))
        let before = vine.standing
        vine = vine.withoutOrders([later])
        #expect(vine.standing.logs == before.logs)
        #expect(vine.standing.members == before.members)
    }

    @Test func `only the root ends the sealer`() throws {
        var vine = try community()
        try vine.order(.sealer(Sealer(member: PaperVine.key("ben"), lastSeal: Hash256(raw: .zero))))
        try vine.revoke("ben", by: "ada")
        #expect(vine.length("ben") == 6)
        #expect(vine.standing.sealer?.member == PaperVine.key("ben"))
    }
}

extension PaperVine {
    fileprivate func withoutOrders(_ orders: [RootOrder] = []) -> PaperVine {
        var vine = self
        vine.replace(orders: orders)
        return vine
    }
}
