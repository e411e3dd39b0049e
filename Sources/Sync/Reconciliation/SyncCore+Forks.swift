import AuthorLog
import Identity

/// Logs that say two things: the search for the place, and the proofs that everybody carries.
extension SyncCore {
    // MARK: Proofs

    mutating func received(proofs: [[UInt8]], from id: ConnectionID) {
        var new: [ForkProof] = []
        for bytes in proofs {
            guard charge(2 * Limits.workPerSignature, to: id) else { return }
            let proof: ForkProof
            do {
                proof = try ForkProof(decoding: bytes, community: configuration.charter.id)
            } catch {
                return refuse(id, Goodbye(.malformed, "a proof of a fork that proves nothing"))
            }
            let fork = Fork(proof).id
            peersByID[id]?.forks.insert(fork)
            if forks[fork] == nil, !new.contains(where: { Fork($0).id == fork }) { new.append(proof) }
        }
        if !new.isEmpty { effects.append(.keepForks(new)) }
    }

    /// All that are held now.
    mutating func held(_ proofs: [ForkProof]) {
        forks = Dictionary(proofs.map { (Fork($0).id, $0) }) { first, _ in first }
        for id in acceptedIDs { tellForks(to: id) }
    }

    /// Those he is not known to have, lowest first: they end logs, so they come before these.
    mutating func tellForks(to id: ConnectionID) {
        let told = peersByID[id]?.forks ?? []
        let untold = forks.filter { !told.contains($0.key) }.sorted { ($0.value.log, $0.key) < ($1.value.log, $1.key) }
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
        guard unserved.reason == .anotherBranch, peersByID[id]?.search == nil, !ended.contains(unserved.log),
            let row = frontier.row(for: unserved.log)
        else { return }
        peersByID[id]?.search = ForkSearch(of: unserved.log, own: row.length, his: unserved.length)
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
