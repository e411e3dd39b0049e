package import AuthorLog
import FoundationEssentials
import GRDB
import Identity

/// What stands, and the evidence for it that comes outside of logs.
extension ReplicaStore {
    /// What stands by all that is held now. Worked out each time: what was applied last does not know how far logs have grown since.
    package func standing() async throws -> Standing {
        try await pool.writeWithoutTransaction { [writer] database in try writer.judge(database) }
    }

    /// Proofs of forks that are held, by log, then position.
    package func forkProofs() async throws -> [ForkProof] {
        try await pool.writeWithoutTransaction { [writer] _ in writer.evidence.sortedProofs }
    }

    /// Genuine root orders, by serial, then hash.
    package func orders() async throws -> [SignedRootOrder] {
        try await pool.writeWithoutTransaction { [writer] _ in writer.evidence.sortedOrders }
    }

    /// Keeps root orders and works out what stands by them.
    ///
    /// - Parameter orders: Genuine: see ``SignedRootOrder/isGenuine(under:successions:)``.
    @discardableResult
    package func keep(_ orders: [SignedRootOrder], wallMilliseconds: UInt64? = nil) async throws -> Changes {
        try await learn("keeping root orders", wallMilliseconds: wallMilliseconds) { writer, database in
            var isNew = false
            for order in orders { isNew = try writer.keep(order, in: database) || isNew }
            return isNew
        }
    }

    /// Keeps proofs of forks and works out what stands by them.
    package func keep(_ proofs: [ForkProof], wallMilliseconds: UInt64) async throws -> Changes {
        try await learn("keeping proofs of forks", wallMilliseconds: wallMilliseconds) { writer, database in
            var isNew = false
            for proof in proofs { isNew = try writer.keep(proof, in: database) || isNew }
            return isNew
        }
    }

    /// Works in what waits: see ``Changes/settlesIn``.
    ///
    /// - Parameters:
    ///   - tellsAll: Not only what has changed: for whoever has just begun.
    ///   - isPatient: Where more may be coming, nothing is done yet but to say when.
    ///   - isGrowing: More has come, and is not stored yet.
    @discardableResult
    package func settle(
        wallMilliseconds: UInt64, tellsAll: Bool = false, isPatient: Bool = false, isGrowing: Bool = false
    ) async throws -> Changes {
        try await pool.writeWithoutTransaction { [writer, pool] database in
            var changes = try writer.changing(database, doing: "working out what stands") { database in
                if writer.isStandingStale, !isPatient || writer.backlog.wait(isGrowing: isGrowing) == .zero {
                    try writer.settle(wallMilliseconds: wallMilliseconds, from: .ahead(pool), database)
                }
                if tellsAll { writer.isNewlySettled = true }
                return []
            }
            if tellsAll {
                (changes.orders, changes.proofs) = (writer.evidence.sortedOrders, writer.evidence.sortedProofs)
            }
            return changes
        }
    }

    private func learn(
        _ what: String, wallMilliseconds: UInt64?, _ body: @Sendable @escaping (Writer, Database) throws -> Bool
    ) async throws -> Changes {
        try await pool.writeWithoutTransaction { [writer] database in
            try writer.changing(database, doing: what) { database in
                guard try body(writer, database) else { return [] }
                writer.isStandingStale = true
                if writer.pace.isDue, writer.backlog.isEmpty {
                    try writer.settle(wallMilliseconds: wallMilliseconds, database)
                }
                return []
            }
        }
    }
}

extension Writer {
    /// - Returns: False where it was held.
    func keep(_ order: SignedRootOrder, in database: Database) throws -> Bool {
        guard evidence.insert(order) else { return false }
        try run("INSERT OR IGNORE INTO orders VALUES (?, ?)", [order.hash.data, Data(order.bytes)], database)
        return true
    }
}

extension HeldEvidence {
    var sortedOrders: [SignedRootOrder] {
        orders.sorted { ($0.value.order.serial, $0.key) < ($1.value.order.serial, $1.key) }.map(\.value)
    }

    var sortedProofs: [ForkProof] {
        proofs.sorted { ($0.key.log, $0.key.position, $0.key.id) < ($1.key.log, $1.key.position, $1.key.id) }
            .map(\.value)
    }
}
