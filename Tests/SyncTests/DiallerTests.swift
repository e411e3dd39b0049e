import AuthorLog
import Identity
import Testing

@testable import Sync

@Suite struct DiallerTests {
    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }

    private func next(
        _ dialler: inout Dialler, at now: UInt64, wanted: Set<MemberKey> = [], seeks: Bool = true,
        dice: inout SplitMix64
    ) -> String? {
        dialler.next(isFree: { _ in true }, wanted: wanted, seeks: seeks, room: 64, at: at(now), dice: &dice)
    }

    @Test func `waits are drawn evenly between zero and a ceiling that doubles up to a minute`() {
        var dice = SplitMix64(seed: 11)
        for failures in 0..<20 {
            var longest: UInt64 = 0
            var sum: UInt64 = 0
            for _ in 0..<1_000 {
                var backoff = Backoff()
                for _ in 0..<failures { _ = backoff.failed(dice: &dice) }
                let wait = backoff.failed(dice: &dice).wholeMilliseconds
                longest = max(longest, wait)
                sum += wait
            }
            let ceiling = min(60_000, 500 << UInt64(min(failures, 16)))
            #expect(longest <= ceiling)
            let mean = Double(sum) / 1_000 / Double(ceiling)
            #expect(abs(mean - 0.5) < 0.05, "seed 11, n = \(failures)")
        }
    }

    @Test func `own, link-local, multicast and unspecified addresses are never dialled`() {
        let never = [
            "10.0.0.1:7000", "169.254.1.1:80", "224.0.0.1:80", "239.1.1.1:80", "255.255.255.255:80", "0.0.0.0:80",
            "[::]:80", "[fe80::1]:80", "[FEBF::1]:80", "[ff02::1]:80", "[::ffff:169.254.1.1]:80", "[::ffff:0.0.0.0]:80",
            "[fe80::1%eth0]:80", "host", "host:", "host:0", ":80", "[::1:80", "::1:80", "host:70000", "ho st:80",
            "2130706433:80", "127.1:80", "[1:2:3:4:5:6:7:8:9]:80", String(repeating: "a", count: 80) + ":80",
        ]
        var dialler = Dialler(own: ["10.0.0.1:7000"], given: never, at: at(0))
        #expect(dialler.count == 0)
        let good = [
            "127.0.0.1:1", "10.0.0.1:7001", "[::1]:80", "[2001:db8::1]:443", "example.org:7000", "[::ffff:10.0.0.2]:9",
        ]
        for address in good {
            let isDialled = dialler.add(address, member: nil, isGiven: true, at: at(0))
            #expect(isDialled, "\(address)")
        }
    }

    @Test func `dials are half a second apart, and so many at a time`() {
        var dice = SplitMix64(seed: 12)
        let given = (1...30).map { "10.0.0.\($0):1" }
        var dialler = Dialler(own: [], given: given, at: at(0))
        var dialled: [(at: UInt64, address: String)] = []
        for now in stride(from: 0, to: 20_000 as UInt64, by: 50) {
            if let address = next(&dialler, at: now, dice: &dice) { dialled.append((now, address)) }
        }
        #expect(dialled.count == Sync.Limits.concurrentDials)
        #expect(zip(dialled, dialled.dropFirst()).allSatisfy { $1.at - $0.at >= 500 })
        #expect(Set(dialled.map(\.address)).count == dialled.count)
    }

    @Test func `an address that fails is left alone for longer and longer`() {
        var dice = SplitMix64(seed: 13)
        var dialler = Dialler(own: [], given: ["10.0.0.1:1"], at: at(0))
        var dials = 0
        for now in stride(from: 0, to: 3_600_000 as UInt64, by: 100) {
            guard let address = next(&dialler, at: now, dice: &dice) else { continue }
            dials += 1
            dialler.failed(address, at: at(now), dice: &dice)
        }
        print("one hour of failures, seed 13: \(dials) dials")
        #expect((80...200).contains(dials))
    }

    @Test func `members are dialled while anybody will do, and later only those who are wanted`() {
        var dice = SplitMix64(seed: 14)
        let (member, other) = (madeUpLog(1).member, madeUpLog(2).member)
        var dialler = Dialler(own: [], given: [], at: at(0))
        dialler.add("10.0.0.1:1", member: member, isGiven: false, at: at(0))
        #expect(next(&dialler, at: 0, seeks: false, dice: &dice) == nil)
        #expect(next(&dialler, at: 0, wanted: [other], seeks: false, dice: &dice) == nil)
        #expect(next(&dialler, at: 0, wanted: [member], seeks: false, dice: &dice) == "10.0.0.1:1")
        dialler.failed("10.0.0.1:1", at: at(0), dice: &dice)
        #expect(next(&dialler, at: 1_000, dice: &dice) == "10.0.0.1:1")
    }

    @Test func `an address given by hand is dialled until it is known who is there, the wanted before it`() {
        var dice = SplitMix64(seed: 16)
        var dialler = Dialler(own: [], given: ["10.0.0.2:1"], at: at(0))
        let member = madeUpLog(1).member
        dialler.add("10.0.0.1:1", member: member, isGiven: false, at: at(0))
        #expect(next(&dialler, at: 0, wanted: [member], seeks: false, dice: &dice) == "10.0.0.1:1")
        #expect(next(&dialler, at: 500, wanted: [member], seeks: false, dice: &dice) == "10.0.0.2:1")
        dialler.established("10.0.0.2:1", at: at(600))
        dialler.met(madeUpLog(2).member, at: "10.0.0.2:1")
        dialler.lost("10.0.0.2:1", isWelcome: true, at: at(60_000), dice: &dice)
        #expect(next(&dialler, at: 62_000, seeks: false, dice: &dice) == nil)
        #expect(next(&dialler, at: 62_000, dice: &dice) == "10.0.0.2:1")
    }

    @Test func `a member can be reached who has an address that is not resting for long`() {
        var dice = SplitMix64(seed: 17)
        let member = madeUpLog(1).member
        var dialler = Dialler(own: [], given: [], at: at(0))
        #expect(!dialler.canReach(member, at: at(0)))
        dialler.add("10.0.0.1:1", member: member, isGiven: false, at: at(0))
        #expect(dialler.canReach(member, at: at(0)))
        var now: UInt64 = 0
        for _ in 0..<12 {
            now += 60_000
            _ = next(&dialler, at: now, dice: &dice)
            dialler.failed("10.0.0.1:1", at: at(now), dice: &dice)
        }
        #expect(!dialler.canReach(member, at: at(now)))
        #expect(dialler.canReach(member, at: at(now + 60_000)))
    }

    @Test func `ten thousand members with four addresses each are learnt, and learnt anew, in little time`() {
        var dice = SplitMix64(seed: 18)
        var dialler = Dialler(own: [], given: [], at: at(0))
        func addresses(_ number: Int, _ ports: ClosedRange<Int>) -> [String] {
            ports.map { "10.\(number >> 16).\(number >> 8 & 255).\(number & 255):\($0)" }
        }
        let clock = ContinuousClock()
        var times: [(Duration, Duration)] = []
        for ports in [1...4, 3...6] {
            let learning = clock.measure {
                for number in 0..<10_000 {
                    let member = madeUpLog(UInt64(number)).member
                    let told = addresses(number, ports)
                    dialler.keepOnly(told, of: member)
                    for address in told { dialler.add(address, member: member, isGiven: false, at: at(0)) }
                }
            }
            let dialling = clock.measure {
                for now in 0..<10 as Range<UInt64> {
                    let now = now * 500 + UInt64(ports.lowerBound) * 100_000
                    guard let address = next(&dialler, at: now, dice: &dice) else { continue }
                    dialler.failed(address, at: at(now), dice: &dice)
                }
            }
            times.append((learning, dialling))
            #expect(dialler.count == 40_000)
        }
        print("10,000 members with 4 addresses: learnt and 10 dials, then anew: \(times)")
        #expect(times.allSatisfy { $0.0 < .seconds(30) })
    }

    @Test func `after a partition of ten minutes nobody storms`() throws {
        let cluster = try Cluster(seed: 15)
        for node in 0..<20 { try cluster.add(known: Array(0..<20).filter { $0 != node }) }
        cluster.dialsReach = false
        cluster.run(for: 600_000)
        for node in cluster.nodes.indices { cluster.clearEffects(node) }
        cluster.dialsReach = true
        let took = cluster.run(until: { cluster in
            cluster.nodes.indices.allSatisfy { cluster.connections(of: $0) >= 8 }
        })
        cluster.run(for: 20_000)
        let most = cluster.nodes.map { $0.effects.count { if case .dial = $0 { true } else { false } } }.max() ?? 0
        print("20 nodes after a partition, seed 15: \(took.map(String.init) ?? "never") ms, at most \(most) dials each")
        #expect(took != nil)
        #expect(most <= 60)
    }
}

@Suite struct PeerBookTests {
    @Test func `a record counts when its member's chain is known, and the highest serial wins`() throws {
        let fixture = try Fixture()
        let member = try fixture.member(1)
        var book = PeerBook(community: fixture.charter.id)
        #expect(book.receive(member.record(serial: 2)) { _ in false } == .wait)
        #expect(book.addresses.isEmpty)
        #expect(book.proved(member.memberKey) == member.record(serial: 2))
        #expect(book.receive(member.record(serial: 2)) { _ in true } == .ignore)
        #expect(book.receive(member.record(["10.1.1.1:1"], serial: 3)) { _ in true } == .keep)
        #expect(book.receive(member.record(serial: 1)) { _ in true } == .ignore)
        #expect(book.addresses.map(\.address) == ["10.1.1.1:1"])
        let forged = PeerRecord(
            content: member.record(serial: 9).content, signature: try fixture.member(2).record().signature)
        #expect(book.receive(forged) { _ in true } == .forged)
        #expect(book.receive(PeerRecord(content: [1, 2], signature: forged.signature)) { _ in true } == .forged)
        #expect(book.receive(member.record(Array(repeating: "a:1", count: 5), serial: 9)) { _ in true } == .forged)
    }

    @Test func `a thousand records of strangers lead to no dial and little memory`() throws {
        let fixture = try Fixture()
        let member = try fixture.member(0)
        var core = SyncCore(
            configuration: member.configuration(seed: 1), frontier: FrontierTree(), orders: [],
            at: Instant(milliseconds: 0), wallMilliseconds: Fixture.wall)
        for number in 1...1_000 { #expect(core.receive(try fixture.member(number).record()) != .keep) }
        #expect(core.book.waitingCount == Sync.Limits.unprovenPeerRecords)
        #expect(core.dialler.count == 0)
    }
}

@Suite struct ComparisonTests {
    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }

    @Test func `while neither hash moves the wait doubles up to a minute`() {
        let own = madeUpHead(1)
        var comparison = Comparison(told: own, at: at(0))
        var begun: [UInt64] = []
        for now in stride(from: 0, to: 300_000 as UInt64, by: 100)
        where comparison.heard(madeUpHead(2), own: own, isBusy: false, at: at(now)) == .begin {
            begun.append(now)
        }
        print("a fruitless peer: begun at \(begun) ms")
        #expect(begun == [0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 123_000, 183_000, 243_000])
        // Something moved.
        #expect(comparison.heard(madeUpHead(3), own: own, isBusy: false, at: at(300_000)) == .begin)
    }

    @Test func `not more than once a second, however the hashes move`() {
        var comparison = Comparison(told: madeUpHead(0), at: at(0))
        var begun = 0
        for now in 0..<10_000 as Range<UInt64> {
            let heard = comparison.heard(madeUpHead(now + 5), own: madeUpHead(1), isBusy: false, at: at(now))
            if heard == .begin { begun += 1 }
        }
        #expect(begun == 10)
    }

    @Test func `with something wanted from the peer it waits, and asks afterwards`() {
        let own = madeUpHead(1)
        var comparison = Comparison(told: own, at: at(0))
        #expect(comparison.heard(madeUpHead(2), own: own, isBusy: true, at: at(0)) == .later)
        comparison.due()
        #expect(comparison.wokeUp(own: own, isBusy: true, at: at(5_000)) == .nothing)
        #expect(comparison.wokeUp(own: own, isBusy: false, at: at(5_000)) == .begin)
        #expect(comparison.wokeUp(own: own, isBusy: false, at: at(5_001)) == .tellHash)
        comparison.tell(own, at: at(5_001))
        #expect(comparison.heard(own, own: own, isBusy: false, at: at(5_002)) == .equal(tell: false))
        #expect(comparison.deadline(own: own, isBusy: false) == nil)
    }
}
