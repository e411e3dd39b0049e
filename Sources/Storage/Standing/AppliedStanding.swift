import AuthorLog
import FoundationEssentials
import GRDB
import Identity

/// What of a log counts, as the state has it: the last standing that was applied.
struct AppliedStanding: Equatable {
    /// In operations; so many are folded (those apart that wait for their time).
    var length: UInt64 = 0
    /// Zero for length 0.
    var head = Hash256(raw: .zero)
    var forkedAt: UInt64?
    /// Nothing beyond counts, held or not; nil: it may grow.
    var limit: UInt64?
    /// Under which its bundles are folded.
    var rights: [LogState.PresentedRight] = []

    init() {}

    init(_ standing: LogStanding) {
        length = standing.length
        head = standing.head
        forkedAt = standing.forkedAt
        limit = standing.limit
        rights = standing.rights.compactMap { shown in
            shown.fromPosition.map { LogState.PresentedRight(right: shown.right, fromPosition: $0) }
        }
    }

    /// Nil for a log of length 0.
    func row(of log: LogID) throws -> FrontierRow? {
        length == 0 ? nil : try FrontierRow(log: log, length: length, head: head, forkedAt: forkedAt)
    }

    /// What is folded of a log that goes on from `old` on the same branch was folded under the same rights.
    func foldsLike(_ old: AppliedStanding) -> Bool {
        guard rights.count >= old.rights.count else { return false }
        let isSame = zip(old.rights, rights).allSatisfy { earlier, now in
            earlier.fromPosition == now.fromPosition && earlier.right.counts(like: now.right)
        }
        // A right whose `present` is folded already would change what came after it.
        return isSame && rights.dropFirst(old.rights.count).allSatisfy { $0.fromPosition > old.length }
    }

    /// Number and state of logs, and what is noted of their standing.
    static let sql = "SELECT number, state, standing, standing_head, forked_at, ends_at, rights FROM logs"

    /// - Parameter row: Of ``sql``.
    init(stored row: Row) throws {
        length = UInt64(bitPattern: row[2])
        head = try row.optionalFixed(3) ?? Hash256(raw: .zero)
        forkedAt = (row[4] as Int64?).map(UInt64.init(bitPattern:))
        limit = (row[5] as Int64?).map(UInt64.init(bitPattern:))
        rights = try Self.rights(stored: (row[6] as Data?).map { Array($0) } ?? [])
    }

    /// As stored beside the log; the rest are columns.
    var rightBytes: [UInt8] {
        var bytes: [UInt8] = []
        for presented in rights {
            bytes.appendBigEndian(presented.fromPosition)
            presented.right.append(to: &bytes)
        }
        return bytes
    }

    private static func rights(stored bytes: [UInt8]) throws -> [LogState.PresentedRight] {
        var rights: [LogState.PresentedRight] = []
        var reader = ByteReader(bytes)
        do {
            while reader.available > 0 {
                let position = try reader.u64()
                rights.append(LogState.PresentedRight(right: try Right(fields: &reader), fromPosition: position))
            }
        } catch {
            throw StorageError.stateIsDamaged("the rights of a log do not read: \(error)")
        }
        return rights
    }
}

extension Right {
    /// Whether the fold sees no difference: quotas and chains are not its business.
    fileprivate func counts(like other: Right) -> Bool {
        role == other.role && expiresMilliseconds == other.expiresMilliseconds && memberID == other.memberID
            && person == other.person && since == other.since
            && sources.elementsEqual(other.sources) { $0.utf8.elementsEqual($1.utf8) }
    }
}
