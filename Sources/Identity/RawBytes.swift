/// Bytes of a fixed count as a trivial value: no heap, no reference count, compared in byte order.
package protocol RawBytes: Hashable, Comparable, Sendable, CustomStringConvertible {
    static var byteCount: Int { get }
    static var zero: Self { get }

    /// Nil unless there are exactly `byteCount` bytes.
    init?(_ bytes: UnsafeRawBufferPointer)

    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result
}

extension RawBytes {
    /// Nil unless there are exactly `byteCount` bytes.
    @inlinable
    package init?(_ bytes: some Collection<UInt8>) {
        let raw = bytes.withContiguousStorageIfAvailable { Self(UnsafeRawBufferPointer($0)) }
        guard let raw = raw ?? Array(bytes).withUnsafeBytes({ Self($0) }) else { return nil }
        self = raw
    }

    package var bytes: [UInt8] {
        withUnsafeBytes { [UInt8]($0) }
    }

    package var hex: String {
        withUnsafeBytes { Hex.encode($0) }
    }

    package var description: String { hex }

    @inlinable
    package func append(to output: inout [UInt8]) {
        withUnsafeBytes { output.append(contentsOf: $0) }
    }
}
