import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

/// Where a post or feedback stands in the total order, as a cursor says it: the same on every node.
struct VoiceKey {
    var time: HybridTime
    var member: MemberKey
    var incarnation: Incarnation
    var position: UInt64

    /// Columns: milliseconds, counter, member, incarnation, position.
    init(_ row: Row, at index: Int) throws {
        guard let incarnation = Incarnation(row[index + 3] as Data) else {
            throw StorageError.logIsDamaged("an incarnation does not read")
        }
        time = HybridTime(milliseconds: row[index], counter: row[index + 1])
        member = try row.fixed(index + 2)
        self.incarnation = incarnation
        position = UInt64(bitPattern: row[index + 4] as Int64)
    }

    init(cursor: String) throws(QueryError) {
        guard let bytes = try? Hex.decode(cursor), let key = try? Self(reading: bytes) else {  // why is not asked here
            throw .notACursor(cursor)
        }
        self = key
    }

    private init(reading bytes: [UInt8]) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        time = HybridTime(rawValue: try reader.u64())
        member = try reader.fixed()
        incarnation = try reader.incarnation()
        position = try reader.u64()
        try reader.finish()
    }

    var cursor: String {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(time.rawValue)
        member.append(to: &bytes)
        incarnation.append(to: &bytes)
        bytes.appendBigEndian(position)
        return Hex.encode(bytes)
    }

    var milliseconds: Int64 { Int64(clamping: time.milliseconds) }

    var arguments: StatementArguments {
        [
            milliseconds, Int64(time.counter), member.data, Data(incarnation.bytes), Int64(bitPattern: position),
        ]
    }
}
