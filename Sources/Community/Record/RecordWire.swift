/// A record as its message says, field by field, unjudged. Of a field that comes twice the last counts; a message that comes twice
/// is read as one.
///
/// Source: Protocol/proto/community.proto. Valid as long as the bytes that it was read from.
struct RecordWire {
    var imported = false
    var person: UnsafeRawBufferPointer?
    var source = ""
    var joined: Stated?
    var claim: Stated?
    var hasOwnCode = false
    var code: Stated?
    var pledge: Pledge?
    var money: [MoneyFact] = []
    var pledgeID: UnsafeRawBufferPointer?
    var pledgeNonce: UnsafeRawBufferPointer?
    var unlink: Stated?
    var suspension: Stated?

    /// Joined, Claim, RegisteredCode, Unlink, Suspension: what each has of them.
    struct Stated {
        var code = ""
        var atMs: Int64 = 0
        var lifted = false
    }

    struct Pledge {
        var id: UnsafeRawBufferPointer?
        var anonymous: Bool?
        var atMs: Int64?
        var code: String?
        var visibility: UInt32?
        var amount: Money?
    }

    struct Money {
        var minor: Int64 = 0
        var currency = ""
    }

    struct MoneyFact {
        var kind: Int32 = 0
        var reference = ""
        var amount: Money?
        var void = false
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() {
            if number == 1 {
                if let flag = value.varint { imported = flag != 0 }
                continue
            }
            guard let bytes = value.bytes else { continue }
            switch number {
            case 2: person = bytes
            case 3: source = try WireReader.text(bytes)
            case 4: try Stated.merge(reader.message(bytes), at: 1, into: &joined)
            case 5: try Stated.merge(reader.message(bytes), code: 1, at: 2, into: &claim)
            case 6:
                var ignored: Stated?
                try Stated.merge(reader.message(bytes), into: &ignored)
                hasOwnCode = true
            case 7: try Stated.merge(reader.message(bytes), code: 1, at: 2, into: &code)
            case 8: try Pledge.merge(reader.message(bytes), into: &pledge)
            case 9: money.append(try MoneyFact(reader.message(bytes)))
            case 10: pledgeID = bytes
            case 11: pledgeNonce = bytes
            case 12: try Stated.merge(reader.message(bytes), at: 1, into: &unlink)
            case 13: try Stated.merge(reader.message(bytes), lifted: 1, into: &suspension)
            default: break
            }
        }
    }
}

extension RecordWire.Stated {
    /// - Parameters: The numbers of the fields that the message has.
    fileprivate static func merge(
        _ message: WireReader, code: UInt64? = nil, at: UInt64? = nil, lifted: UInt64? = nil,
        into stated: inout RecordWire.Stated?
    ) throws(RecordError) {
        var (reader, merged) = (message, stated ?? RecordWire.Stated())
        while let (number, value) = try reader.next() {
            switch value {
            case .varint(let value) where number == at: merged.atMs = Int64(bitPattern: value)
            case .varint(let value) where number == lifted: merged.lifted = value != 0
            case .bytes(let bytes) where number == code: merged.code = try WireReader.text(bytes)
            default: break
            }
        }
        stated = merged
    }
}

extension RecordWire.Pledge {
    fileprivate static func merge(_ message: WireReader, into pledge: inout Self?) throws(RecordError) {
        var (reader, merged) = (message, pledge ?? Self())
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let bytes)): merged.id = bytes
            case (2, .varint(let value)): merged.anonymous = value != 0
            case (3, .varint(let value)): merged.atMs = Int64(bitPattern: value)
            case (4, .bytes(let bytes)): merged.code = try WireReader.text(bytes)
            case (5, .varint(let value)): merged.visibility = UInt32(truncatingIfNeeded: value)
            case (6, .bytes(let bytes)): try RecordWire.Money.merge(reader.message(bytes), into: &merged.amount)
            default: break
            }
        }
        pledge = merged
    }
}

extension RecordWire.Money {
    fileprivate static func merge(_ message: WireReader, into money: inout Self?) throws(RecordError) {
        var (reader, merged) = (message, money ?? Self())
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .varint(let value)): merged.minor = Int64(bitPattern: value)
            case (2, .bytes(let bytes)): merged.currency = try WireReader.text(bytes)
            default: break
            }
        }
        money = merged
    }
}

extension RecordWire.MoneyFact {
    fileprivate init(_ message: WireReader) throws(RecordError) {
        self.init()
        var reader = message
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .varint(let value)): kind = Int32(truncatingIfNeeded: value)
            case (2, .bytes(let bytes)): reference = try WireReader.text(bytes)
            case (3, .bytes(let bytes)): try RecordWire.Money.merge(reader.message(bytes), into: &amount)
            case (4, .varint(let value)): void = value != 0
            default: break
            }
        }
    }
}
