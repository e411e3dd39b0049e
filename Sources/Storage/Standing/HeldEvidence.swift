import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// What standing is a function of, as this replica holds it, in memory: some kilobytes a member.
struct HeldEvidence {
    /// On every branch, below a cut or beyond.
    private(set) var bundles: [AuthorityBundle] = []
    /// One a fork: log, position and predecessor, as no proof can speak for another place.
    private(set) var proofs: [Fork: ForkProof] = [:]
    private var forksOfLog: [LogID: [Fork]] = [:]
    private(set) var orders: [Hash256: SignedRootOrder] = [:]
    private var known: Set<Hash256> = []
    /// Of ``orders`` and ``proofs``.
    private(set) var revision = 0

    mutating func insert(_ bundle: AuthorityBundle) {
        if known.insert(bundle.id).inserted { bundles.append(bundle) }
    }

    /// - Returns: False where that fork was known.
    mutating func insert(_ proof: ForkProof) -> Bool {
        let fork = Fork(proof)
        guard proofs[fork] == nil else { return false }
        proofs[fork] = proof
        forksOfLog[fork.log, default: []].append(fork)
        revision += 1
        return true
    }

    mutating func remove(_ fork: Fork) {
        proofs[fork] = nil
        forksOfLog[fork.log]?.removeAll { $0 == fork }
    }

    /// - Returns: False where it was held.
    mutating func insert(_ order: SignedRootOrder) -> Bool {
        guard orders[order.hash] == nil else { return false }
        orders[order.hash] = order
        revision += 1
        return true
    }

    var forks: [Fork] { Array(proofs.keys) }
    func forks(of log: LogID) -> [Fork] { forksOfLog[log] ?? [] }

    func evidence(charter: Charter) -> Evidence {
        Evidence(charter: charter, orders: orders.values.map(\.order), bundles: bundles, forks: forks)
    }

    /// Logs that some chain names further than they are held: when they grow, the chain may stand or fall.
    func awaitedLogs(_ lengths: (LogID) -> UInt64) -> Set<LogID> {
        var awaited: Set<LogID> = []
        for bundle in bundles {
            guard case .present(let presentation) = bundle.operations.first else { continue }
            for excerpt in presentation.excerpts where lengths(excerpt.header.log) < excerpt.header.end {
                awaited.insert(excerpt.header.log)
            }
        }
        return awaited
    }
}

extension HeldEvidence {
    init(reading database: Database, charter: Charter) throws {
        let followed = """
            SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, NULL,
                coalesce((SELECT p.id FROM bundles p WHERE p.log = b.log AND p.position < b.position
                    ORDER BY p.position DESC LIMIT 1), l.first_previous)
            FROM authority a JOIN bundles b ON b.number = a.bundle JOIN logs l ON l.number = b.log
            """
        let aside = """
            SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, b.signature, b.previous
            FROM aside b JOIN logs l ON l.number = b.log
            """
        for sql in [followed, aside] {
            let rows = try Row.fetchCursor(database, sql: sql)
            while let row = try rows.next() {
                let stored = try LogReader.bundle(row)
                let bundle = try stored.bundle(community: charter.id, previous: try row.fixed(9))
                if let authority = AuthorityBundle(bundle) { insert(authority) }
            }
        }
        for bytes in try Data.fetchAll(database, sql: "SELECT proof FROM forks") {
            // They were verified before they were kept; `verify` names one that does not read.
            if let proof = try? ForkProof(decoding: Array(bytes), community: charter.id) { _ = insert(proof) }
        }
        for bytes in try Data.fetchAll(database, sql: "SELECT bytes FROM orders") {
            if let order = try? SignedRootOrder(decoding: Array(bytes)) { _ = insert(order) }
        }
    }
}

extension StoredBundle {
    /// - Throws: ``StorageError/logIsDamaged(_:)`` where its body does not read; its id is not compared.
    func bundle(community: CommunityID, previous: Hash256) throws -> Bundle {
        do {
            return try Bundle(
                stored: body, log: log, position: position, previous: previous, time: time,
                operationCount: operationCount, community: community, signature: signature)
        } catch {
            throw StorageError.logIsDamaged("log \(log), position \(position): \(error)")
        }
    }
}
