import API
import AuthorLog
import Founding
import Identity
import Sync
import Testing

@testable import Daemon

/// Rotating the key that keeps strangers silent.
struct NetworkKeyTests {
    private func key(_ number: UInt8) -> SecretBytes { SecretBytes(copying: [UInt8](repeating: number, count: 32)) }
    private let peer = MemberKey(raw: .zero)
    private func name(_ number: UInt8) -> NetworkKeyName { NetworkKeyName(number: UInt64(number), key: key(number)) }

    @Test func `the key in force comes first, and the two before it are let in`() {
        var ring = NetworkKeyRing(initial: key(0), later: [])
        #expect(ring.keys([]) == [key(0)])
        #expect(ring.keys([name(1)]) == [key(0)])
        for number in 1...3 as ClosedRange<UInt8> { ring.hold(key(number), number: UInt64(number)) }
        #expect(ring.keys([name(1)]) == [key(1), key(0)])
        #expect(ring.keys([name(2), name(1)]) == [key(2), key(1), key(0)])
        #expect(ring.keys([name(3), name(2), name(1)]) == [key(3), key(2), key(1)])
        // Who missed too many holds nothing that is in use.
        #expect(NetworkKeyRing(initial: key(0), later: []).keys([name(3), name(2), name(1)]) == [key(0)])
        // A ticket's key may be a later one.
        #expect(NetworkKeyRing(initial: key(2), later: []).keys([name(2), name(1)]) == [key(2)])
    }

    @Test func `a key is believed once the root names it`() {
        var ring = NetworkKeyRing(initial: key(0), later: [])
        ring.hear(NetworkKey(number: 1, secret: key(9)), from: peer, connected: [peer])
        #expect(ring.believe([name(1)]).isEmpty)
        ring.hear(NetworkKey(number: 1, secret: key(1)), from: peer, connected: [peer])
        #expect(ring.believe([]).isEmpty)
        #expect(ring.believe([name(1)]) == [NetworkKey(number: 1, secret: key(1))])
        #expect(ring.believe([name(1)]).isEmpty && ring.keys([name(1)]) == [key(1), key(0)])
        ring.hold(key(4), number: 4)
        #expect(ring.dropBefore([name(3), name(2)]) == [1])
        #expect(ring.later[4] == key(4))
    }

    @Test func `no peer's word pushes out another's`() {
        var ring = NetworkKeyRing(initial: key(0), later: [])
        let honest = SigningKey.generate().publicKey(as: MemberKey.self)
        ring.hear(NetworkKey(number: 1, secret: key(1)), from: honest, connected: [honest])
        for number in 1...9 as ClosedRange<UInt8> {
            ring.hear(
                NetworkKey(number: UInt64(number), secret: key(100 + number)), from: peer, connected: [peer, honest])
        }
        #expect(ring.believe([name(1)]) == [NetworkKey(number: 1, secret: key(1))])
        // Nor do those that left.
        for number in 0..<100 as Range<UInt8> {
            let gone = SigningKey.generate().publicKey(as: MemberKey.self)
            ring.hear(NetworkKey(number: 2, secret: key(number)), from: gone, connected: [gone])
        }
        ring.hear(NetworkKey(number: 2, secret: key(102)), from: honest, connected: [honest])
        #expect(ring.believe([NetworkKeyName(number: 2, key: key(102))]).count == 1)
    }

    @Test func `a later ticket's key is tried beside what is held, until it has a number`() {
        var ring = NetworkKeyRing(initial: key(0), ticket: key(5), later: [(2, key(2)), (1, key(1))])
        let old = [name(2), name(1)]
        #expect(ring.believe(old).isEmpty)
        #expect(ring.keys(old) == [key(5), key(2), key(1)] && ring.dialledCount(old) == 2)
        let new = [name(5), name(4), name(3)]
        #expect(ring.believe(new) == [NetworkKey(number: 5, secret: key(5))])
        #expect(ring.ticket == nil && ring.keys(new) == [key(5)] && ring.dialledCount(new) == 1)
        // An older one, where a peer tells the key in force.
        ring = NetworkKeyRing(initial: key(0), ticket: key(4), later: [(1, key(1))])
        ring.hear(NetworkKey(number: 6, secret: key(6)), from: peer, connected: [peer])
        #expect(ring.dialledCount([name(1)]) == 2)
        #expect(ring.believe([name(6), name(5), name(4)]).map(\.number) == [6, 4] && ring.ticket == nil)
        #expect(ring.keys([name(6), name(5), name(4)]) == [key(6), key(4)])
        // One that is held anyway is tried once.
        ring = NetworkKeyRing(initial: key(0), ticket: key(0), later: [])
        #expect(ring.keys([]) == [key(0)] && ring.dialledCount([]) == 1)
    }

    @Test func `who missed too many rotations joins again with a new ticket, and stays who he is`() async throws {
        try await StandingCommunity.with { vine in
            let invite = MakeInvite(role: .observer, uses: 1, validSeconds: 3_600)
            let ticket = try await vine.founder.answer(invite).ticket
            let late = try join(home: vine.folder + "/late", ticketText: ticket, nowMilliseconds: StandingCommunity.now)
            try await StandingCommunity.run(late.home) { node in
                try await eventually("they meet") { await node.core.peers.contains(where: \.isConnected) }
            }
            for _ in 0..<4 { try await rotate(vine) }
            let now = await vine.founder.ticketNetworkKey
            let another = try await vine.founder.answer(invite).ticket
            let again = try join(home: late.home, ticketText: another, nowMilliseconds: StandingCommunity.now)
            #expect(again.wasMember && again.member == late.member)
            try await StandingCommunity.run(late.home) { node in
                try await eventually("the key has its number") {
                    let keys = await node.networkKeys
                    return keys.ticket == nil && keys.later[4] == now
                }
            }
            #expect(try Home.open(at: late.home).ticketNetworkKey() == nil)
            #expect(try Home.open(at: late.home).laterNetworkKeys().map(\.number).contains(4))
        }
    }

    private func rotate(_ vine: StandingCommunity) async throws {
        let plan = try await vine.founder.answer(PlanNetworkKey())
        #expect(try await vine.founder.answer(PlanNetworkKey()) == plan)
        let name = NetworkKeyName(number: UInt64(plan.number), hash: try #require(Hash256(hex: plan.hash)))
        let published = try await vine.publish(.networkKey(name))
        #expect(published.order.counts && published.order.kind == .networkKey)
        // It counts before the node has taken it up.
        try await eventually("the founder uses the key") {
            NetworkKeyName(number: name.number, key: await vine.founder.ticketNetworkKey) == name
        }
    }

    @Test func `members are told the new key, and tickets give it`() async throws {
        try await StandingCommunity.with([.observer]) { vine in
            let (founder, member) = (vine.founder, vine.members[0])
            let before = await founder.ticketNetworkKey
            try await rotate(vine)
            let now = await founder.ticketNetworkKey
            #expect(now != before)
            try await eventually("the member is told") { await member.ticketNetworkKey == now }
            #expect(try Home.open(at: vine.homes[0]).laterNetworkKeys().map(\.key) == [now])
            let invite = MakeInvite(role: .observer, uses: 1, validSeconds: 60)
            let ticket = try Ticket(parsing: try await founder.answer(invite).ticket)
            #expect(ticket.networkKey == now)
        }
    }

    @Test func `who was away for two rotations gets in by an old ticket, and is told the key`() async throws {
        try await StandingCommunity.with { vine in
            let invite = MakeInvite(role: .observer, uses: 1, validSeconds: 3_600)
            let ticket = try await vine.founder.answer(invite).ticket
            let late = try join(home: vine.folder + "/late", ticketText: ticket, nowMilliseconds: StandingCommunity.now)
            for _ in 0..<2 { try await rotate(vine) }
            let now = await vine.founder.ticketNetworkKey
            try await StandingCommunity.run(late.home) { node in
                try await eventually("the late one is told") { await node.ticketNetworkKey == now }
            }
            // And begins with it at the next start.
            try await StandingCommunity.run(late.home) { node in
                #expect(await node.ticketNetworkKey == now)
                try await eventually("they meet again") { await node.core.peers.contains(where: \.isConnected) }
            }
        }
    }
}
