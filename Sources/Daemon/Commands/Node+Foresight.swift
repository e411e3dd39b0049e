import API
import AuthorLog
import Identity
import Storage

/// What operations of authority would change, told before they are written.
struct Foreseen: Sendable {
    let foresight: Foresight
    /// Of each operation, in order.
    let operations: [OperationID]

    var before: Standing { foresight.before }
    var after: Standing { foresight.after }
    var cuts: [CutRow] { foresight.cuts.map { CutRow($0) } }
}

extension Node {
    /// Works out what stands once this member has written the operations. Nothing is written.
    ///
    /// - Throws: `E-ROLE` for who is no steward, `E-RULE` for a steward without power.
    func foresee(_ operations: [Operation]) async throws -> Foreseen {
        guard let right, right.role == .steward else {
            throw Failure(.role, "only a steward may do this, and this node's role is \(right?.role.name ?? "none")")
        }
        let wall = clocks.wallMilliseconds
        let next: [VerifiedBundle]
        do {
            var (author, opening) = try ownLog.author(wallMilliseconds: wall)
            next = opening + [try author.write(operations, wallMilliseconds: wall)]
        } catch {
            throw Failure(writing: error)
        }
        guard let last = next.last else { throw Failure(.internalError, "nothing was foreseen") }
        let bundles = next.compactMap { AuthorityBundle($0.bundle) }
        let foreseen = Foreseen(
            foresight: try await ask { try await $0.foresight(next: bundles) },
            operations: operations.indices.map { OperationID(bundle: last.bundle.id, index: $0) })
        try checkPower(foreseen)
        return foreseen
    }

    /// An operation without power says nothing: it would be written in vain.
    private func checkPower(_ foreseen: Foreseen) throws(Failure) {
        guard let last = foreseen.operations.last, foreseen.after[last] == nil else { return }
        let own = foreseen.before[member]
        for flag in own?.flags ?? [] {
            switch flag {
            case .awaitsAdmit(let invite):
                let issuer = foreseen.before.invites.first { $0.id == invite }?.issuer
                throw Failure(
                    .rule,
                    "you came as a steward by a ticket, and have no power before \(issuer.map { "\($0)" } ?? "your inviter") names you",
                    hint: "ask for `grapevine member admit TICKET \(member)`")
            case .revoked(let by):
                throw Failure(.rule, "your own key is revoked, by \(by.map(\.name).joined(separator: " and "))")
            default: continue
            }
        }
        throw Failure(.rule, "your steward's right does not stand, so this would say nothing")
    }
}
