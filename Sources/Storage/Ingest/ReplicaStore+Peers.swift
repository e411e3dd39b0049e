package import AuthorLog
import FoundationEssentials
import GRDB
package import Identity

/// What a node remembers of other nodes: chains of members, where they can be dialled.
extension ReplicaStore {
    package func keep(_ chain: Presentation, of member: MemberKey) async throws {
        try await write("keeping a chain") { try Self.keep(chain, of: member, in: $0) }
    }

    static func keep(_ chain: Presentation, of member: MemberKey, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO chains VALUES (?, ?)", arguments: [member.data, Data(chain.bytes)])
    }

    package func chains() async throws -> [MemberKey: Presentation] {
        try await pool.read { database in
            var chains: [MemberKey: Presentation] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT member, presentation FROM chains") {
                // One that does not read is asked for again.
                chains[try row.fixed(0)] = try? Presentation(decoding: Array(row[1] as Data))
            }
            return chains
        }
    }

    /// - Parameters:
    ///   - member: Whose record it is.
    ///   - record: As the Sync room encodes it.
    package func keep(peerRecord record: [UInt8], of member: MemberKey) async throws {
        try await write("keeping a peer record") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO peer_records VALUES (?, ?)", arguments: [member.data, Data(record)])
        }
    }

    package func peerRecords() async throws -> [[UInt8]] {
        try await pool.read { database in
            try Data.fetchAll(database, sql: "SELECT record FROM peer_records ORDER BY member").map { Array($0) }
        }
    }

    /// The token that the mark beside the key repeats; made with the database.
    package func token() async throws -> Bytes16 {
        try await write("reading the token") { database in
            if let held = try NodeValue.token.read(from: database), let token = Bytes16(held) { return token }
            guard let token = Bytes16(Sodium.random(Bytes16.byteCount)) else {
                preconditionFailure("16 random bytes are 16 bytes")
            }
            try NodeValue.token.write(token.bytes, to: database)
            return token
        }
    }

    /// The id of the bundle that ends at `length` in a log; zero bytes at 0, nil where none ends there.
    package func head(of log: LogID, at length: UInt64) async throws -> Hash256? {
        guard length > 0 else { return Hash256(raw: .zero) }
        return try await pool.read { database in
            try Data.fetchOne(
                database,
                sql: """
                    SELECT b.id FROM bundles b JOIN logs l ON l.number = b.log
                    WHERE l.member = ? AND l.incarnation = ? AND b.position + b.count = ?
                        AND b.position < ? AND b.position >= ?
                    """,
                arguments: [
                    log.member.data, Data(log.incarnation.bytes), Int64(clamping: length), Int64(clamping: length),
                    Int64(clamping: length) - Int64(AuthorLog.Limits.bundleOperationLimit),
                ]
            ).flatMap { Hash256($0) }
        }
    }

    /// Bucket hashes for the next digest.
    package func keep(_ hashes: [StateDigest.Bucket]) async throws {
        try await write("keeping bucket hashes") { try StateDigest.store(hashes, in: $0) }
    }

    private func write<Value: Sendable>(
        _ what: String, _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws -> Value {
        try await pool.writeWithoutTransaction { [writer] in try writer.transaction($0, doing: what, body) }
    }
}
