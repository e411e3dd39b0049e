/// Protobuf's wire format by hand, to say what the product's encoder would not.
struct Wire {
    private(set) var bytes: [UInt8] = []

    static func make(_ build: (inout Wire) -> Void) -> [UInt8] {
        var wire = Wire()
        build(&wire)
        return wire.bytes
    }

    mutating func varint(_ field: UInt64, _ value: Int64) {
        append(varint: field << 3)
        append(varint: UInt64(bitPattern: value))
    }

    mutating func bytes(_ field: UInt64, _ content: [UInt8]) {
        append(varint: field << 3 | 2)
        append(varint: UInt64(content.count))
        bytes += content
    }

    mutating func text(_ field: UInt64, _ content: String) { bytes(field, Array(content.utf8)) }

    mutating func message(_ field: UInt64, _ build: (inout Wire) -> Void = { _ in }) { bytes(field, Self.make(build)) }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
