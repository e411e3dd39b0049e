import AuthorLog
import Identity
import Simulation
import Testing

@testable import Sync

@Suite struct HyParViewTests {
    private static let own = madeUpLog(0).member
    private static let others = (1...60).map { madeUpLog(UInt64($0)).member }

    private var others: [MemberKey] { Self.others }
    private func at(_ milliseconds: UInt64) -> Instant { Instant(milliseconds: milliseconds) }

    /// With neighbours of our own choice, and of theirs.
    private func view(ours: Int, theirs: Int, dice: inout SplitMix64) -> HyParView {
        var view = HyParView(own: Self.own, isDialable: true, at: at(0), dice: &dice)
        for member in others.prefix(ours) {
            _ = view.join(member, at: at(0))
            _ = view.received(.neighborReply(isAccepted: true), from: member, at: at(0), dice: &dice)
        }
        for member in others.dropFirst(ours).prefix(theirs) {
            _ = view.received(.neighbor(.low), from: member, at: at(0), dice: &dice)
        }
        return view
    }

    private func randomMessage(dice: inout SplitMix64) -> HyParView.Message {
        let members = Array((others + [Self.own]).shuffled(using: &dice).prefix(Int.random(in: 0...40, using: &dice)))
        let path = Array((others + [Self.own]).shuffled(using: &dice).prefix(Int.random(in: 0...8, using: &dice)))
        let timeToLive = Int.random(in: -1...100, using: &dice)
        return switch Int.random(in: 0..<10, using: &dice) {
        case 0: .join
        case 1, 2: .forwardJoin(members.first ?? Self.own, timeToLive: timeToLive)
        case 3: .neighbor(.high)
        case 4: .neighbor(.low)
        case 5: .neighborReply(isAccepted: Bool.random(using: &dice))
        case 6: .disconnect
        case 7: .neighbor(.guest)
        case 8: .shuffle(members, timeToLive: timeToLive, path: path)
        default: .shuffleReply(members, path: path)
        }
    }

    @Test func `whatever is said, the views are bounded, hold nobody twice, and never ourselves`() {
        for seed in UInt64(1)...40 {
            var dice = SplitMix64(seed: seed)
            var view = HyParView(own: Self.own, isDialable: true, at: at(0), dice: &dice)
            var up: Set<MemberKey> = []
            var now: UInt64 = 0
            for _ in 0..<400 {
                now += UInt64.random(in: 0...2_000, using: &dice)
                let member = others[Int.random(in: others.indices, using: &dice)]
                let effects =
                    switch Int.random(in: 0..<10, using: &dice) {
                    case 0: view.wokeUp(at: at(now), dice: &dice)
                    case 1: view.lost(member, at: at(now), dice: &dice)
                    case 2: view.failed(member, at: at(now), dice: &dice)
                    case 3: view.learned(Array(others.shuffled(using: &dice).prefix(9)), at: at(now), dice: &dice)
                    default: view.received(randomMessage(dice: &dice), from: member, at: at(now), dice: &dice)
                    }
                for effect in effects {
                    if case .neighborUp(let member) = effect { #expect(up.insert(member).inserted, "seed \(seed)") }
                    if case .neighborDown(let member) = effect { #expect(up.remove(member) != nil, "seed \(seed)") }
                }
                let (active, passive) = (view.active, view.passive)
                #expect(up == Set(active), "seed \(seed)")
                #expect(view.degree <= 5 && active.count <= 5 + Sync.Limits.guests, "seed \(seed)")
                #expect(passive.count <= 30 && effects.count <= 12, "seed \(seed)")
                #expect(view.neighbors.count { $0.choice == .theirs } <= 3, "seed \(seed)")
                #expect(Set(active + passive).count == active.count + passive.count, "seed \(seed)")
                #expect(!(active + passive).contains(Self.own), "seed \(seed)")
                #expect(view.requests.count <= 5 && view.unwilling.count <= others.count, "seed \(seed)")
                #expect(view.refillAt != nil || view.unwilling.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test func `a JOIN is accepted, and goes on a walk from every neighbour`() {
        var dice = SplitMix64(seed: 1)
        var view = view(ours: 1, theirs: 1, dice: &dice)
        let newcomer = others[40]
        #expect(
            view.received(.join, from: newcomer, at: at(1), dice: &dice) == [
                .send(.neighborReply(isAccepted: true), to: newcomer), .neighborUp(newcomer),
                .send(.forwardJoin(newcomer, timeToLive: 6), to: others[0]),
                .send(.forwardJoin(newcomer, timeToLive: 6), to: others[1]),
            ])
        // Said again it costs one answer.
        #expect(
            view.received(.join, from: newcomer, at: at(1), dice: &dice)
                == [.send(.neighborReply(isAccepted: true), to: newcomer)])
    }

    @Test func `a FORWARDJOIN walks on, enters a passive view on the way, and ends with a question`() {
        var dice = SplitMix64(seed: 2)
        var view = view(ours: 1, theirs: 1, dice: &dice)
        let (here, there, newcomer) = (others[0], others[1], others[40])
        func forwarded(_ timeToLive: Int) -> [HyParView.Effect] {
            view.received(.forwardJoin(newcomer, timeToLive: timeToLive), from: here, at: at(1), dice: &dice)
        }
        // More steps than there are is a lie.
        #expect(forwarded(1_000) == [.send(.forwardJoin(newcomer, timeToLive: 5), to: there)])
        #expect(view.passive.isEmpty)
        #expect(forwarded(0) == [.request(.neighbor(.low), of: newcomer)])
        let other = others[41]
        let effects = view.received(.forwardJoin(other, timeToLive: 3), from: here, at: at(1), dice: &dice)
        #expect(effects.first == .send(.forwardJoin(other, timeToLive: 2), to: there))
        #expect(view.passive == [other])
        // Who is no neighbour announces nobody.
        #expect(
            view.received(.forwardJoin(others[42], timeToLive: 0), from: others[43], at: at(1), dice: &dice).isEmpty)
    }

    @Test func `who asks never takes the places of those whom we chose`() {
        var dice = SplitMix64(seed: 3)
        var view = view(ours: 2, theirs: 3, dice: &dice)
        let ours = others.prefix(2)
        for member in others[10...] {
            for message in [HyParView.Message.join, .neighbor(.high), .neighbor(.low)] {
                _ = view.received(message, from: member, at: at(1), dice: &dice)
                #expect(ours.allSatisfy(view.isActive))
                #expect(view.active.count == 5)
            }
        }
        #expect(view.isActive(others[59]))
    }

    @Test func `who announces newcomers without end keeps nobody from choosing`() {
        var dice = SplitMix64(seed: 11)
        var view = view(ours: 0, theirs: 3, dice: &dice)
        for newcomer in others[10..<30] {
            _ = view.received(.forwardJoin(newcomer, timeToLive: 0), from: others[0], at: at(1), dice: &dice)
        }
        #expect(view.requests.count == 3)
        let effects = view.learned(Array(others[40..<45]), at: at(2), dice: &dice)
        #expect(effects.count == 2)
        for effect in effects {
            guard case .request(.neighbor(.high), let chosen) = effect else {
                Issue.record("\(effect)")
                continue
            }
            _ = view.received(.neighborReply(isAccepted: true), from: chosen, at: at(3), dice: &dice)
        }
        #expect(view.neighbors.count { $0.choice == .ours } == 2)
    }

    @Test func `guests take nobody's place, and nobody takes theirs`() {
        var dice = SplitMix64(seed: 12)
        var view = view(ours: 2, theirs: 3, dice: &dice)
        let before = view.active
        let guests = Array(others[10...].prefix(Sync.Limits.guests))
        for guest in guests {
            let effects = view.received(.neighbor(.guest), from: guest, at: at(1), dice: &dice)
            #expect(effects == [.send(.neighborReply(isAccepted: true), to: guest), .neighborUp(guest)])
        }
        let late = others[50]
        #expect(
            view.received(.neighbor(.guest), from: late, at: at(1), dice: &dice)
                == [.send(.neighborReply(isAccepted: false), to: late)])
        #expect(view.degree == 5 && Set(before).isSubset(of: view.active))
        for member in others[51...] { _ = view.received(.neighbor(.high), from: member, at: at(1), dice: &dice) }
        #expect(guests.allSatisfy(view.isActive) && view.degree == 5)
        _ = view.lost(guests[0], at: at(2), dice: &dice)
        #expect(view.received(.neighbor(.guest), from: late, at: at(3), dice: &dice).contains(.neighborUp(late)))
    }

    @Test func `who cannot be dialled asks as a guest`() {
        var dice = SplitMix64(seed: 13)
        var view = HyParView(own: Self.own, isDialable: false, at: at(0), dice: &dice)
        #expect(view.join(others[0], at: at(0)) == [.request(.neighbor(.guest), of: others[0])])
        let effects = view.learned([others[1]], at: at(0), dice: &dice)
        #expect(effects == [.request(.neighbor(.guest), of: others[1])])
    }

    @Test func `whom we have asked stays our choice when his own question comes first`() {
        var dice = SplitMix64(seed: 14)
        var view = view(ours: 0, theirs: 0, dice: &dice)
        _ = view.join(others[0], at: at(0))
        _ = view.received(.neighbor(.low), from: others[0], at: at(1), dice: &dice)
        #expect(view.neighbors == [HyParView.Neighbor(member: others[0], choice: .ours)])
        #expect(view.received(.neighborReply(isAccepted: true), from: others[0], at: at(2), dice: &dice).isEmpty)
    }

    @Test func `low priority is refused without room, high priority is given somebody's place`() {
        var dice = SplitMix64(seed: 4)
        var view = view(ours: 0, theirs: 3, dice: &dice)
        let asking = others[30]
        #expect(
            view.received(.neighbor(.low), from: asking, at: at(1), dice: &dice)
                == [.send(.neighborReply(isAccepted: false), to: asking)])
        let effects = view.received(.neighbor(.high), from: asking, at: at(1), dice: &dice)
        guard case .neighborDown(let gone) = effects[1] else {
            Issue.record("\(effects)")
            return
        }
        #expect(
            effects == [
                .send(.neighborReply(isAccepted: true), to: asking), .neighborDown(gone), .send(.disconnect, to: gone),
                .neighborUp(asking),
            ])
        #expect(view.passive == [gone])
    }

    @Test func `a dead neighbour is replaced from the passive view, and a dead stranger by the next`() {
        var dice = SplitMix64(seed: 5)
        var view = view(ours: 2, theirs: 0, dice: &dice)
        let strangers = Array(others[20..<22])
        let asked = view.learned(strangers, at: at(1), dice: &dice).compactMap(\.asked)
        #expect(Set(asked) == Set(strangers))
        for member in asked {
            _ = view.received(.neighborReply(isAccepted: false), from: member, at: at(1), dice: &dice)
        }
        // They refused: they are asked anew, but not at once.
        #expect(view.lost(others[0], at: at(2), dice: &dice) == [.neighborDown(others[0])])
        let again = view.wokeUp(at: at(10_001), dice: &dice).compactMap(\.asked)
        #expect(Set(again) == Set(strangers))
        #expect(view.failed(again[0], at: at(10_002), dice: &dice).isEmpty)
        #expect(view.passive == [again[1]])
        let up = view.received(.neighborReply(isAccepted: true), from: again[1], at: at(10_003), dice: &dice)
        #expect(up == [.neighborUp(again[1])])
        #expect(view.passive.isEmpty)
    }

    @Test func `an acceptance that comes too late is answered with DISCONNECT`() {
        var dice = SplitMix64(seed: 6)
        var view = view(ours: 0, theirs: 0, dice: &dice)
        #expect(view.join(others[0], at: at(0)) == [.request(.join, of: others[0])])
        #expect(view.wokeUp(at: at(10_000), dice: &dice).compactMap(\.asked).isEmpty)
        #expect(
            view.received(.neighborReply(isAccepted: true), from: others[0], at: at(10_001), dice: &dice)
                == [.send(.disconnect, to: others[0])])
        #expect(view.active.isEmpty)
    }

    @Test func `a SHUFFLE is answered where it ends, and the reply goes back the way it came`() {
        var dice = SplitMix64(seed: 7)
        var view = view(ours: 2, theirs: 0, dice: &dice)
        let (here, there, origin) = (others[0], others[1], others[50])
        let told = Array(others[51..<54])
        #expect(
            view.received(.shuffle(told, timeToLive: 4, path: [origin]), from: here, at: at(1), dice: &dice)
                == [.send(.shuffle(told, timeToLive: 3, path: [origin, here]), to: there)])
        let reply = HyParView.Message.shuffleReply(told, path: [origin, here])
        #expect(
            view.received(reply, from: there, at: at(1), dice: &dice)
                == [.send(.shuffleReply(told, path: [origin]), to: here)])
        #expect(view.passive.isEmpty)

        let effects = view.received(
            .shuffle(told, timeToLive: 1, path: [origin]), from: here, at: at(1), dice: &dice)
        #expect(effects.first == .send(.shuffleReply([], path: [origin]), to: here))
        // The origin, where he can be dialled, is among those told.
        #expect(Set(view.passive) == Set(told))
    }

    @Test func `a shuffle's reply that nobody awaits is not read`() {
        var dice = SplitMix64(seed: 8)
        var view = view(ours: 0, theirs: 1, dice: &dice)
        let reply = HyParView.Message.shuffleReply(Array(others[50..<53]), path: [])
        _ = view.received(reply, from: others[0], at: at(1), dice: &dice)
        #expect(view.passive.isEmpty)
        let shuffled = view.wokeUp(at: at(60_000), dice: &dice)
        #expect(shuffled.contains(.send(.shuffle([Self.own], timeToLive: 6, path: []), to: others[0])))
        _ = view.received(reply, from: others[0], at: at(60_001), dice: &dice)
        #expect(Set(view.passive) == Set(others[50..<53]))
    }

    @Test func `a stranger who is exchanged for a neighbour takes the place of one of our choice`() {
        var dice = SplitMix64(seed: 9)
        var view = view(ours: 5, theirs: 0, dice: &dice)
        let stranger = others[30]
        _ = view.learned([stranger], at: at(0), dice: &dice)
        var now: UInt64 = 0
        var met = 0
        while view.requests.isEmpty, now < 3_600_000 {
            now += 30_000
            met += view.wokeUp(at: at(now), dice: &dice).count { $0 == .meet(stranger) }
        }
        #expect(met >= 1 && view.requests[stranger]?.isExchange == true)
        let effects = view.received(.neighborReply(isAccepted: true), from: stranger, at: at(now), dice: &dice)
        #expect(view.isActive(stranger) && view.active.count == 5 && effects.count == 3)
    }

    @Test func `after a storm of deaths and arrivals the active views are symmetric and one whole`() {
        var network = Network(seed: 10)
        network.grow(to: 200, settling: 5_000)
        for node in 0..<60 { network.kill(node * 3) }
        network.run(for: 1_000)
        network.grow(to: 260, settling: 0)
        network.run(for: 120_000)
        #expect(network.isConnected)
        for node in network.alive {
            let view = network.nodes[node].membership
            let neighbors = view.active.compactMap(network.number)
            #expect(!neighbors.isEmpty && neighbors.allSatisfy { network.nodes[$0].isAlive })
            #expect(neighbors.allSatisfy { network.nodes[$0].membership.isActive(network.member(node)) })
            #expect(
                Set(network.nodes[node].broadcast.eager + network.nodes[node].broadcast.lazy)
                    == Set(neighbors.map(Network.link)))
        }
        let degrees = network.alive.map { network.nodes[$0].membership.active.count }
        let choices = network.alive.map { network.nodes[$0].membership.neighbors.count { $0.choice == .ours } }
        #expect(degrees.count { $0 == 5 } * 10 >= 8 * degrees.count)
        #expect(choices.count { $0 >= 2 } * 10 >= 9 * choices.count)
        print(
            "after the storm: \(degrees.count { $0 == 5 }) of \(degrees.count) full,",
            "\(choices.count { $0 >= 2 }) with two of their own choice")
    }
}

extension HyParView.Effect {
    fileprivate var asked: MemberKey? { if case .request(_, let member) = self { member } else { nil } }
}
