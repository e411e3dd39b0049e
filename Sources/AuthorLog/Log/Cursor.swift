import Identity

/// Reads a run where it lies, without copies: ``ByteReader`` for the hot path.
///
/// It lives no longer than the closure that lends it the bytes.
struct Cursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }
    var isAtEnd: Bool { offset == bytes.count }

    /// What lies between an earlier offset and here.
    func since(_ start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
    }

    /// - Parameter count: Not negative.
    mutating func take(_ count: Int) throws(BundleError) -> UnsafeRawBufferPointer {
        guard count <= remaining else { throw .truncated }
        let start = offset
        offset += count
        return UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
    }

    mutating func u8() throws(BundleError) -> UInt8 { try integer() }
    mutating func u16() throws(BundleError) -> UInt16 { try integer() }
    mutating func u64() throws(BundleError) -> UInt64 { try integer() }

    mutating func raw<Value: RawBytes>() throws(BundleError) -> Value {
        guard let value = Value(try take(Value.byteCount)) else { throw .truncated }
        return value
    }

    mutating func signature() throws(BundleError) -> Signature {
        guard let signature = Signature(try take(Signature.byteCount)) else { throw .truncated }
        return signature
    }

    private mutating func integer<Value: FixedWidthInteger>() throws(BundleError) -> Value {
        let size = MemoryLayout<Value>.size
        guard size <= remaining else { throw .truncated }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
        offset += size
        return Value(bigEndian: value)
    }
}
