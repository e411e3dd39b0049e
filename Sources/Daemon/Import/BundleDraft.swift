import API
import AuthorLog
import Community
import Identity
import Storage

/// What only waits for its place in the log, and how the fold takes each of its operations.
struct BundleDraft: Sendable {
    let body: BundleBody
    let folded: [FoldOperation]
}

extension Node {
    /// Whole bundles of drafts, read and hashed: what an import has to wait for its turn with.
    ///
    /// - Parameter isAlone: Every core is free for it; else it leaves the others to whoever is storing.
    nonisolated func bundled(_ drafts: [Draft], isAlone: Bool) async throws -> [BundleDraft] {
        // All at once: the system is asked one time, not for each.
        let salts = Sodium.random16(drafts.count)
        let parts = stride(from: 0, to: drafts.count, by: AuthorLog.Limits.bundleOperationLimit).map { start in
            start..<min(start + AuthorLog.Limits.bundleOperationLimit, drafts.count)
        }
        let made = try await parts.concurrentMap(inTasksOf: isAlone ? 1 : max(parts.count, 1)) {
            [rules = store.rules] part in
            let operations = part.map { drafts[$0].operation(currency: rules.currency, salt: salts[$0]) }
            return try Self.drafts(of: operations, rules: rules)
        }
        return made.flatMap(\.self)
    }

    private static func drafts(of operations: [Operation], rules: FoldRules) throws -> [BundleDraft] {
        do throws(BundleError) {
            var drafts: [BundleDraft] = []
            for piece in pieces(of: operations) {
                let folded = operations[piece].map { FoldOperation($0, rules: rules) }
                drafts.append(BundleDraft(body: try BundleBody(Array(operations[piece])), folded: folded))
            }
            return drafts
        } catch {
            throw Failure(writing: AuthorError.bundle(error))
        }
    }
}
