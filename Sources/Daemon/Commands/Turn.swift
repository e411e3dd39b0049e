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

    private var held: [Subject] = []
    private var waiting: [(subject: Subject, begins: CheckedContinuation<Void, Never>)] = []

    var heldCount: Int { held.count }
    var waitingCount: Int { waiting.count }

    package init() {}

    package nonisolated func take<Value: Sendable>(
        of subject: Subject = .everything, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        await begin(subject)
        do {
            let value = try await body()
            await end(subject)
            return value
        } catch {
            await end(subject)
            throw error
        }
    }

    private func begin(_ subject: Subject) async {
        // Nobody overtakes one that he could get in the way of: who wants everything gets it.
        guard (held + waiting.map(\.subject)).contains(where: subject.conflicts) else {
            held.append(subject)
            return
        }
        await withCheckedContinuation { waiting.append((subject, $0)) }
    }

    /// Hands the turn on: it is never free between two that wait.
    private func end(_ subject: Subject) {
        if let index = held.firstIndex(of: subject) { held.remove(at: index) }
        var ahead: [Subject] = []
        waiting.removeAll { next in
            guard !(held + ahead).contains(where: next.subject.conflicts) else {
                ahead.append(next.subject)
                return false
            }
            held.append(next.subject)
            next.begins.resume()
            return true
        }
    }
}
