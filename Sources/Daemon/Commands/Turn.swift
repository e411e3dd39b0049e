package import Identity

/// Lets callers look at the record and write what follows from what they saw, in order of arrival: those that could see each
/// other's writes one at a time, those of different pledges together.
///
/// Without it the same payment, sent twice at once, would be written twice: neither would see the other. And if every caller
/// waited for every other, no two writes would ever share a transaction.
package actor Turn {
    /// What a caller reads and writes.
    package enum Subject: Hashable, Sendable {
        case everything
        case pledge(PledgeID)

        func conflicts(with other: Subject) -> Bool {
            self == .everything || other == .everything || self == other
        }
    }

    /// Whose turn it is.
    package struct Hold: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private var held: [(hold: Hold, subject: Subject)] = []
    private var waiting: [(hold: Hold, subject: Subject, begins: CheckedContinuation<Void, Never>)] = []
    private var holds: UInt64 = 0

    var heldCount: Int { held.count }
    var waitingCount: Int { waiting.count }

    package init() {}

    package nonisolated func take<Value: Sendable>(
        of subject: Subject = .everything, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await take(of: subject, beside: nil) { _, _ in try await body() }
    }

    /// - Parameters:
    ///   - other: One that knows of this one, and lets it in beside it; not where somebody waits, nor a third one.
    ///   - body: Is told whose turn it is, and whether the other one's turn lasts.
    package nonisolated func take<Value: Sendable>(
        of subject: Subject = .everything, beside other: Hold?,
        _ body: @Sendable (_ hold: Hold, _ isBeside: Bool) async throws -> Value
    ) async throws -> Value {
        let (hold, isBeside) = await begin(subject, beside: other)
        do {
            let value = try await body(hold, isBeside)
            await end(hold)
            return value
        } catch {
            await end(hold)
            throw error
        }
    }

    private func begin(_ subject: Subject, beside other: Hold?) async -> (hold: Hold, isBeside: Bool) {
        holds += 1
        let hold = Hold(number: holds)
        if let other, waiting.isEmpty, held.map(\.hold) == [other] {
            held.append((hold, subject))
            return (hold, true)
        }
        // Nobody overtakes one that he could get in the way of: who wants everything gets it.
        guard (held.map(\.subject) + waiting.map(\.subject)).contains(where: subject.conflicts) else {
            held.append((hold, subject))
            return (hold, false)
        }
        await withCheckedContinuation { waiting.append((hold, subject, $0)) }
        return (hold, false)
    }

    /// Hands the turn on: it is never free between two that wait.
    private func end(_ hold: Hold) {
        held.removeAll { $0.hold == hold }
        var ahead: [Subject] = []
        waiting.removeAll { next in
            guard !(held.map(\.subject) + ahead).contains(where: next.subject.conflicts) else {
                ahead.append(next.subject)
                return false
            }
            held.append((next.hold, next.subject))
            next.begins.resume()
            return true
        }
    }
}
