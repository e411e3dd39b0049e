/// Reads the fields of one protobuf message where they lie.
///
/// By hand, as a million records are read at a time and objects for each message take three quarters of that. Reads what
/// SwiftProtobuf reads, and refuses what it refuses: the tests compare both. Source: protobuf.dev, *Encoding*.
struct WireReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// Messages that may still lie within this one.
    private let depth: Int

    init(_ bytes: UnsafeRawBufferPointer, depth: Int = Limits.messageDepthLimit) {
        self.bytes = bytes
        self.depth = depth
    }

    /// What a field holds, by its wire type.
    enum Value {
        case varint(UInt64)
        case bytes(UnsafeRawBufferPointer)
        /// No field of ours is of any other type.
        case other

        var varint: UInt64? { if case .varint(let value) = self { value } else { nil } }
        var bytes: UnsafeRawBufferPointer? { if case .bytes(let value) = self { value } else { nil } }
    }

    /// - Returns: nil at the end.
    mutating func next() throws(RecordError) -> (number: UInt64, value: Value)? {
        guard offset < bytes.count else { return nil }
        let tag = try tag()
        return (tag.number, try value(of: tag))
    }

    private mutating func tag() throws(RecordError) -> (number: UInt64, type: UInt64) {
        let tag = try varint()
        guard tag < UInt64(UInt32.max), tag >> 3 > 0 else { throw .malformed }
        return (tag >> 3, tag & 7)
    }

    private mutating func value(of tag: (number: UInt64, type: UInt64)) throws(RecordError) -> Value {
        switch tag.type {
        case 0: return .varint(try varint())
        case 1: _ = try take(8)
        case 2: return .bytes(try take(varint()))
        case 3: try skipGroup(tag.number, depth: depth)
        case 5: _ = try take(4)
        default: throw .malformed
        }
        return .other
    }

    /// Nobody writes groups; they are passed over like any unknown field.
    private mutating func skipGroup(_ number: UInt64, depth: Int) throws(RecordError) {
        guard depth > 0 else { throw .malformed }
        while true {
            let inner = try tag()
            switch inner.type {
            case 3: try skipGroup(inner.number, depth: depth - 1)
            case 4:
                guard inner.number == number else { throw .malformed }
                return
            default: _ = try value(of: inner)
            }
        }
    }

    private mutating func varint() throws(RecordError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < bytes.count, shift < 64 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .malformed
    }

    private mutating func take(_ count: UInt64) throws(RecordError) -> UnsafeRawBufferPointer {
        guard count <= UInt64(bytes.count - offset) else { throw .malformed }
        defer { offset += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(count)])
    }

    /// The fields of a message within this one.
    func message(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> WireReader {
        guard depth > 1 else { throw .malformed }
        return WireReader(bytes, depth: depth - 1)
    }

    static func text(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> String {
        // Nearly all are ASCII, of which nothing can be wrong. Validating looks up the encoding's types for each text.
        if bytes.allSatisfy({ $0 < 0x80 }) {
            return String(unsafeUninitializedCapacity: bytes.count) { text in
                UnsafeMutableRawBufferPointer(text).copyMemory(from: bytes)
                return bytes.count
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        return text
    }
}
