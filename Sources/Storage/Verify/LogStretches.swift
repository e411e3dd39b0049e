import AuthorLog
import Community
import GRDB
import Identity

/// Checks a log in stretches that end with a signature: whether all is well, and nothing about what is not.
struct LogStretches {
    let entry: LogCheck.Entry
    let progress: ProgressReport
    /// Operations that ``progress`` has heard of.
    private(set) var told = 0

    private let community: CommunityID
    private var verifier: RunVerifier
    private var finding = LogCheck.Finding()
    /// Of the bundle read last.
    private var previous: Hash256
    private var position: UInt64 = 0
    private var part: RunWriter?
    /// As stored, of bundles that are not vouched for yet.
    private var ids: [Hash256] = []

    init(entry: LogCheck.Entry, charter: Charter, progress: ProgressReport) {
        self.entry = entry
        self.progress = progress
        community = charter.id
        verifier = RunVerifier(state: LogState(log: entry.log, community: charter.id), charter: charter)
        previous = entry.firstPrevious
    }

    private struct NotWell: Error {}

    /// - Returns: Nil where something is wrong, or only looks so.
    mutating func check(_ database: Database) throws -> LogCheck.Finding? {
        // What is no integer would be read as one.
        let sql = """
            SELECT b.position, b.count, b.time, b.id, b.body, s.signature,
                typeof(b.position) = 'integer' AND typeof(b.count) = 'integer' AND typeof(b.time) = 'integer'
            FROM bundles b LEFT JOIN signatures s ON s.bundle = b.number WHERE b.log = ? ORDER BY b.position
            """
        do {
            try DirectStatement(database, sql).forEach({ $0.add(entry.number) }) { try take($0) }
            try verify()
            try takeTail(database)
        } catch is NotWell {
            return nil
        }
        let state = verifier.state
        guard position == entry.length, state.length == position, ids.isEmpty, position == 0 || state.head == previous
        else { return nil }
        finding.state = state
        return finding
    }

    private mutating func take(_ row: DirectStatement.Columns) throws {
        guard row.bool(6), row.bits(0) == position, let count = UInt16(exactly: row.int(1)),
            let id = Hash256(row.bytes(3))
        else { throw NotWell() }
        let signature = row.isNull(5) ? nil : Signature(row.bytes(5))
        guard signature != nil || row.isNull(5) else { throw NotWell() }
        var part =
            self.part.take()
            ?? RunWriter(RunHead(community: community, log: entry.log, firstPosition: position, previous: previous))
        part.append(
            time: HybridTime(rawValue: row.bits(2)), operationCount: count, body: row.bytes(4), signature: signature)
        let byteCount = part.byteCount
        self.part = part
        ids.append(id)
        previous = id
        position += UInt64(count)
        finding.bundles += 1
        finding.operations += Int(count)
        if signature != nil { finding.signatures += 1 }
        // Signatures come often enough, or one is missing.
        if signature != nil || byteCount > StorageLimits.unverifiedByteLimit { try verify() }
    }

    private mutating func verify() throws {
        guard let part = part.take() else { return }
        try receive(part.bytes)
    }

    private mutating func receive(_ part: [UInt8]) throws {
        let verified: [VerifiedBundle]
        do {
            verified = try verifier.receive(part)
        } catch {
            throw NotWell()
        }
        guard verified.lazy.map(\.bundle.id).elementsEqual(ids.prefix(verified.count)) else { throw NotWell() }
        ids.removeFirst(verified.count)
        let operations = verified.reduce(0) { $0 + $1.bundle.operationCount }
        told += operations
        progress.verified(operations)
    }

    /// What vouches for the last bundles where they have no signature of their own.
    private mutating func takeTail(_ database: Database) throws {
        guard verifier.state.length != position else { return }
        let tail = try DirectStatement(database, "SELECT run FROM tails WHERE log = ?").first(
            { $0.add(entry.number) }, { Array($0.bytes(0)) })
        guard let tail else { throw NotWell() }
        try receive(tail)
    }
}
