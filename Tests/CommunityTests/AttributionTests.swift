import AuthorLog
import Community
import Identity
import Testing

/// Who counts as having brought somebody, in small cases: each is folded in every way that `Stage` knows, and by the reference.
@Suite struct AttributionTests {
    private static let day: Int64 = 86_400_000

    /// Ana and Ben own ANA and BEN; both are members who write for themselves, and Kim keeps the books.
    private struct Cast {
        var stage: Stage
        let ana: Stage.Author
        let ben: Stage.Author
        let kim: Stage.Author

        init(windowDays: UInt32 = 0) throws {
            stage = try Stage(windowDays: windowDays)
            for name in ["ana", "ben"] { stage.register(name, name) }
            ana = stage.author(3, as: "ana")
            ben = stage.author(4, as: "ben")
            kim = stage.author(5, .treasurer, as: "kim")
        }

        func winner(_ name: String = "zoe") throws -> String? {
            let winner = try stage.folded().winner(of: stage.person(name))
            return ["ana", "ben", "cid", "kim", "zoe"].first { winner == stage.person($0) }
        }
    }

    // MARK: Evidence

    @Test func `what only a code's owner says counts once somebody else's record bears it out`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.ben, "zoe", "BEN")
        cast.stage.join(cast.ben, "zoe")
        #expect(try cast.winner() == nil)
        cast.stage.join(cast.ana, "zoe")
        #expect(try cast.winner() == "ben")
    }

    @Test func `a second key of the same member is the same member`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.ben, "zoe", "BEN")
        cast.stage.join(cast.stage.author(9, member: 4, as: "ben"), "zoe")
        #expect(try cast.winner() == nil)
        cast.stage.join(cast.stage.author(9, member: 9, as: "zoe"), "zoe")
        #expect(try cast.winner() == "ben")
    }

    @Test(arguments: [(-1, false), (0, true), (90 * day - 1, true), (90 * day, false)] as [(Int64, Bool)])
    func `a record bears a claim out from its time on and for 90 days`(offset: Int64, counts: Bool) throws {
        var cast = try Cast()
        let claimed = Stage.created + 10 * Self.day
        cast.stage.wait(days: 200)
        cast.stage.claim(cast.ben, "zoe", "BEN", at: claimed)
        cast.stage.join(cast.ana, "zoe", at: claimed + offset)
        #expect(try cast.winner() == (counts ? "ben" : nil))
    }

    @Test func `a pledge bears a claim out by its own date, and one dated ahead by when it was written`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.ben, "zoe", "BEN")
        cast.stage.wait(days: 200)
        try cast.stage.pledge("p", by: "zoe", at: cast.stage.now)
        #expect(try cast.winner() == nil)
        try cast.stage.pledge("p", by: "zoe", at: cast.stage.now - 150 * Self.day)
        #expect(try cast.winner() == "ben")
        var ahead = try Cast()
        ahead.stage.join(ahead.ana, "zoe", at: ahead.stage.now + 20 * Self.day)
        ahead.stage.wait(days: 1)
        ahead.stage.claim(ahead.ben, "zoe", "BEN")
        #expect(try ahead.winner() == nil)
    }

    @Test func `a payment bears a claim out whoever confirms it, until it is taken back`() throws {
        var cast = try Cast()
        let treasurer = cast.stage.author(4, .treasurer, as: "ben")
        let pledge = cast.stage.pledge("p")
        cast.stage.claim(treasurer, "zoe", "BEN")
        try cast.stage.say(treasurer, nil) {
            $0.moneyPledge = pledge
            $0.money = [.init(kind: .confirm, reference: "x", amount: try usd(5))]
        }
        #expect(try cast.winner() == nil)
        // Who pledged is told by an old record: no evidence by itself.
        cast.stage.wait(days: 300)
        try cast.stage.pledge("p", by: "zoe", at: cast.stage.now)
        #expect(try cast.winner() == "ben")
        cast.stage.money("p", [.init(kind: .confirm, reference: "x", isVoid: true)])
        #expect(try cast.winner() == nil)
    }

    @Test func `what bore a claim out cannot be written over`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.ben, "zoe", "BEN")
        cast.stage.join(cast.kim, "zoe")
        cast.stage.join(cast.ana, "zoe", at: Stage.created - 4_000 * Self.day)
        #expect(try cast.winner() == "ben")
    }

    @Test func `a joined claim stands before every said one, wherever they stand`() throws {
        var cast = try Cast()
        cast.stage.join(cast.kim, "zoe", at: Stage.created + 5)
        cast.stage.claim(cast.ben, "zoe", "BEN", at: Stage.created + 1)
        #expect(try cast.winner() == "ben")
        cast.stage.claim(cast.kim, "zoe", "ANA", at: Stage.created + 9)
        #expect(try cast.winner() == "ana")
        // What Ben says of Ana's code is no word of hers.
        cast.stage.claim(cast.ben, "zoe", "ANA", at: Stage.created + 3)
        #expect(try cast.winner() == "ana")
    }

    @Test func `evidence follows the code: whoever comes to own it only says so`() throws {
        var cast = try Cast()
        cast.stage.register("ben", "SHARED", at: Stage.created + 9)
        cast.stage.claim(cast.ana, "zoe", "SHARED")
        #expect(try cast.winner() == "ben")
        cast.stage.register("ana", "SHARED", at: Stage.created + 1)
        #expect(try cast.winner() == nil)
        cast.stage.join(cast.kim, "zoe")
        #expect(try cast.winner() == "ana")
    }

    // MARK: Rules other people wrote down

    @Test func `a second claim cannot move a person while the first stands`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.kim, "zoe", "BEN")
        try cast.stage.pledge("p", by: "zoe", code: "ANA", paid: 10)
        cast.stage.claim(cast.kim, "zoe", "ANA")
        #expect(try cast.winner() == "ben")
        #expect(
            try cast.stage.folded().credit(of: cast.stage.pledge("p"), .firstTouch) == cast.stage.person("ben"))
    }

    @Test func `self-referral never counts, whoever says so`() throws {
        var cast = try Cast()
        for author in [cast.ben, cast.ana, cast.kim] { cast.stage.claim(author, "ben", "BEN") }
        cast.stage.claim("ben", "BEN")
        #expect(try cast.winner("ben") == nil)
    }

    @Test func `the same claim twice brings nobody twice`() throws {
        var cast = try Cast()
        for author in [cast.kim, cast.ana] {
            cast.stage.claim(author, "zoe", "BEN", at: Stage.created + 1)
            cast.stage.claim(author, "zoe", "BEN", at: Stage.created + 1)
        }
        let store = try cast.stage.folded()
        #expect(store.ambassador(of: cast.stage.person("ben"))?.brought == 1)
        #expect(store.totals.attributedBackers == 1)
    }

    @Test func `of two ambassadors who claim one person while cut off the lower key wins, of one time`() throws {
        var cast = try Cast()
        cast.stage.join(cast.kim, "zoe", at: Stage.created + 7)
        for author in [cast.ben, cast.ana] {
            cast.stage.claim(author, "zoe", author.log == 3 ? "ANA" : "BEN", at: Stage.created + 5)
        }
        #expect(try cast.winner() == "ana")
    }

    @Test func `a past-dated claim that arrives late moves the person, and every figure with them`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.kim, "zoe", "BEN", at: Stage.created + 1_000)
        try cast.stage.pledge("p", by: "zoe", paid: 10)
        cast.stage.wait(days: 30)
        cast.stage.claim(cast.kim, "zoe", "ANA", at: Stage.created + 500)
        let store = try cast.stage.folded()
        #expect(store.ambassador(of: cast.stage.person("ben"))?.brought == 0)
        #expect(store.ambassador(of: cast.stage.person("ana"))?.brought == 1)
        #expect(store.tallies.filter { $0.key.attribution == .firstTouch }.map(\.value.paid) == [10])
        #expect(store.credit(of: cast.stage.pledge("p"), .firstTouch) == cast.stage.person("ana"))
    }

    @Test(arguments: 2...7) func `a circle of any length is cut at the edge of the highest place`(length: Int) throws {
        var stage = try Stage()
        let names = (0..<length).map { "c\($0)" }
        for name in names { stage.register(name, name) }
        for (index, name) in names.enumerated() {
            // The highest place is neither the first nor the last that is written.
            let at = Stage.created + Int64((index + length / 2) % length) + 1
            stage.claim(name, names[(index + 1) % length], at: at)
        }
        let store = try stage.folded()
        let cut = names.filter { store.ambassador(of: stage.person($0))?.isCut == true }
        #expect(cut == [names[length - 1 - length / 2]])
        #expect(store.ambassador(of: stage.person(cut[0]))?.reach == Int64(length - 1))
        #expect(names.allSatisfy { store.ambassador(of: stage.person($0))?.brought == 1 })
    }

    // MARK: Unlink

    @Test func `an unlinked person left the tree with all their money, and a later claim links them again`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.kim, "zoe", "BEN")
        cast.stage.claim(cast.kim, "zoe", "ANA")
        try cast.stage.pledge("p", by: "zoe", paid: 10)
        cast.stage.record("zoe") { $0.unlink = .init(at: nil) }
        var store = try cast.stage.folded()
        #expect(try cast.winner() == nil)
        #expect(store.totals.attributedBackers == 0 && store.totals.backers == 1)
        #expect(store.totals.money[cast.stage.rules.currency]?.paid == 10)
        #expect(store.tallies.isEmpty)
        #expect(store.ambassador(of: cast.stage.person("ben"))?.reach == 0)
        cast.stage.claim(cast.kim, "zoe", "ANA")
        store = try cast.stage.folded()
        #expect(try cast.winner() == "ana")
        #expect(store.tallies.filter { $0.key.attribution == .firstTouch }.map(\.value.paid) == [10])
    }

    @Test func `who is no steward takes back what he recorded, and nothing else`() throws {
        var cast = try Cast()
        cast.stage.claim("zoe", "ANA", at: Stage.created + 2)
        cast.stage.claim(cast.kim, "zoe", "BEN", at: Stage.created + 1)
        #expect(try cast.winner() == "ben")
        cast.stage.say(cast.ana, "zoe") { $0.unlink = .init(at: nil) }
        #expect(try cast.winner() == "ben")
        // By another key of his; the import stands.
        cast.stage.say(cast.stage.author(9, .treasurer, member: 5), "zoe") { $0.unlink = .init(at: nil) }
        #expect(try cast.winner() == "ana")
    }

    @Test func `a record that unlinks and claims links the person anew`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.kim, "zoe", "BEN")
        cast.stage.record("zoe") {
            $0.unlink = .init(at: nil)
            $0.claim = CodeText("ANA").map { .init(code: $0, at: nil) }
        }
        #expect(try cast.winner() == "ana")
    }

    @Test func `an unlink stands where it is claimed: what is later in place order counts`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.kim, "zoe", "BEN", at: Stage.created + 2_000)
        cast.stage.record("zoe") { $0.unlink = .init(at: Stage.created + 1_000) }
        #expect(try cast.winner() == "ben")
        cast.stage.record("zoe") { $0.unlink = .init(at: Stage.created + 3_000) }
        #expect(try cast.winner() == nil)
    }

    // MARK: Suspension

    @Test func `a claim on a suspended owner's code does not count, and later suspension moves nobody`() throws {
        var cast = try Cast()
        cast.stage.claim(cast.kim, "yan", "BEN")
        cast.stage.suspend("ben")
        cast.stage.claim(cast.kim, "zoe", "BEN")
        #expect(try cast.winner() == nil)
        #expect(try cast.winner("yan") == "ben")
        cast.stage.claim(cast.kim, "zoe", "ANA")
        cast.stage.suspend("ben", .lifted)
        cast.stage.claim(cast.kim, "xia", "BEN")
        #expect(try cast.winner() == "ana")
        #expect(try cast.winner("xia") == "ben")
        let store = try cast.stage.folded()
        #expect(store.ambassador(of: cast.stage.person("ben"))?.brought == 2)
        #expect(store.person(cast.stage.person("ben"))?.isSuspended == false)
    }

    @Test func `losing standing stops credit by the pledge's own date, and regaining it restores it from then on`()
        throws
    {
        var cast = try Cast()
        cast.stage.claim(cast.kim, "zoe", "BEN")
        cast.stage.wait(days: 1)
        let start = cast.stage.now
        cast.stage.suspend("ben")
        cast.stage.wait(days: 1)
        let end = cast.stage.now
        cast.stage.suspend("ben", .lifted)
        cast.stage.wait(days: 1)
        // What carries a code is found by it; what carries none by its backer.
        for (index, at) in [start - 1, start, end - 1, end].enumerated() {
            try cast.stage.pledge("p\(index)", by: "zoe", code: "BEN", at: at, paid: 10)
            try cast.stage.pledge("q\(index)", by: "zoe", at: at, paid: 100)
        }
        let store = try cast.stage.folded()
        let ben = cast.stage.person("ben")
        func credits(_ prefix: String, _ attribution: AttributionKind) -> [Bool] {
            (0..<4).map { store.credit(of: cast.stage.pledge("\(prefix)\($0)"), attribution) == ben }
        }
        for attribution in AttributionKind.allCases {
            #expect(credits("p", attribution) == [true, false, false, true])
        }
        #expect(credits("q", .firstTouch) == [true, false, false, true])
        #expect(try cast.winner() == "ben")
        let paid = Dictionary(uniqueKeysWithValues: store.tallies.map { ($0.key.attribution, $0.value.paid) })
        #expect(paid == [.firstTouch: 220, .lastTouch: 20])
        let suspended = store.totals.shares.filter { $0.key.share == .suspended }
            .map { ($0.key.attribution, $0.value.paid) }
        #expect(Dictionary(uniqueKeysWithValues: suspended) == [.firstTouch: 220, .lastTouch: 20])
    }

    @Test func `concurrent suspensions are settled by place, whatever came first`() throws {
        var cast = try Cast()
        let now = cast.stage.now
        let other = cast.stage.author(2, .steward)
        cast.stage.say(other, "ben", at: now) { $0.suspension = .lifted }
        // Of one time the higher member key stands later.
        cast.stage.say(cast.stage.author(1, .steward), "ben", at: now) { $0.suspension = .suspended }
        #expect(try cast.stage.folded().person(cast.stage.person("ben"))?.isSuspended == false)
        cast.stage.say(other, "ben", at: now + 1) { $0.suspension = .suspended }
        #expect(try cast.stage.folded().person(cast.stage.person("ben"))?.isSuspended == true)
    }

    @Test func `who owns no code yet may be suspended, and is so once he does`() throws {
        var stage = try Stage()
        stage.suspend("cid")
        stage.claim("zoe", "CID", at: Stage.created + 5_000)
        stage.register("cid", "CID")
        let store = try stage.folded()
        #expect(store.winner(of: stage.person("zoe")) == nil)
        #expect(store.person(stage.person("cid"))?.isSuspended == true)
    }

    @Test func `within the window a claim that does not count is passed over, and a suspended owner is not`() throws {
        var cast = try Cast(windowDays: 30)
        cast.stage.claim(cast.kim, "zoe", "ANA")
        cast.stage.wait(days: 1)
        cast.stage.claim(cast.ben, "zoe", "BEN")
        try cast.stage.pledge("p", by: "zoe", at: cast.stage.now)
        // What Ben says of himself stands behind what Kim says of Ana.
        #expect(try cast.stage.folded().credit(of: cast.stage.pledge("p"), .lastTouch) == cast.stage.person("ana"))
        cast.stage.claim(cast.kim, "zoe", "BEN")
        cast.stage.suspend("ben")
        try cast.stage.pledge("q", by: "zoe", at: cast.stage.now)
        let store = try cast.stage.folded()
        #expect(store.credit(of: cast.stage.pledge("q"), .lastTouch) == nil)
        #expect(store.credit(of: cast.stage.pledge("q"), .firstTouch) == cast.stage.person("ana"))
    }
}
