package import AuthorLog
import FoundationEssentials
import GRDB
package import Identity

/// What would stand, and what proves a right: for whoever is about to write authority.
extension ReplicaStore {
    /// What stands, and what would once an own log went on so.
    ///
    /// - Parameter next: See ``Foresight/init(of:held:next:)``.
    package func foresight(next: [AuthorityBundle]) async throws -> Foresight {
        try await judge { Foresight(of: $0, held: $1, next: next) }
    }

    /// What stands, and what would by a further root order.
    package func foresight(order: RootOrder) async throws -> Foresight {
        try await judge { Foresight(of: $0, held: $1, order: order) }
    }

    /// On the branch up to the bundle `head`, the last end of a bundle at or before `length`; nil if there is none.
    package func point(
        atOrBefore length: UInt64, upTo head: Hash256, in log: LogID
    ) async throws -> BranchPoint? {
        try await judge { _, held in held.point(atOrBefore: length, upTo: head, in: log) }
    }

    /// Whether the way of what stands of a log leads through a bundle's end.
    package func isOnStandingBranch(_ point: BranchPoint, of log: LogStanding) async throws -> Bool {
        guard log.length >= point.length else { return false }
        return try await judge { _, held in
            held.point(atOrBefore: point.length, upTo: log.head, in: log.log) == point
        }
    }

    /// What a log shows in the bundle that ends there, on the branch that stands.
    package func presentation(in log: LogStanding, endingAt end: UInt64) async throws -> Presentation? {
        try await pool.writeWithoutTransaction { [writer] database in
            let held = writer.held(database)
            for bundle in writer.evidence.bundles where bundle.header.log == log.log && bundle.header.end == end {
                guard case .present(let presentation)? = bundle.operations.first,
                    held.point(atOrBefore: end, upTo: log.head, in: log.log)?.head == bundle.id
                else { continue }
                return presentation
            }
            if let failure = held.failure { throw failure }
            return nil
        }
    }

    /// A held bundle of authority, with its signature; nil where it is not held.
    package func authorityBundle(_ id: Hash256) async throws -> Bundle? {
        try await pool.writeWithoutTransaction { [writer, charter] database in
            guard let header = writer.evidence.bundles.first(where: { $0.id == id })?.header else { return nil }
            let followed = """
                SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, s.signature
                FROM bundles b JOIN logs l ON l.number = b.log JOIN signatures s ON s.bundle = b.number
                WHERE l.member = ? AND l.incarnation = ? AND b.position = ? AND b.id = ?
                """
            let aside = """
                SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, b.signature
                FROM aside b JOIN logs l ON l.number = b.log
                WHERE l.member = ? AND l.incarnation = ? AND b.position = ? AND b.id = ?
                """
            for sql in [followed, aside] {
                let row = try Row.fetchOne(
                    database, sql: sql,
                    arguments: [
                        header.member.data, Data(header.incarnation.bytes), Int64(clamping: header.position), id.data,
                    ])
                if let row {
                    return try LogReader.bundle(row).bundle(community: charter.id, previous: header.previous)
                }
            }
            return nil
        }
    }

    private func judge<Value: Sendable>(
        _ body: @Sendable @escaping (Evidence, HeldLogs) -> Value
    ) async throws -> Value {
        try await pool.writeWithoutTransaction { [writer, charter] database in
            let held = writer.held(database)
            let value = body(writer.evidence.evidence(charter: charter), held)
            if let failure = held.failure { throw failure }
            return value
        }
    }
}

extension Writer {
    fileprivate func held(_ database: Database) -> HeldLogs {
        HeldLogs(database: database, logs: logs, branches: branches, ends: ends)
    }
}
