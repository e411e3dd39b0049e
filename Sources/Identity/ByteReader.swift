package enum ByteReaderError: Error, Equatable, Sendable {
    case truncated(needed: Int, available: Int)
    /// Bytes were left when the message should have ended.
    case trailing(Int)
}

/// Reads bytes a peer sent: bounded, big-endian, and whatever they are it throws and never traps.
package struct ByteReader: Sendable {
    private var remaining: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) {
        remaining = bytes[...]
    }

    package init(_ bytes: ArraySlice<UInt8>) {
        remaining = bytes
    }

    package var available: Int { remaining.count }

    package mutating func u8() throws(ByteReaderError) -> UInt8 { try integer() }
    package mutating func u16() throws(ByteReaderError) -> UInt16 { try integer() }
    package mutating func u32() throws(ByteReaderError) -> UInt32 { try integer() }
    package mutating func u64() throws(ByteReaderError) -> UInt64 { try integer() }

    package mutating func bytes(_ count: Int) throws(ByteReaderError) -> [UInt8] {
        [UInt8](try slice(count))
    }

    /// Shares the storage of what is being read.
    package mutating func slice(_ count: Int) throws(ByteReaderError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining.count else {
            throw .truncated(needed: count, available: remaining.count)
        }
        defer { remaining = remaining.dropFirst(count) }
        return remaining.prefix(count)
    }

    @inlinable
    package mutating func fixed<Value: FixedBytes>(_ type: Value.Type = Value.self) throws(ByteReaderError) -> Value {
        Value(raw: try raw())
    }

    @inlinable
    package mutating func raw<Value: RawBytes>(_ type: Value.Type = Value.self) throws(ByteReaderError) -> Value {
        let bytes = try slice(Value.byteCount)
        guard let value = Value(bytes) else { throw .truncated(needed: Value.byteCount, available: bytes.count) }
        return value
    }

    package mutating func signature() throws(ByteReaderError) -> Signature {
        let bytes = try slice(Signature.byteCount)
        guard let signature = Signature(bytes) else {
            throw .truncated(needed: Signature.byteCount, available: bytes.count)
        }
        return signature
    }

    /// All that is left, possibly nothing.
    package mutating func rest() -> [UInt8] {
        defer { remaining = [] }
        return [UInt8](remaining)
    }

    package func finish() throws(ByteReaderError) {
        guard remaining.isEmpty else { throw .trailing(remaining.count) }
    }

    private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>() throws(ByteReaderError) -> Value {
        Value(bigEndian: try slice(Value.bitWidth / 8).withUnsafeBytes { $0.loadUnaligned(as: Value.self) })
    }
}

extension [UInt8] {
    @inlinable
    package mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
