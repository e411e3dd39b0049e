/// A name for bytes of a fixed count: two ids of the same size are two types, and neither is mistaken for the other.
package protocol FixedBytes: Hashable, Comparable, Sendable, CustomStringConvertible {
    associatedtype Raw: RawBytes

    var raw: Raw { get }
    init(raw: Raw)
}

extension FixedBytes {
    package static var byteCount: Int { Raw.byteCount }

    /// Nil unless there are exactly `byteCount` bytes.
    @inlinable
    package init?(_ bytes: some Collection<UInt8>) {
        guard let raw = Raw(bytes) else { return nil }
        self.init(raw: raw)
    }

    /// Nil unless there are exactly `byteCount` bytes.
    @inlinable
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let raw = Raw(bytes) else { return nil }
        self.init(raw: raw)
    }

    /// Nil unless it is `byteCount` bytes in hexadecimal, either case.
    package init?(hex: String) {
        guard let bytes = try? Hex.decode(hex) else { return nil }  // why it failed is not asked here
        self.init(bytes)
    }

    @inlinable
    package var bytes: [UInt8] { raw.bytes }

    /// Lower case.
    package var hex: String { raw.hex }

    package var description: String { raw.hex }

    @inlinable
    package func append(to output: inout [UInt8]) {
        raw.append(to: &output)
    }

    @inlinable
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try raw.withUnsafeBytes(body)
    }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool {
        left.raw < right.raw
    }
}
