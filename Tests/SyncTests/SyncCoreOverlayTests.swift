import AuthorLog
import Identity
import Testing

@testable import Sync

/// One core, and what its peers say as HyParView and Plumtree.
@Suite struct SyncCoreOverlayTests {
    private let fixture: Fixture
    private let own: TestMember

    init() throws {
        fixture = try Fixture()
        own = try fixture.member(0)
    }

    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }
    private func id(_ number: Int) -> ConnectionID { ConnectionID(rawValue: UInt64(number)) }

    /// Knows the chains of members 1 to 200.
    private func core(listen: String? = nil) throws -> SyncCore {
        var chains: [MemberKey: KnownChain] = [:]
        for number in 1...200 {
            let member = try fixture.member(number)
            chains[member.memberKey] = KnownChain(hash: member.presentation.hash, expiresMilliseconds: 0)
        }
        var configuration = own.configuration(seed: 1)
        if let listen { configuration.listen = listen }
        return SyncCore(
            configuration: configuration, frontier: FrontierTree(), orders: [], knownChains: chains, at: at(0),
            wallMilliseconds: Fixture.wall)
    }

    /// Member n over connection n, called by us or calling.
    @discardableResult
    private func greet(
        _ core: inout SyncCore, _ number: Int, initiator: Bool = false, address: String? = nil, at now: UInt64 = 1
    ) throws -> [SyncCore.Effect] {
        let other = try fixture.member(number)
        _ = core.handle(
            .established(
                id(number), initiator: initiator, remoteKey: other.noiseKey, address: address ?? other.address),
            at: at(now), wallMilliseconds: Fixture.wall)
        let hello = Message.hello(other.hello(frontier: core.frontierHash))
        let greeted = hears(&core, hello, from: number, at: now)
        return initiator ? greeted : greeted + hears(&core, .peerRecords([other.record()]), from: number, at: now)
    }

    @discardableResult
    private func hears(
        _ core: inout SyncCore, _ message: Message, from number: Int, at now: UInt64 = 1
    ) -> [SyncCore.Effect] {
        core.handle(.received(message.encoded, from: id(number)), at: at(now), wallMilliseconds: Fixture.wall)
    }

    private func said(_ effects: [SyncCore.Effect], to number: Int? = nil) -> [Message] {
        effects.compactMap {
            guard case .send(let bytes, let to) = $0, number.map({ to == id($0) }) ?? true else { return nil }
            return try? Message(decoding: bytes)
        }
    }

    private func code(_ effects: [SyncCore.Effect]) -> UInt32? {
        effects.compactMap { if case .disconnect(_, let goodbye) = $0 { goodbye.code } else { nil } }.first
    }

    // MARK: Membership

    @Test func `a JOIN is accepted and announced to the other neighbours with the newcomer's own record`() throws {
        var core = try core()
        try greet(&core, 1)
        #expect(said(hears(&core, .neighbor(.low), from: 1)).first == .neighborReply(isAccepted: true))
        try greet(&core, 2)
        let effects = hears(&core, .join, from: 2)
        #expect(said(effects, to: 2).first == .neighborReply(isAccepted: true))
        #expect(said(effects, to: 1) == [.forwardJoin(try fixture.member(2).record(), timeToLive: 6)])
        #expect(core.links.count == 2 && core.tree.eager == [id(1), id(2)])
    }

    @Test func `a record in a FORWARDJOIN or a SHUFFLE that is forged is an offence`() throws {
        let forged = PeerRecord(
            content: try fixture.member(9).record().content, signature: try fixture.member(8).record().signature)
        let words: [Message] = [
            .forwardJoin(forged, timeToLive: 3), .shuffle([forged], timeToLive: 3, path: []),
            .shuffleReply([forged], path: []),
        ]
        for word in words {
            var core = try core()
            try greet(&core, 1)
            hears(&core, .neighbor(.low), from: 1)
            #expect(code(hears(&core, word, from: 1)) == Goodbye.Code.malformed.rawValue)
        }
    }

    @Test func `members of a shuffle enter the passive view by their records only, and nobody by the path`() throws {
        var core = try core()
        try greet(&core, 1)
        hears(&core, .neighbor(.low), from: 1)
        let records = try (11...14).map { try fixture.member($0).record() }
        // 300 is nobody whose chain is known.
        let stranger = try fixture.member(300)
        let effects = hears(
            &core,
            .shuffle(records + [stranger.record()], timeToLive: 1, path: [stranger.memberKey]), from: 1)
        #expect(said(effects, to: 1).contains(.shuffleReply([], path: [stranger.memberKey])))
        let known = Set(try (11...14).map { try fixture.member($0).memberKey })
        #expect(Set(core.membership.passive) == known)
        // They may be asked now: they are dialled, not all at once.
        #expect(Set(core.reaching.keys).isSubset(of: known) && core.reaching.count == 4)
        #expect(effects.count { if case .dial = $0 { true } else { false } } == 1)
    }

    @Test func `a newcomer announced before his chain is known is asked once it is`() throws {
        var core = try core()
        try greet(&core, 1)
        hears(&core, .neighbor(.low), from: 1)
        let newcomer = try fixture.member(300)
        let effects = hears(&core, .forwardJoin(newcomer.record(), timeToLive: 0), from: 1)
        #expect(said(effects).isEmpty && core.newcomers.count == 1 && core.reaching.isEmpty)
        let chain = KnownChain(hash: newcomer.presentation.hash, expiresMilliseconds: 0)
        _ = core.handle(
            .chainsLearned([(newcomer.memberKey, chain)]), at: at(2), wallMilliseconds: Fixture.wall)
        #expect(core.newcomers.isEmpty)
        #expect(core.reaching[newcomer.memberKey]?.question == .neighbor(.low))
        // Others wait ten seconds, and not more than 64 of them.
        for number in 301...400 {
            hears(&core, .forwardJoin(try fixture.member(number).record(), timeToLive: 0), from: 1, at: 50_000)
        }
        #expect(core.newcomers.count == Sync.Limits.waitingNewcomers)
        _ = core.handle(.wokeUp, at: at(60_000), wallMilliseconds: Fixture.wall)
        #expect(core.newcomers.isEmpty)
    }

    @Test func `of one peer 128 questions are read at once, and two a second later`() throws {
        var core = try core()
        try greet(&core, 1)
        func answers(_ count: Int, at now: UInt64) -> Int {
            (0..<count).reduce(0) { sum, _ in
                sum + said(hears(&core, .join, from: 1, at: now)).count { $0 == .neighborReply(isAccepted: true) }
            }
        }
        #expect(answers(Sync.Limits.membershipBurst, at: 1) == Sync.Limits.membershipBurst)
        #expect(answers(1, at: 1) == 0)
        #expect(answers(5, at: 1_001) == 2)
        // What ends a neighbourhood is always heard.
        hears(&core, .disconnect, from: 1, at: 1_001)
        #expect(core.links.isEmpty && core.peers.contains { $0.isConnected })
    }

    @Test func `twenty-eight guests have places of their own, the next is refused`() throws {
        var core = try core()
        for number in 1...Sync.Limits.guests {
            try greet(&core, number)
            #expect(said(hears(&core, .neighbor(.guest), from: number)).first == .neighborReply(isAccepted: true))
        }
        try greet(&core, 100)
        #expect(said(hears(&core, .neighbor(.guest), from: 100)).first == .neighborReply(isAccepted: false))
        #expect(core.membership.degree == 0 && core.tree.eager.count == Sync.Limits.guests)
        // The view is as free as before, and a newcomer is announced to no guest.
        try greet(&core, 101)
        let effects = hears(&core, .join, from: 101)
        #expect(said(effects).filter { if case .forwardJoin = $0 { true } else { false } }.isEmpty)
        #expect(core.membership.degree == 1)
    }

    @Test func `who asks on a wider network than the one on which he listens asks as a guest`() throws {
        let cases: [(listen: String, address: String, isGuest: Bool)] = [
            ("127.0.0.1:1", "127.0.0.1:2", false), ("127.0.0.1:1", "192.168.1.1:2", true),
            ("192.168.1.2:1", "192.168.1.1:2", false), ("192.168.1.2:1", "198.51.100.1:2", true),
            ("[::1]:1", "[2001:db8::1]:2", true), ("[fd00::1]:1", "[fd00::2]:2", false),
            ("198.51.100.2:1", "192.168.1.1:2", false), ("127.0.0.1:1", "example.org:2", true),
        ]
        for (listen, address, isGuest) in cases {
            var core = try core(listen: listen)
            let words = said(try greet(&core, 1, initiator: true, address: address))
            #expect(words.last == (isGuest ? .neighbor(.guest) : .join), "\(listen) \(address)")
        }
    }

    @Test func `a connection without neighbourhood ends after half a minute, and nobody is the worse for it`() throws {
        var core = try core()
        for number in 1...2 { try greet(&core, number) }
        hears(&core, .neighbor(.low), from: 2)
        var effects = core.handle(.wokeUp, at: at(30_000), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == nil)
        effects = core.handle(.wokeUp, at: at(30_001), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == Goodbye.Code.parting.rawValue)
        #expect(core.peers.filter(\.isConnected).map(\.connection) == [id(2)])
        #expect(!effects.contains { if case .ban = $0 { true } else { false } })
        // He who is pulling from us is not interrupted.
        try greet(&core, 3, at: 40_000)
        let want = Want(log: madeUpLog(1), from: 0, head: madeUpHead(0), to: 9)
        hears(&core, .pull(Pull(id: 1, wants: [want], credit: 1)), from: 3, at: 40_000)
        effects = core.handle(.wokeUp, at: at(70_001), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == nil)
    }

    @Test func `with a second connection to a neighbour the link goes over to it, and stays when the first ends`()
        throws
    {
        var core = try core()
        try greet(&core, 1)
        hears(&core, .neighbor(.low), from: 1)
        let (other, again) = (try fixture.member(1), id(900))
        _ = core.handle(
            .established(again, initiator: false, remoteKey: other.noiseKey, address: "x"), at: at(2),
            wallMilliseconds: Fixture.wall)
        hears(&core, .hello(other.hello(frontier: core.frontierHash)), from: 900, at: 2)
        hears(&core, .peerRecords([]), from: 900, at: 2)
        #expect(core.tree.eager == [again])
        // What comes over the old one is heard all the same.
        hears(&core, .prune, from: 1, at: 3)
        #expect(core.tree.lazy == [again])
        _ = core.handle(.closed(id(1)), at: at(4), wallMilliseconds: Fixture.wall)
        #expect(core.tree.lazy == [again] && core.membership.degree == 1)
        _ = core.handle(.closed(again), at: at(5), wallMilliseconds: Fixture.wall)
        #expect(core.tree.lazy.isEmpty && core.membership.degree == 0 && core.links.isEmpty)
    }

    // MARK: Broadcast

    @Test func `heads by who is no neighbour are pulled at once, by one in the tree too, by a lazy one after a while`()
        throws
    {
        let row = try FrontierRow.of(madeUpLog(1), 5)
        func pulls(_ prepare: (inout SyncCore) -> Void) throws -> (atOnce: Bool, later: [Message]) {
            var core = try core()
            try greet(&core, 1)
            prepare(&core)
            let now = said(hears(&core, .heads([row], hops: [1]), from: 1, at: 10))
            let later = said(core.handle(.wokeUp, at: at(110), wallMilliseconds: Fixture.wall))
            return (now.contains { if case .pull = $0 { true } else { false } }, later)
        }
        #expect(try pulls { _ in }.atOnce)
        #expect(try pulls { hears(&$0, .neighbor(.low), from: 1) }.atOnce)
        let lazy = try pulls {
            hears(&$0, .neighbor(.low), from: 1)
            hears(&$0, .prune, from: 1)
        }
        #expect(!lazy.atOnce && lazy.later.first == .graft)
        #expect(lazy.later.contains { if case .pull = $0 { true } else { false } })
    }

    @Test func `lengths that never come cost one GRAFT, and then a minute of deafness`() throws {
        var core = try core()
        try greet(&core, 1)
        hears(&core, .neighbor(.low), from: 1)
        hears(&core, .prune, from: 1)
        var grafts = 0
        var pulls = 0
        for now in stride(from: 10 as UInt64, to: 61_000, by: 100) {
            let rows = try (0..<20 as Range<UInt64>).map { try FrontierRow.of(madeUpLog(now * 20 + $0), 5) }
            var effects = hears(&core, .heads(rows, hops: rows.map { _ in 0 }), from: 1, at: now)
            effects += core.handle(.wokeUp, at: at(now + 50), wallMilliseconds: Fixture.wall)
            for message in said(effects) {
                if message == .graft { grafts += 1 }
                guard case .pull(let pull) = message else { continue }
                pulls += 1
                let unserved = pull.wants.map { Unserved(log: $0.log, reason: .notHeld, length: 0) }
                hears(&core, .pullDone(pull.id, unserved: unserved), from: 1, at: now + 60)
            }
        }
        print("a minute of lies: \(grafts) grafts, \(pulls) pulls")
        #expect(grafts <= 2 && pulls <= 4)
        #expect(core.tree.missing.count <= Sync.Limits.claimsPerLink)
    }

    @Test func `what is durable and not judged yet is nobody's broken promise`() throws {
        var core = try core()
        try greet(&core, 1)
        hears(&core, .neighbor(.low), from: 1)
        let row = try FrontierRow.of(madeUpLog(1), 5)
        hears(&core, .heads([row], hops: [0]), from: 1)
        #expect(core.tree.missing.count == 1)
        _ = core.handle(
            .ingested(id(1), pull: 1, log: row.log, byteCount: 9, .unsettled), at: at(2),
            wallMilliseconds: Fixture.wall)
        #expect(core.tree.missing.isEmpty)
        let later = core.handle(.wokeUp, at: at(5_000), wallMilliseconds: Fixture.wall)
        #expect(!said(later).contains(.prune))
    }

    /// Found by a reader: an import's second bundle was announced while the first was fetched, and lost with it for two seconds, in which
    /// the node said that it was up to date.
    @Test func `what is announced beyond what waits to be worked in is missing, and asked for as soon as that is done`()
        throws
    {
        var core = try core()
        try greet(&core, 1)
        hears(&core, .neighbor(.low), from: 1)
        let (first, second) = (try FrontierRow.of(madeUpLog(1), 5), try FrontierRow.of(madeUpLog(1), 9))
        let asked = said(hears(&core, .heads([first], hops: [0]), from: 1, at: 10))
        #expect(asked.contains { if case .pull = $0 { true } else { false } })
        hears(&core, .heads([second], hops: [0]), from: 1, at: 20)
        let head = RunHead(community: fixture.charter.id, log: first.log, firstPosition: 0, previous: madeUpHead(0))
        hears(&core, .run(pull: 1, RunWriter(head).bytes + [1]), from: 1, at: 25)
        _ = core.handle(
            .ingested(id(1), pull: 1, log: first.log, byteCount: 9, .unsettled), at: at(30),
            wallMilliseconds: Fixture.wall)
        hears(&core, .pullDone(1, unserved: []), from: 1, at: 40)
        #expect(core.shortfall?.updates == 9)
        let settled = core.handle(
            .grown([SyncCore.Growth(row: first, run: nil, origin: id(1))]), at: at(300),
            wallMilliseconds: Fixture.wall)
        #expect(core.shortfall?.updates == 4)
        let pulls = said(settled).compactMap { if case .pull(let pull) = $0 { pull } else { nil } }
        #expect(pulls.flatMap(\.wants).map(\.to) == [9])
    }

    /// As above, where the first bundle stands as soon as it is here: its author was taken for one who does not bring what he announces.
    @Test func `what is announced beyond what is fetched is fetched next, and is no broken promise`() throws {
        var core = try core()
        try greet(&core, 1)
        hears(&core, .neighbor(.low), from: 1)
        let (first, second) = (try FrontierRow.of(madeUpLog(1), 5), try FrontierRow.of(madeUpLog(1), 9))
        hears(&core, .heads([first], hops: [0]), from: 1, at: 10)
        hears(&core, .heads([second], hops: [0]), from: 1, at: 20)
        let head = RunHead(community: fixture.charter.id, log: first.log, firstPosition: 0, previous: madeUpHead(0))
        hears(&core, .run(pull: 1, RunWriter(head).bytes + [1]), from: 1, at: 25)
        var effects = hears(&core, .pullDone(1, unserved: []), from: 1, at: 30)
        effects += core.handle(
            .grown([SyncCore.Growth(row: first, run: nil, origin: id(1))]), at: at(40), wallMilliseconds: Fixture.wall)
        #expect(core.shortfall?.updates == 4)
        effects += core.handle(
            .ingested(id(1), pull: 1, log: first.log, byteCount: 9, .appended), at: at(41),
            wallMilliseconds: Fixture.wall)
        #expect(core.shortfall?.updates == 4)
        let pulls = said(effects).compactMap { if case .pull(let pull) = $0 { pull } else { nil } }
        #expect(pulls.flatMap(\.wants).map(\.to) == [9])
    }

    @Test func `pushes that the disk has not taken are bounded`() throws {
        var core = try core()
        try greet(&core, 1)
        let log = madeUpLog(1)
        let head = RunHead(community: fixture.charter.id, log: log, firstPosition: 0, previous: madeUpHead(0))
        let run = RunWriter(head).bytes + [UInt8](repeating: 1, count: 65_536 - RunHead.byteCount)
        let room = Sync.Limits.pushedIngestByteLimit / run.count
        func isTaken(at now: UInt64) -> Bool {
            hears(&core, .push(run, hop: 0), from: 1, at: now).contains {
                if case .ingest = $0 { true } else { false }
            }
        }
        for now in 0..<room { #expect(isTaken(at: UInt64(now) + 2)) }
        #expect(!isTaken(at: 100))
        _ = core.handle(
            .ingested(id(1), pull: 0, log: log, byteCount: run.count, .queued), at: at(101),
            wallMilliseconds: Fixture.wall)
        #expect(isTaken(at: 102))
        #expect(!isTaken(at: 103))
    }
}
