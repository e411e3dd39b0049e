import AuthorLog
import Identity

/// Logs that say two things: the search for the place, and the proofs that everybody carries.
extension SyncCore {
    // MARK: Proofs

    mutating func received(proofs: [[UInt8]], from id: ConnectionID) {
        var new: [ForkProof] = []
        for bytes in proofs {
            // Many may know of many forks: what is known costs no signatures.
            if let place = try? ForkProof.place(of: bytes), forks[place] != nil {
                guard charge(1, to: id) else { return }
                peersByID[id]?.forks.insert(place)
                continue
            }
            guard charge(2 * Limits.workPerSignature, to: id) else { return }
            let proof: ForkProof
            do {
                proof = try ForkProof(decoding: bytes, community: configuration.charter.id)
            } catch {
                return refuse(id, Goodbye(.malformed, "a proof of a fork that proves nothing"))
            }
            if !new.contains(where: { Fork($0) == Fork(proof) }) { new.append(proof) }
        }
        for proof in new where frontier.row(for: proof.log) == nil { peersByID[id]?.earlyProofs.insert(proof) }
        if !new.isEmpty { effects.append(.keepForks(new)) }
    }

    /// The first of a log is held: what was told of its forks before means something now.
    mutating func begins(_ log: LogID) {
        var proofs: [ForkProof] = []
        for id in ids { proofs += peersByID[id]?.earlyProofs.take(log) ?? [] }
        if !proofs.isEmpty { effects.append(.keepForks(proofs)) }
    }

    /// All that are held now.
    mutating func held(_ proofs: [ForkProof]) {
        forks = Dictionary(proofs.map { (Fork($0), $0) }) { first, _ in first }
        for id in acceptedIDs { tellForks(to: id) }
    }

    /// Those he is not known to have, lowest first: they end logs, so they come before these.
    mutating func tellForks(to id: ConnectionID) {
        let told = peersByID[id]?.forks ?? []
        let untold = forks.filter { !told.contains($0.key) }.sorted {
            ($0.key.log, $0.key.position, $0.key.id) < ($1.key.log, $1.key.position, $1.key.id)
        }
        var message: [[UInt8]] = []
        for (fork, proof) in untold {
            if message.count == Limits.forkProofsTold {
                send(.forkProofs(message), to: id)
                message = []
            }
            message.append(proof.bytes)
            peersByID[id]?.forks.insert(fork)
        }
        if !message.isEmpty { send(.forkProofs(message), to: id) }
    }

    // MARK: The search

    /// He serves the log, but not from where ours ends.
    mutating func isOnAnotherBranch(_ unserved: Unserved, id: ConnectionID) {
        guard unserved.reason == .anotherBranch else { return }
        search(unserved.log, his: unserved.length, id: id)
    }

    /// His branch of the log is another one, and as long as that.
    mutating func search(_ log: LogID, his length: UInt64, id: ConnectionID) {
        guard peersByID[id]?.search == nil, !ended.contains(log), let row = frontier.row(for: log) else { return }
        peersByID[id]?.search = ForkSearch(of: log, own: row.length, his: length)
        pullsAreStale = true
    }

    /// The search goes on where no other pull is under way.
    ///
    /// - Returns: Whether there is one.
    mutating func searches(_ id: ConnectionID) -> Bool {
        switch peersByID[id]?.search?.next() {
        case .lookUp(let position, let lower, let upper):
            guard let log = peersByID[id]?.search?.log else { return false }
            effects.append(.findEnd(log, near: position, above: lower, below: upper, for: id))
            return true
        case .ask(let point):
            guard let log = peersByID[id]?.search?.log else { return false }
            let want = Want(log: log, from: point.length, head: point.head, to: point.length + 1)
            pulled[log] = id
            guard let pull = peersByID[id]?.pulling.start([want], at: now, isProbe: true) else { return false }
            peersByID[id]?.search?.asked(pull: pull.id)
            send(.pull(pull), to: id)
            return true
        case .wait: return true
        case .over:
            peersByID[id]?.search = nil
            return false
        case nil: return false
        }
    }

    mutating func found(_ point: BranchPoint?, of log: LogID, for id: ConnectionID) {
        guard peersByID[id]?.search?.log == log else { return }
        peersByID[id]?.search?.lookedUp(point)
        pullsAreStale = true
    }
}
