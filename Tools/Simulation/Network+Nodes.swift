import AuthorLog
import Identity
import Sync

/// What a shell would do with what the machines decide.
extension Network {
    mutating func perform(_ effects: [HyParView.Effect], at node: Int) {
        for effect in effects {
            switch effect {
            case .request(let message, let member):
                guard let other = numbers[member] else { continue }
                let dials = !nodes[node].membership.isActive(member)
                if nodes[other].isAlive {
                    if dials { greet(other, from: node) }
                    send(.membership(message), from: node, to: other, dials: dials)
                } else {
                    queue.add(.failed(other, by: node), at: now + delay(node, other))
                }
            case .send(let message, let member):
                if let other = numbers[member] { send(.membership(message), from: node, to: other) }
            case .neighborUp(let member):
                guard let other = numbers[member] else { continue }
                nodes[node].broadcast.neighborUp(Self.link(other))
                if !nodes[node].held.isEmpty { send(.compare(nodes[node].held), from: node, to: other) }
            case .neighborDown(let member):
                guard let other = numbers[member] else { continue }
                let at = Instant(milliseconds: now)
                perform(nodes[node].broadcast.neighborDown(Self.link(other), at: at), at: node)
            case .meet(let member):
                guard let other = numbers[member], nodes[other].isAlive else { continue }
                greet(other, from: node)
                send(.compare(nodes[node].held), from: node, to: other, dials: true)
                send(.compare(nodes[other].held), from: other, to: node, dials: true)
            }
        }
        arm(node)
    }

    mutating func perform(_ effects: [Plumtree.Effect], at node: Int) {
        for effect in effects {
            switch effect {
            case .push(let announced, let link):
                // One entry each time.
                let first = UInt32(announced.id.length) - 1
                if !liars.contains(node) { send(.push(first: first, announced), from: node, to: Int(link.rawValue)) }
            case .iHave(let announced, let link):
                counts.announcements += announced.count
                send(.iHave(announced), from: node, to: Int(link.rawValue))
            case .graft(let link):
                counts.grafts += 1
                send(.graft, from: node, to: Int(link.rawValue))
            case .prune(let link):
                counts.prunes += 1
                send(.prune, from: node, to: Int(link.rawValue))
            case .fetch(let log, _, let link): pull(Int(log.incarnation.random), from: Int(link.rawValue), at: node)
            case .compare(let link): send(.compare(nodes[node].held), from: node, to: Int(link.rawValue))
            }
        }
        arm(node)
    }

    /// Both tell whom they know.
    private mutating func greet(_ other: Int, from node: Int) {
        for (teller, listener) in [(node, other), (other, node)] {
            let view = nodes[teller].membership
            send(.records([members[teller]] + view.active + view.passive), from: teller, to: listener, dials: true)
        }
    }

    private mutating func pull(_ log: Int, from other: Int, at node: Int) {
        send(.pull(log: log, from: nodes[node].length(log)), from: node, to: other)
    }

    mutating func deliver(_ packet: Packet, from: Int, to: Int) {
        let at = Instant(milliseconds: now)
        let link = Self.link(from)
        switch packet {
        case .membership(let message):
            perform(nodes[to].membership.received(message, from: members[from], at: at, dice: &dice), at: to)
        case .records(let members):
            perform(nodes[to].membership.learned(members, at: at, dice: &dice), at: to)
        case .push(let first, let announced):
            counts.payloads += Int(announced.id.length) - Int(first)
            queue.add(.verified(packet, from: from, to: to), at: now + 1)
        case .part(_, let first, let length, _):
            counts.payloads += Int(length - first)
            queue.add(.verified(packet, from: from, to: to), at: now + 1)
        case .iHave(let list):
            for announced in list {
                let length = UInt64(nodes[to].length(Int(announced.id.log.incarnation.random)))
                perform(nodes[to].broadcast.received(announced, holding: length, from: link, at: at), at: to)
            }
        case .graft: nodes[to].broadcast.receivedGraft(from: link)
        case .prune: nodes[to].broadcast.receivedPrune(from: link)
        case .pull(let log, let first):
            let length = nodes[to].length(log)
            guard length > first, !liars.contains(to) else { return }
            let part = Packet.part(log: log, first: first, length: length, hop: nodes[to].hops[log])
            send(part, from: to, to: from)
        case .compare(let held):
            for (log, length) in held.enumerated() where length > nodes[to].length(log) {
                pull(log, from: from, at: to)
            }
        }
    }

    mutating func ingest(_ packet: Packet, from: Int, to: Int) {
        let at = Instant(milliseconds: now)
        let link = Self.link(from)
        switch packet {
        case .push(let first, let announced):
            let log = Int(announced.id.log.incarnation.random)
            let (held, length) = (nodes[to].length(log), UInt32(announced.id.length))
            if length <= held {
                perform(nodes[to].broadcast.duplicate(from: link), at: to)
            } else if first > held {
                perform(nodes[to].broadcast.gap(announced.id, hop: announced.hop, from: link, at: at), at: to)
            } else {
                append(log, length, hop: UInt16(clamping: announced.hop) + 1, at: to)
                perform(nodes[to].broadcast.grown(announced.id, hop: announced.hop, from: link, at: at), at: to)
            }
        case .part(let log, let first, let length, let hop):
            let held = nodes[to].length(log)
            guard first <= held, length > held else { return }
            append(log, length, hop: hop + 1, at: to)
            perform(
                nodes[to].broadcast.grown(message(log, length: length), hop: nil, from: link, at: at), at: to)
        default: break
        }
    }

    private mutating func append(_ log: Int, _ length: UInt32, hop: UInt16, at node: Int) {
        counts.delivered += Int(length - nodes[node].length(log))
        counts.lastHop = max(counts.lastHop, hop)
        nodes[node].set(log, length, hop: hop)
    }
}

extension Network.Node {
    func length(_ log: Int) -> UInt32 { log < held.count ? held[log] : 0 }

    mutating func set(_ log: Int, _ length: UInt32, hop: UInt16) {
        if log >= held.count {
            held += Array(repeating: 0, count: log + 1 - held.count)
            hops += Array(repeating: 0, count: log + 1 - hops.count)
        }
        held[log] = length
        hops[log] = hop
    }
}
