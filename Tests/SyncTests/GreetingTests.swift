import AuthorLog
import Identity
import Testing

@testable import Sync

/// One core and what the other side might say.
@Suite struct GreetingTests {
    private let fixture: Fixture
    private let own: TestMember
    private let other: TestMember
    private let id = ConnectionID(rawValue: 1)

    init() throws {
        fixture = try Fixture()
        own = try fixture.member(0)
        other = try fixture.member(1)
    }

    private func core(
        _ member: TestMember? = nil, knows: [TestMember] = [], listen: [String] = []
    ) -> SyncCore {
        let chains = knows.map { ($0.memberKey, KnownChain(hash: $0.presentation.hash, expiresMilliseconds: 0)) }
        return SyncCore(
            configuration: (member ?? own).configuration(seed: 1), frontier: FrontierTree(), orders: [],
            knownAddresses: listen, knownChains: Dictionary(uniqueKeysWithValues: chains), at: at(0),
            wallMilliseconds: Fixture.wall)
    }

    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }

    private func established(
        _ core: inout SyncCore, initiator: Bool, key: NoiseKey? = nil, id: ConnectionID? = nil, at now: UInt64 = 1
    ) -> [Message] {
        said(
            core.handle(
                .established(
                    id ?? self.id, initiator: initiator, remoteKey: key ?? other.noiseKey, address: other.address),
                at: at(now), wallMilliseconds: Fixture.wall))
    }

    private func hears(
        _ core: inout SyncCore, _ message: Message, on id: ConnectionID? = nil, at now: UInt64 = 1
    ) -> [SyncCore.Effect] {
        core.handle(
            .received(message.encoded, from: id ?? self.id), at: at(now), wallMilliseconds: Fixture.wall)
    }

    private func said(_ effects: [SyncCore.Effect]) -> [Message] {
        effects.compactMap { if case .send(let bytes, _) = $0 { try? Message(decoding: bytes) } else { nil } }
    }

    private func code(_ effects: [SyncCore.Effect]) -> UInt32? {
        effects.compactMap { if case .disconnect(_, let goodbye) = $0 { goodbye.code } else { nil } }.first
    }

    private var hello: Message { .hello(other.hello(frontier: madeUpHead(1))) }

    @Test func `the initiator says hello, asks for a chain it does not know, and then speaks first`() throws {
        var core = core()
        let first = established(&core, initiator: true)
        guard case .hello(let hello) = first.first else {
            Issue.record("\(first)")
            return
        }
        #expect(first.count == 1 && hello.member == own.memberKey && hello.listen == own.address)
        #expect(said(hears(&core, self.hello)) == [.chainRequest])
        let effects = hears(&core, .chain(other.presentation.bytes))
        #expect(effects.contains(.keepChain(other.memberKey, other.presentation)))
        #expect(effects.contains(.accepted(id, other.memberKey)))
        let words = said(effects)
        #expect(words.first == .peerRecords([own.record()]))
        guard words.count == 3, case .ranges = words[1] else {
            Issue.record("\(words)")
            return
        }
        // He knows nobody else.
        #expect(words[2] == .join)
    }

    @Test func `the responder shows himself only when the chain is good, and is accepted by the first word`() throws {
        var core = core()
        #expect(established(&core, initiator: false).isEmpty)
        #expect(said(hears(&core, hello)) == [.chainRequest])
        let effects = hears(&core, .chain(other.presentation.bytes))
        #expect(!effects.contains(.accepted(id, other.memberKey)))
        #expect(said(effects).count == 1)
        #expect(said(hears(&core, .chainRequest)) == [.chain(own.presentation.bytes)])
        let accepted = hears(&core, .peerRecords([]))
        #expect(accepted.contains(.accepted(id, other.memberKey)))
        #expect(said(accepted) == [.peerRecords([own.record()])])
    }

    @Test func `a chain is asked for once`() throws {
        var core = core()
        _ = established(&core, initiator: false)
        _ = hears(&core, hello)
        _ = hears(&core, .chain(other.presentation.bytes))
        _ = core.handle(.closed(id), at: at(2), wallMilliseconds: Fixture.wall)
        let again = ConnectionID(rawValue: 2)
        _ = established(&core, initiator: false, id: again)
        guard case .hello = said(hears(&core, hello, on: again)).first else {
            Issue.record("no hello")
            return
        }
    }

    @Test func `our own hello reflected is refused`() throws {
        for initiator in [true, false] {
            var core = core(knows: [other])
            _ = established(&core, initiator: initiator)
            let reflected = Message.hello(own.hello(frontier: madeUpHead(1)))
            #expect(code(hears(&core, reflected)) == Goodbye.Code.memberRefused.rawValue)
        }
    }

    @Test func `a hello of another connection reflected is refused`() throws {
        var core = core(knows: [other])
        // A third node stands between and passes on what it heard elsewhere: the binding is over another key.
        _ = established(&core, initiator: false, key: try fixture.member(2).noiseKey)
        #expect(code(hears(&core, hello)) == Goodbye.Code.memberRefused.rawValue)
    }

    @Test func `a connection to ourselves is closed and never dialled again`() throws {
        var core = core(listen: ["10.7.7.7:7"])
        _ = core.handle(
            .established(id, initiator: true, remoteKey: own.noiseKey, address: "10.7.7.7:7"), at: at(1),
            wallMilliseconds: Fixture.wall)
        for minute in 1..<20 as Range<UInt64> {
            let effects = core.handle(.wokeUp, at: at(minute * 60_000), wallMilliseconds: Fixture.wall)
            #expect(!effects.contains(.dial("10.7.7.7:7")))
        }
    }

    @Test func `an unknown version, an expired right and a chain of somebody else are refused`() throws {
        var hello = other.hello(frontier: madeUpHead(1))
        hello.versions = 2...3
        var core = core(knows: [other])
        _ = established(&core, initiator: false)
        #expect(code(hears(&core, .hello(hello))) == Goodbye.Code.version.rawValue)

        let expired = try fixture.member(1, expiresMilliseconds: Fixture.wall - 1)
        core = self.core()
        _ = established(&core, initiator: false)
        #expect(said(hears(&core, .hello(expired.hello(frontier: madeUpHead(1))))) == [.chainRequest])
        #expect(code(hears(&core, .chain(expired.presentation.bytes))) == Goodbye.Code.memberRefused.rawValue)

        core = self.core()
        _ = established(&core, initiator: false)
        _ = hears(&core, self.hello)
        #expect(code(hears(&core, .chain(own.presentation.bytes))) == Goodbye.Code.malformed.rawValue)

        var borrowed = other.hello(frontier: madeUpHead(1))
        borrowed.chainHash = own.presentation.hash
        core = self.core()
        _ = established(&core, initiator: false)
        _ = hears(&core, .hello(borrowed))
        #expect(code(hears(&core, .chain(own.presentation.bytes))) == Goodbye.Code.memberRefused.rawValue)
    }

    @Test func `nothing else is read before the greeting is done`() throws {
        let words: [Message] = [
            .ping(1), .ranges(Ranges(round: 1, ranges: [], salt: 0)), .chain([]), .heads([], hops: []), .orders([]),
            .unknown,
        ]
        for word in words {
            for initiator in [true, false] {
                var core = core()
                _ = established(&core, initiator: initiator)
                let effects = hears(&core, word)
                #expect(code(effects) == Goodbye.Code.malformed.rawValue)
                #expect(core.peers.filter { $0.connection != nil }.isEmpty)
            }
        }
        // A responder is not asked for his chain before he has greeted, nor twice.
        var core = core(knows: [other])
        _ = established(&core, initiator: false)
        #expect(code(hears(&core, .chainRequest)) == Goodbye.Code.malformed.rawValue)
        core = self.core(knows: [other])
        _ = established(&core, initiator: false)
        _ = hears(&core, hello)
        _ = hears(&core, .chainRequest)
        #expect(code(hears(&core, .chainRequest)) == Goodbye.Code.malformed.rawValue)
    }

    @Test func `a greeting takes at most five seconds`() throws {
        var core = core()
        _ = established(&core, initiator: false, at: 1_000)
        var effects = core.handle(.wokeUp, at: at(5_999), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == nil)
        effects = core.handle(.wokeUp, at: at(6_000), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == Goodbye.Code.limit.rawValue)
    }

    @Test func `silence is pinged after thirty seconds and ended after ninety`() throws {
        var core = core(knows: [other])
        _ = established(&core, initiator: false)
        _ = hears(&core, hello)
        _ = hears(&core, .peerRecords([]), at: 1_000)
        _ = hears(&core, .neighbor(.low), at: 1_000)
        var effects = core.handle(.wokeUp, at: at(30_999), wallMilliseconds: Fixture.wall)
        #expect(!said(effects).contains(.ping(0)))
        effects = core.handle(.wokeUp, at: at(31_000), wallMilliseconds: Fixture.wall)
        #expect(said(effects).contains(.ping(0)))
        effects = core.handle(.wokeUp, at: at(90_999), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == nil)
        effects = core.handle(.wokeUp, at: at(91_000), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == Goodbye.Code.limit.rawValue)
    }

    @Test func `what is malformed after the greeting is an offence`() throws {
        let offences: [[UInt8]] = [
            [0xFF],
            Message.ranges(Ranges(round: 65, ranges: [], salt: 0)).encoded,
            Message.orders([[1]]).encoded,
            Message.orders([try forgedOrder().bytes]).encoded,
            Message.peerRecords([forgedRecord()]).encoded,
            Message.push([1, 2, 3], hop: 0).encoded,
            Message.run(pull: 7, [UInt8](repeating: 0, count: 200)).encoded,
            Message.pullDone(7, unserved: []).encoded,
            hello.encoded,
        ]
        for bytes in offences {
            var core = core(knows: [other])
            _ = established(&core, initiator: false)
            _ = hears(&core, hello)
            _ = hears(&core, .peerRecords([]))
            let effects = core.handle(.received(bytes, from: id), at: at(2), wallMilliseconds: Fixture.wall)
            #expect(code(effects) == Goodbye.Code.malformed.rawValue)
            #expect(effects.contains(.ban(other.memberKey, until: at(600_002))))
            let again = ConnectionID(rawValue: 2)
            _ = established(&core, initiator: false, id: again, at: 3)
            #expect(code(hears(&core, hello, on: again, at: 3)) == Goodbye.Code.memberRefused.rawValue)
            let later = ConnectionID(rawValue: 3)
            _ = established(&core, initiator: false, id: later, at: 600_003)
            #expect(code(hears(&core, hello, on: later, at: 600_003)) == nil)
        }
    }

    private func forgedOrder() throws -> SignedRootOrder {
        let order = try fixture.member(9).order
        return SignedRootOrder(order: order.order, signature: try fixture.member(8).order.signature)
    }

    private func forgedRecord() -> PeerRecord {
        PeerRecord(content: other.record().content, signature: own.record().signature)
    }

    @Test func `a flood of work is cut off`() throws {
        var core = core(knows: [other])
        _ = established(&core, initiator: false)
        _ = hears(&core, hello)
        _ = hears(&core, .peerRecords([]))
        let heads = Message.heads(
            try (0..<4_000 as Range<UInt64>).map { try .of(madeUpLog($0), 1) }, hops: Array(repeating: 0, count: 4_000))
        var messages = 0
        while messages < 1_000 {
            messages += 1
            if code(hears(&core, heads)) == Goodbye.Code.limit.rawValue { break }
            #expect(core.offerCount <= Sync.Limits.offersPerPeer)
        }
        print("4,000 heads at once: cut off after \(messages) messages")
        #expect(messages == 50)
        #expect(core.offerCount == 0 && core.pulled.isEmpty)
    }

    @Test func `offers and known heads of a liar are bounded`() throws {
        var core = core(knows: [other])
        _ = established(&core, initiator: false)
        _ = hears(&core, hello)
        _ = hears(&core, .peerRecords([]))
        for message in 0..<20 as Range<UInt64> {
            let rows = try (0..<4_000 as Range<UInt64>).map {
                try FrontierRow.of(madeUpLog(message * 4_000 + $0), 1 << 48)
            }
            _ = hears(&core, .heads(rows, hops: rows.map { _ in 0 }), at: 1_000 + message)
        }
        #expect(core.offerCount == Sync.Limits.offersPerPeer)
        let peer = try #require(core.peersByID[id])
        #expect(peer.offers.count == Sync.Limits.offersPerPeer)
        #expect(peer.heads.count <= Sync.Limits.knownHeadsPerPeer)
        #expect(core.peers[0].behind == UInt64(Sync.Limits.offersPerPeer) << 48)
        #expect(core.pulled.count == Sync.Limits.wantsOfAnySize)
    }

    @Test func `strangers cannot take all places`() throws {
        var core = core()
        for number in 1...Sync.Limits.ungreetedConnections {
            _ = established(&core, initiator: false, id: ConnectionID(rawValue: UInt64(number)))
        }
        let effects = core.handle(
            .established(ConnectionID(rawValue: 99), initiator: false, remoteKey: other.noiseKey, address: ""),
            at: at(1), wallMilliseconds: Fixture.wall)
        #expect(code(effects) == Goodbye.Code.limit.rawValue)
        #expect(established(&core, initiator: true, id: ConnectionID(rawValue: 100)).count == 1)
    }
}
