import AuthorLog

/// Proofs of forks that one peer told before anything of their logs was held here: a newcomer hears of forks first.
struct EarlyProofs: Sendable {
    private var proofs: [LogID: [ForkProof]] = [:]
    private var byteCount = 0

    /// Where there are too many, those that came first stay: he tells them again on the next connection.
    mutating func insert(_ proof: ForkProof) {
        guard byteCount + proof.bytes.count <= Limits.earlyProofByteLimit else { return }
        byteCount += proof.bytes.count
        proofs[proof.log, default: []].append(proof)
    }

    mutating func take(_ log: LogID) -> [ForkProof] {
        let taken = proofs.removeValue(forKey: log) ?? []
        byteCount -= taken.reduce(0) { $0 + $1.bytes.count }
        return taken
    }
}
