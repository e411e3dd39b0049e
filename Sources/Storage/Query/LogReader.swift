import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// A bundle as it stands in the database; nothing of it is believed.
struct StoredBundle: Sendable {
    let number: Int64
    let log: LogID
    let position: UInt64
    let operationCount: UInt16
    let time: HybridTime
    let id: Hash256
    let body: [UInt8]
    let signature: Signature?

    /// - Parameter previous: Id of the bundle before.
    func run(community: CommunityID, previous: Hash256) -> [UInt8] {
        var writer = RunWriter(
            RunHead(community: community, log: log, firstPosition: position, previous: previous))
        writer.append(time: time, operationCount: operationCount, body: body[...], signature: signature)
        return writer.bytes
    }

    func operations() throws -> [Operation] {
        do {
            return try Operation.decode(body: body, count: Int(operationCount))
        } catch {
            throw StorageError.logIsDamaged("log \(log), position \(position): \(error)")
        }
    }
}

/// Reads the log's tables.
struct LogReader {
    let database: Database
    let charter: Charter

    func bundle(number: Int64) throws -> StoredBundle {
        guard
            let row = try Row.fetchOne(
                database.cachedStatement(sql: Self.sql + "WHERE b.number = ?"), arguments: [number])
        else { throw StorageError.logIsDamaged("bundle \(number) is missing") }
        return try Self.bundle(row)
    }

    /// Calls `body` with every bundle from a position on, in order, until it answers false.
    func forEachBundle(of log: LogNumber, from position: UInt64 = 0, _ body: (StoredBundle) throws -> Bool) throws {
        let cursor = try Row.fetchCursor(
            database, sql: Self.sql + "WHERE b.log = ? AND b.position >= ? ORDER BY b.position",
            arguments: [log, Int64(clamping: position)])
        while let row = try cursor.next() {
            guard try body(try Self.bundle(row)) else { return }
        }
    }

    /// Calls `body` with every bundle that is not held, in order of arrival.
    func forEachFoldedBundle(_ body: (StoredBundle) throws -> Void) throws {
        let cursor = try Row.fetchCursor(
            database,
            sql: Self.sql + "WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.bundle = b.number) ORDER BY b.number")
        while let row = try cursor.next() { try body(try Self.bundle(row)) }
    }

    private static let sql = """
        SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, s.signature
        FROM bundles b JOIN logs l ON l.number = b.log LEFT JOIN signatures s ON s.bundle = b.number\u{20}
        """

    private static func bundle(_ row: Row) throws -> StoredBundle {
        guard let incarnation = Incarnation(row[2] as Data), let count = UInt16(exactly: row[4] as Int64) else {
            throw StorageError.logIsDamaged("bundle \(row[0] as Int64): its log or count does not read")
        }
        return StoredBundle(
            number: row[0], log: LogID(member: try row.fixed(1), incarnation: incarnation),
            position: UInt64(bitPattern: row[3]), operationCount: count, time: HybridTime(databaseInteger: row[5]),
            id: try row.fixed(6), body: Array(row[7] as Data), signature: (row[8] as Data?).flatMap { Signature($0) })
    }
}
