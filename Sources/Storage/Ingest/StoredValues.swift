import AuthorLog
import Community
import FoundationEssentials
import GRDB
import Identity

// How the pure rooms' values stand in columns: ids and hashes as blobs, hybrid times and positions as the 64 bits they are.

extension FixedBytes {
    var data: Data { Data(bytes) }
}

extension HybridTime {
    /// The same 64 bits; times past the year 6429 read as negative, which only the total order in Swift ever compares.
    var databaseInteger: Int64 { Int64(bitPattern: rawValue) }

    /// Two columns, where SQLite is to sort by them.
    init(milliseconds: Int64, counter: Int64) {
        self.init(rawValue: UInt64(bitPattern: milliseconds) << 16 | UInt64(UInt16(truncatingIfNeeded: counter)))
    }

    init(databaseInteger: Int64) { self.init(rawValue: UInt64(bitPattern: databaseInteger)) }
}

extension Row {
    func fixed<Value: FixedBytes>(_ index: Int, as type: Value.Type = Value.self) throws -> Value {
        guard let bytes = Data.fromDatabaseValue(self[index]), let value = Value(bytes) else {
            throw StorageError.stateIsDamaged("column \(index) is not \(Value.byteCount) bytes")
        }
        return value
    }

    func optionalFixed<Value: FixedBytes>(_ index: Int, as type: Value.Type = Value.self) throws -> Value? {
        try hasNull(atIndex: index) ? nil : fixed(index)
    }

    func stamp(time: Int, log: Int, position: Int) -> Stamp {
        Stamp(
            time: HybridTime(databaseInteger: self[time]), log: self[log],
            position: UInt64(bitPattern: self[position] as Int64))
    }

    func amount(minor: Int, currency: Int) throws -> Amount {
        guard let named = Currency(self[currency]), let amount = Amount(minor: self[minor], currency: named) else {
            throw StorageError.stateIsDamaged("amount \(self[minor] as Int64) \(self[currency] as String)")
        }
        return amount
    }
}

extension AmbassadorRow {
    static let storedColumns = "person, code, brought, reach, depth, cut"

    /// - Parameter row: ``storedColumns``.
    init(stored row: DirectStatement.Columns) {
        self.init(person: row.int(0), shownCode: row.text(1))
        brought = row.int(2)
        reach = row.int(3)
        depth = row.int(4)
        isCut = row.bool(5)
    }
}

extension DirectStatement.Columns {
    func place(period: CInt, at: CInt, log: CInt, position: CInt) throws -> Place {
        guard let number = UInt32(exactly: int(period)) else {
            throw StorageError.stateIsDamaged("period \(int(period))")
        }
        return Place(period: number, at: int(at), log: int(log), position: bits(position))
    }
}

/// What is true of a person, in one column.
struct PersonMarks: OptionSet {
    let rawValue: Int64

    static let hasSaidClaims = PersonMarks(rawValue: 1)
    static let hasUnlinks = PersonMarks(rawValue: 2)
    static let hasSuspensions = PersonMarks(rawValue: 4)
    /// As an ambassador, now; in SQL too.
    static let isSuspended = PersonMarks(rawValue: 8)
}

extension PersonRow {
    var marks: PersonMarks {
        get {
            var marks: PersonMarks = []
            if hasSaidClaims { marks.insert(.hasSaidClaims) }
            if hasUnlinks { marks.insert(.hasUnlinks) }
            if hasSuspensions { marks.insert(.hasSuspensions) }
            if isSuspended { marks.insert(.isSuspended) }
            return marks
        }
        set {
            hasSaidClaims = newValue.contains(.hasSaidClaims)
            hasUnlinks = newValue.contains(.hasUnlinks)
            hasSuspensions = newValue.contains(.hasSuspensions)
            isSuspended = newValue.contains(.isSuspended)
        }
    }
}

extension Witnesses {
    /// An entry after the other: member's number ‖ first ‖ last − first, 7 bits of a number in each byte.
    func stored(_ parties: Parties, in database: Database) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes.append(varint: UInt64(bitPattern: try parties.number(of: entry.member.raw, in: database)))
            bytes.append(varint: UInt64(bitPattern: entry.first))
            bytes.append(varint: UInt64(bitPattern: entry.last &- entry.first))
        }
        return bytes
    }

    init(stored bytes: [UInt8], _ parties: Parties, in database: Database) throws {
        var numbered: [(number: Int64, first: Int64, last: Int64)] = []
        do {
            var reader = ByteReader(bytes)
            while reader.available > 0 {
                let number = Int64(bitPattern: try reader.varint())
                let first = Int64(bitPattern: try reader.varint())
                numbered.append((number, first, first &+ Int64(bitPattern: try reader.varint())))
            }
        } catch {
            throw StorageError.stateIsDamaged("who had a person join or pledge does not read: \(error)")
        }
        self.init(
            entries: try numbered.map {
                Entry(
                    member: MemberID(raw: try parties.id(of: $0.number, in: database)), first: $0.first, last: $0.last)
            })
    }
}

extension [UInt8] {
    /// The low bits first; the highest bit of a byte says that more follow.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

extension ByteReader {
    /// What does not fit 64 bits is cut off.
    mutating func varint() throws(ByteReaderError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try u8()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
        }
        return value
    }
}

extension Share {
    /// What a pledge is by first-touch in the low three bits, by last-touch in the next three.
    static func stored(first: Share, last: Share) -> Int64 { Int64(first.rawValue | last.rawValue << 3) }

    static func pair(stored: Int64) throws -> (first: Share, last: Share) {
        guard let bits = UInt8(exactly: stored), let first = Share(rawValue: bits & 7),
            let last = Share(rawValue: bits >> 3)
        else { throw StorageError.stateIsDamaged("shares \(stored) of a pledge") }
        return (first, last)
    }
}

extension Writers {
    /// u8 mask of the registers written, by number ‖ one stamp for each; or, with bit 7 set, one stamp that wrote them all.
    /// A stamp is u64 time ‖ log ‖ position, these two with 7 bits in each byte.
    var stored: [UInt8] {
        if let stamp = uniformStamp {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(21)
            bytes.append(stamp.mask | Self.uniformBit)
            bytes.append(stamp: stamp.stamp)
            return bytes
        }
        var mask: UInt8 = 0
        var stamps: [Stamp] = []
        for register in Register.allCases {
            guard let stamp = self[register] else { continue }
            mask |= 1 << register.rawValue
            stamps.append(stamp)
        }
        if let first = stamps.first, stamps.allSatisfy({ $0 == first }) {
            mask |= Self.uniformBit
            stamps = [first]
        }
        var bytes = [mask]
        for stamp in stamps { bytes.append(stamp: stamp) }
        return bytes
    }

    init(stored: [UInt8]) throws {
        self.init()
        do {
            var reader = ByteReader(stored)
            let mask = try reader.u8()
            let uniform = mask & Self.uniformBit == 0 ? nil : try reader.stamp()
            for register in Register.allCases where mask & 1 << register.rawValue != 0 {
                self[register] = try uniform ?? reader.stamp()
            }
            try reader.finish()
        } catch {
            throw StorageError.stateIsDamaged("the writers of a pledge do not read: \(error)")
        }
    }

    private static let uniformBit: UInt8 = 0x80
}

extension [UInt8] {
    mutating func append(stamp: Stamp) {
        appendBigEndian(stamp.time.rawValue)
        append(varint: UInt64(bitPattern: stamp.log))
        append(varint: stamp.position)
    }
}

extension ByteReader {
    mutating func stamp() throws(ByteReaderError) -> Stamp {
        Stamp(time: HybridTime(rawValue: try u64()), log: LogNumber(bitPattern: try varint()), position: try varint())
    }
}
