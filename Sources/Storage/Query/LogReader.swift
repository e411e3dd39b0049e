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

    /// Length of the log that ends with it.
    var end: UInt64 { position &+ UInt64(operationCount) }

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

    private static let sql = """
        SELECT b.number, l.member, l.incarnation, b.position, b.count, b.time, b.id, b.body, s.signature
        FROM bundles b JOIN logs l ON l.number = b.log LEFT JOIN signatures s ON s.bundle = b.number\u{20}
        """

    /// - Parameter row: Number, member, incarnation, position, count, time, id, body, signature.
    static func bundle(_ row: Row) throws -> StoredBundle {
        let number: Int64 = row[0]
        // Not by type: what `verify` reads may be damaged.
        guard let incarnation = (Data.fromDatabaseValue(row[2])).flatMap({ Incarnation($0) }),
            let count = Int64.fromDatabaseValue(row[4]).flatMap(UInt16.init(exactly:)),
            let position = Int64.fromDatabaseValue(row[3]), let time = Int64.fromDatabaseValue(row[5]),
            let body = Data.fromDatabaseValue(row[7])
        else { throw StorageError.logIsDamaged("bundle \(number): its columns do not read") }
        return StoredBundle(
            number: number, log: LogID(member: try row.fixed(1), incarnation: incarnation),
            position: UInt64(bitPattern: position), operationCount: count, time: HybridTime(databaseInteger: time),
            id: try row.fixed(6), body: Array(body), signature: Data.fromDatabaseValue(row[8]).flatMap { Signature($0) }
        )
    }
}
