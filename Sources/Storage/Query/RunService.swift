import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// One log, as it is served to peers: the branch that is followed, as far as it stands.
struct RunService {
    private let log: LogID
    private let number: LogNumber
    private let charter: Charter
    private let database: Database
    /// What stands, and what is held.
    private let standing: UInt64
    private let length: UInt64
    private let firstPrevious: Hash256

    /// Nil where nothing of it is held.
    init?(of log: LogID, charter: Charter, _ database: Database) throws {
        let sql = "SELECT number, standing, length, first_previous FROM logs WHERE member = ? AND incarnation = ?"
        let found = try database.firstRow(sql, [log.member.data, Data(log.incarnation.bytes)]) { row in
            (row[0] as Int64, row[1] as Int64, row[2] as Int64, try row.fixed(3, as: Hash256.self))
        }
        guard let (number, standing, length, previous) = found else { return nil }
        (self.log, self.number, self.charter, self.database) = (log, number, charter, database)
        (self.standing, self.length) = (UInt64(bitPattern: standing), UInt64(bitPattern: length))
        firstPrevious = previous
    }

    func run(from position: UInt64, head: Hash256, to end: UInt64, byteLimit: Int) throws -> ServedRun {
        guard let predecessor = try predecessor(at: position) else { return .notHeld }
        var previous = predecessor.head
        guard position == 0 || predecessor == BranchPoint(length: position, head: head) else {
            return .otherBranch(length: standing)
        }
        guard position < standing else { return .notHeld }
        var writer = RunWriter(RunHead(community: charter.id, log: log, firstPosition: position, previous: previous))
        var next = position
        var isSigned = false
        var isFull = false
        let bundles = try DirectStatement(database, Self.bundles)
        try bundles.forEachWhile({
            $0.add(number)
            $0.add(bits: position)
        }) { row in
            let count = UInt16(clamping: row.int(1))
            let bundleEnd = row.bits(0) &+ UInt64(count)
            guard bundleEnd <= standing, next < end || !isSigned else { return false }
            let body = row.bytes(4)
            let signature: Signature? = row.isNull(5) ? nil : Signature(row.bytes(5))
            let byteCount = RunWriter.byteCount(ofEntryWithBody: body.count, signed: signature != nil)
            guard writer.isEmpty || writer.byteCount + byteCount <= byteLimit else {
                isFull = true
                return false
            }
            writer.append(
                time: HybridTime(rawValue: row.bits(2)), operationCount: count, body: body, signature: signature)
            next = bundleEnd
            previous = try row.fixed(3)
            isSigned = signature != nil
            return true
        }
        guard !writer.isEmpty else { return .notHeld }
        if !isSigned, !isFull, next == standing { try vouch(for: next, previous, in: &writer) }
        return .part(writer.bytes, end: next, head: previous)
    }

    private static let bundles = """
        SELECT b.position, b.count, b.time, b.id, b.body, s.signature
        FROM bundles b LEFT JOIN signatures s ON s.bundle = b.number
        WHERE b.log = ? AND b.position >= ? ORDER BY b.position
        """

    func end(near position: UInt64, above lower: UInt64, below upper: UInt64) throws -> BranchPoint? {
        let first = position - min(position, UInt64(AuthorLog.Limits.bundleOperationLimit))
        let range = "SELECT position + count, id FROM bundles WHERE log = ? AND position >= ?"
        let candidates = try [
            "\(range) AND position + count <= ? ORDER BY position DESC LIMIT 1",
            "\(range) AND position + count > ? ORDER BY position LIMIT 1",
        ].flatMap { sql in
            try database.rows(sql, [number, Int64(clamping: first), Int64(clamping: position)]) {
                BranchPoint(length: UInt64(bitPattern: $0[0] as Int64), head: try $0.fixed(1))
            }
        }
        return candidates.filter { lower < $0.length && $0.length < upper }
            .min { distance($0.length, position) < distance($1.length, position) }
    }

    private func distance(_ a: UInt64, _ b: UInt64) -> UInt64 { a > b ? a - b : b - a }

    /// The bundle before a position, which ends there if nobody is on another branch; for the log's beginning what its first header
    /// names. Nil where less is held.
    private func predecessor(at position: UInt64) throws -> BranchPoint? {
        if position == 0 { return BranchPoint(length: 0, head: firstPrevious) }
        guard position <= length else { return nil }
        let sql =
            "SELECT position + count, id FROM bundles WHERE log = ? AND position < ? ORDER BY position DESC LIMIT 1"
        return try database.firstRow(sql, [number, Int64(clamping: position)]) { row in
            BranchPoint(length: UInt64(bitPattern: row[0] as Int64), head: try row.fixed(1))
        }
    }

    /// Bare headers up to the next signature: those of bundles that do not stand, or those that came in their place.
    private func vouch(for position: UInt64, _ head: Hash256, in writer: inout RunWriter) throws {
        var previous = head
        var isVouchedFor = false
        try LogReader(database: database, charter: charter).forEachBundle(of: number, from: position) { stored in
            let header = try stored.bundle(community: charter.id, previous: previous).header
            writer.append(bare: header, signature: stored.signature)
            previous = stored.id
            isVouchedFor = stored.signature != nil
            return !isVouchedFor
        }
        guard !isVouchedFor, position == length,
            let tail = try database.firstRow("SELECT run FROM tails WHERE log = ?", [number], { $0[0] as Data })
        else { return }
        guard let run = try? Run(decoding: Array(tail)) else {
            throw StorageError.logIsDamaged("log \(log): what vouches for its end does not read")
        }
        for entry in run.entries { writer.append(bare: entry.header, signature: entry.signature) }
    }
}
