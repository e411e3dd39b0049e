import AuthorLog
import GRDB
import Identity

/// What a verifier says of a part, worked out before it is the part's turn to be written.
struct CheckedAhead: Sendable {
    /// Of the verifier before: only one that stands there says the same.
    private let place: RunVerifier.Place
    fileprivate let result: Result<[VerifiedBundle], RunError>
    fileprivate let after: RunVerifier

    fileprivate init(_ part: [UInt8], by verifier: RunVerifier) {
        place = verifier.place
        var after = verifier
        do throws(RunError) {
            result = .success(try after.receive(part))
        } catch {
            result = .failure(error)
        }
        self.after = after
    }

    /// Receives the part into a verifier, without working it out again where that stands where it was thought to stand.
    static func receive(
        _ arrival: Arrival, _ ahead: CheckedAhead?, into verifier: inout RunVerifier
    ) throws(RunError) -> [VerifiedBundle] {
        guard let ahead, ahead.place == verifier.place else { return try verifier.receive(arrival.part) }
        verifier = ahead.after
        return try ahead.result.get()
    }
}

/// Parts of one log that came together, and what the store knows of the log.
private struct LogArrivals: Sendable {
    var state: LogState
    var verifiers: [UInt64: RunVerifier] = [:]
    var arrivals: [(index: Int, arrival: Arrival)] = []

    /// Each part by the verifier of its connection, as if all were written that is verified.
    func checked(under charter: Charter) -> [(index: Int, check: CheckedAhead)] {
        var (state, verifiers) = (state, verifiers)
        return arrivals.map { index, arrival in
            var verifier = verifiers[arrival.source] ?? RunVerifier(state: state, charter: charter)
            if verifier.state.length != state.length { verifier = RunVerifier(state: state, charter: charter) }
            let check = CheckedAhead(arrival.part, by: verifier)
            if case .success(let bundles) = check.result {
                verifiers[arrival.source] = check.after
                if !bundles.isEmpty { state = check.after.state }
            } else {
                verifiers[arrival.source] = nil
            }
            return (index, check)
        }
    }
}

extension ReplicaStore {
    /// Verifies on every core what is much; logs need nothing of each other.
    ///
    /// - Returns: One for each arrival, in order; nil where its turn is soon enough.
    func checkAhead(_ arrivals: [Arrival]) async throws -> [CheckedAhead?] {
        var checks = [CheckedAhead?](repeating: nil, count: arrivals.count)
        guard arrivals.reduce(0, { $0 + $1.part.count }) >= StorageLimits.checkedAheadBytes else { return checks }
        let logs = try await pool.writeWithoutTransaction { [writer] _ in writer.logs(of: arrivals) }
        let checked = try await logs.concurrentMap(inTasksOf: 1) { [charter] in $0.checked(under: charter) }
        for (index, check) in checked.joined() { checks[index] = check }
        return checks
    }
}

extension Writer {
    fileprivate func logs(of arrivals: [Arrival]) -> [LogArrivals] {
        var logs: [LogArrivals] = []
        var indices: [LogID: Int] = [:]
        for (index, arrival) in arrivals.enumerated() {
            // One that does not read is refused in its turn.
            guard let log = try? RunHead(startOf: arrival.part).log else { continue }
            let position = indices[log] ?? logs.count
            if position == logs.count {
                indices[log] = position
                logs.append(LogArrivals(state: self.logs[log]?.state ?? LogState(log: log, community: charter.id)))
            }
            logs[position].arrivals.append((index, arrival))
            let key = PendingKey(source: arrival.source, log: log)
            if let verifier = pending[key] { logs[position].verifiers[arrival.source] = verifier }
        }
        return logs
    }
}
