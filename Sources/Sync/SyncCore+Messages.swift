import AuthorLog
import Identity

/// What an accepted peer says.
extension SyncCore {
    mutating func read(_ message: Message, from id: ConnectionID) {
        guard peersByID[id] != nil else { return }
        switch message {
        case .frontierHash(let hash, _): heard(hash, from: id)
        case .ranges(let ranges): received(ranges, from: id)
        case .heads(let rows, let hops):
            guard charge(rows.count, to: id) else { return }
            for (row, hop) in zip(rows, hops) { shown(row, hop: hop, by: id) }
        case .pull(let pull): received(pull, from: id)
        case .credit(let pull, let byteCount):
            peersByID[id]?.serving.credit(byteCount, pull: pull)
            serve(id)
        case .run(let pull, let part): received(part: part, pull: pull, from: id)
        case .push(let run, let hop): received(pushed: run, hop: hop, from: id)
        case .pullDone(let pull, let unserved): received(done: pull, unserved: unserved, from: id)
        case .peerRecords(let records): received(records, from: id)
        case .orders(let orders): received(orders: orders, from: id)
        case .ping(let nonce): send(.pong(nonce), to: id)
        case .pong(let nonce):
            if let next = peersByID[id]?.window.confirmed(nonce) { send(.ping(next), to: id) }
        case .forkProofs(let proofs): received(proofs: proofs, from: id)
        case .networkKey(let key): told(key, by: id)
        case .graft: tree.receivedGraft(from: linkID(of: id))
        case .prune: tree.receivedPrune(from: linkID(of: id))
        case .join, .forwardJoin, .neighbor, .neighborReply, .disconnect, .shuffle, .shuffleReply:
            heard(message, from: id)
        case .unknown, .hello, .chain, .chainRequest, .goodbye: break
        }
    }

    private mutating func received(orders: [[UInt8]], from id: ConnectionID) {
        var known = Set(self.orders.map(\.hash))
        var new: [SignedRootOrder] = []
        // Told by serial: what leads to a root may come after what it signed.
        let candidates = self.orders + orders.compactMap { try? SignedRootOrder(decoding: $0) }  // refused below
        for bytes in orders {
            guard charge(Limits.workPerSignature, to: id) else { return }
            guard let order = try? SignedRootOrder(decoding: bytes) else {  // how it is malformed helps nobody
                return refuse(id, Goodbye(.malformed, "a root order that does not read"))
            }
            if peersByID[id].map({ $0.orders.count < Limits.ordersHeld }) ?? false {
                peersByID[id]?.orders.insert(order.hash)
            }
            guard known.insert(order.hash).inserted, known.count <= Limits.ordersHeld else { continue }
            guard order.isGenuine(under: configuration.charter, successions: candidates) else {
                return refuse(id, Goodbye(.malformed, "a root order that the root has not signed"))
            }
            new.append(order)
        }
        if !new.isEmpty { effects.append(.keepOrders(new)) }
    }

    mutating func held(_ orders: [SignedRootOrder]) {
        moves()
        self.orders = Array(orders.prefix(Limits.ordersHeld))
        ordersHash = SignedRootOrder.hash(of: self.orders)
        for id in acceptedIDs {
            tellOrders(to: id)
            peersByID[id]?.comparison.due()
        }
    }

    /// Those he is not known to have.
    mutating func tellOrders(to id: ConnectionID) {
        let told = peersByID[id]?.orders ?? []
        let untold = orders.filter { !told.contains($0.hash) }
        guard !untold.isEmpty else { return }
        var message: [[UInt8]] = []
        for order in untold {
            if message.count == Limits.ordersTold {
                send(.orders(message), to: id)
                message = []
            }
            message.append(order.bytes)
            peersByID[id]?.orders.insert(order.hash)
        }
        send(.orders(message), to: id)
    }
}
